// One TCP connection spoken through asterisk-manager: whole, guarded messages come out, fields go in. Made for one
// connection and thrown away with it. Knows no log-in sequence, no time-outs and no generations.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import createConnection from 'asterisk-manager';
import { Guard, type GuardOptions, MalformedPeer, RENAMED } from './guard.ts';
import { Inflow } from './inflow.ts';
import type { AmiMessage } from './message.ts';
import { header } from './message.ts';
import type { Outgoing } from './outgoing.ts';

export interface AmiSettings {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly secret: string;
}

/** Why a connection ended: never reached, ended by the peer or the network, or given up because of what the peer sent. */
export interface Loss {
  readonly kind: 'unreachable' | 'lost' | 'malformed';
  readonly reason: string;
}

/** Nothing is called any more after `lost` or `close()`. */
export interface TransportHooks {
  /** The peer said that it is an Asterisk manager. */
  greeted(banner: string): void;
  /** Bytes came. */
  heard(): void;
  /** The answer to an action; never an event, even if it carries a `Response` header. */
  reply(message: AmiMessage): void;
  event(name: string, message: AmiMessage): void;
  lost(loss: Loss): void;
}

export interface Transport {
  /** `done` gets Asterisk's refusal, or null. */
  login(done: (refusal: AmiMessage | null) => void): void;
  write(id: string, fields: Outgoing): void;
  /** Frees what the package holds for an action that was answered or given up. */
  forget(id: string): void;
  close(): void;
}

/** Begins to connect. The package's own reader works behind the guard; its reconnect and its call-backs are not used. */
export function openTransport(settings: AmiSettings, guardOptions: GuardOptions, hooks: TransportHooks): Transport {
  const connection = createConnection(null, settings.host, settings.username, settings.secret, false);
  const socket = captureSocket(() => connection.connect(settings.port, settings.host));
  const read = takeReader(socket);
  const guard = new Guard(guardOptions);
  let open = true;
  let connected = false;
  let trouble: string | null = null;

  const end = (loss: Loss | null): void => {
    if (!open) return;
    open = false;
    inflow.drop();
    socket.destroy();
    if (loss !== null) hooks.lost(loss);
  };
  const gone = (): void =>
    inflow.end(() =>
      end({ kind: connected ? 'lost' : 'unreachable', reason: trouble ?? 'Asterisk closed the connection' }),
    );
  const unusable = (error: unknown): void => {
    const reason = error instanceof MalformedPeer ? error.message : `asterisk-manager failed: ${String(error)}`;
    inflow.end(() => end({ kind: 'malformed', reason }));
  };
  const inflow = new Inflow(socket, (piece) => {
    try {
      read(piece);
    } catch (error) {
      inflow.drop();
      unusable(error);
    }
  });

  socket.on('connect', () => {
    connected = true;
  });
  socket.on('error', (error) => {
    trouble = plainReason(error);
  });
  socket.on('end', gone);
  socket.on('close', gone);
  socket.on('data', (chunk) => {
    if (!open || inflow.isEnding) return;
    hooks.heard();
    const greeted = guard.banner !== null;
    try {
      inflow.push(guard.push(String(chunk)));
    } catch (error) {
      return unusable(error);
    }
    if (!greeted && guard.banner !== null) hooks.greeted(guard.banner);
  });

  // The package emits on the next tick, so what was read just before `close()` can still come after it.
  connection.on('response', (raw) => {
    if (open && !Object.hasOwn(raw, 'event')) hooks.reply(withVariables(raw));
  });
  connection.on('managerevent', (raw) => {
    if (!open) return;
    const message = withVariables(raw);
    const name = header(message, 'event');
    if (name !== undefined) hooks.event(name, message);
  });

  return {
    login: (done) =>
      connection.login((refusal) => {
        if (open) done(refusal ?? null);
      }),
    write: (id, fields) => {
      if (open) connection.action({ ...fields, actionid: id });
    },
    forget: (id) => connection.removeAllListeners(id),
    close: () => end(null),
  };
}

/** The socket that `connect` makes: the package keeps it to itself, Node announces it. */
function captureSocket(connect: () => void): Socket {
  const made: Socket[] = [];
  const announced = (message: unknown): void => {
    const socket = (message as { socket?: unknown }).socket;
    if (socket instanceof Socket) made.push(socket);
  };
  subscribe('net.client.socket', announced);
  try {
    connect();
  } finally {
    unsubscribe('net.client.socket', announced);
  }
  const [socket] = made;
  if (socket === undefined) throw new Error('asterisk-manager made no socket');
  return socket;
}

/** Takes the package's reader off the socket; from here on it gets only what it is given. */
function takeReader(socket: Socket): (text: string) => void {
  const [reader] = socket.listeners('data');
  if (reader === undefined) throw new Error('asterisk-manager does not read its socket');
  socket.removeAllListeners('data');
  return (text) => {
    reader.call(socket, text);
  };
}

/** Gives `Variable` and `ChanVariable` their names back; see RENAMED. */
function withVariables(raw: AmiMessage): AmiMessage {
  if (!Object.hasOwn(raw, `${RENAMED}variable`) && !Object.hasOwn(raw, `${RENAMED}chanvariable`)) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name.startsWith(RENAMED) ? name.slice(RENAMED.length) : name, value]),
  );
}

function plainReason(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? (code === '' ? error.message : code);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was reset (ECONNRESET)',
  EPIPE: 'the connection was closed while writing (EPIPE)',
  ENOTFOUND: 'the host name is not known (ENOTFOUND)',
  EAI_AGAIN: 'the host name cannot be looked up now (EAI_AGAIN)',
  ETIMEDOUT: 'no answer from the host (ETIMEDOUT)',
  EHOSTUNREACH: 'no route to the host (EHOSTUNREACH)',
};
