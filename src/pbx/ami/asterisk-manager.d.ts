// The part of asterisk-manager 0.2.0 that the link uses; the package ships no types.
declare module 'asterisk-manager' {
  interface Connection {
    connect(port: number, host: string, onConnect?: () => void): void;
    /** Sends the log-in; `done` gets the answer when Asterisk refuses it, and nothing when it accepts. */
    login(done: (refusal?: Readonly<Record<string, unknown>>) => void): void;
    /** `actionid` names the action. Nothing is written before a log-in was accepted: it is held without a word. */
    action(fields: Readonly<Record<string, unknown>>): string;
    on(event: 'managerevent' | 'response', listener: (message: Readonly<Record<string, unknown>>) => void): void;
    removeAllListeners(event: string): void;
  }

  /** Without a port nothing is connected. */
  function createConnection(port: null, host: string, username: string, password: string, events: boolean): Connection;

  export = createConnection;
}
