// What the tests of a connection share: a server by hand, and clients that were started against it.
import { beforeEach } from 'vitest';
import type { Client, ClientOptions } from '../../client/api.ts';
import { ScriptedServer, turns } from './scripted-server.ts';

/** A new server for each test, with what its clients told. */
export class Scene {
  server = new ScriptedServer();
  /** Tokens told to the program. */
  tokens: (string | undefined)[] = [];
  /** States, one after the other. */
  states: string[] = [];

  /** A client that was started, and whatever became of that. */
  async started(options: Partial<ClientOptions> = {}) {
    const client = this.server.client({ onToken: (told) => this.tokens.push(told?.token), ...options });
    let told = '';
    client.subscribe(() => {
      const { kind } = client.state;
      if (kind !== told) this.states.push(kind);
      told = kind;
    });
    let outcome: unknown = 'pending';
    client.start().then(
      () => {
        outcome = 'ready';
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    await turns();
    return { client, outcome: () => outcome };
  }

  /** A client that is ready. */
  async ready(options: Partial<ClientOptions> = {}): Promise<Client> {
    const { client } = await this.started({ collections: ['presence'], ...options });
    this.server.bringUp();
    this.states.length = 0;
    return client;
  }

  /** Milliseconds until the client tries again. */
  waitOf(client: Client): number {
    return client.state.kind === 'waiting' ? client.state.retryAt - this.server.clock.now() : Number.NaN;
  }
}

/** Returns the scene of the present test. */
export function withScene(): () => Scene {
  let scene = new Scene();
  beforeEach(() => {
    scene = new Scene();
  });
  return () => scene;
}
