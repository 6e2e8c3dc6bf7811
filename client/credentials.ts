// What the client logs in with: at first what the program gave, afterwards the token of the server. Tells the program each
// token. Knows no connection.
import type { Auth, ClientOptions } from './api.ts';
import { report } from './surroundings.ts';

type OnToken = NonNullable<ClientOptions['onToken']>;

export class Credentials {
  readonly #onToken: OnToken | undefined;
  #auth: Auth | undefined;
  #expires: string | undefined;

  constructor(auth: Auth, onToken: OnToken | undefined) {
    this.#auth = auth;
    this.#onToken = onToken;
  }

  /** Undefined when the log-in has ended. */
  get auth(): Auth | undefined {
    return this.#auth;
  }

  get token(): string | undefined {
    return this.#auth && 'token' in this.#auth ? this.#auth.token : undefined;
  }

  /** The server gave a token; a password is forgotten. */
  hold(token: string, expires: string): void {
    const isNew = token !== this.token || expires !== this.#expires;
    this.#auth = { token };
    this.#expires = expires;
    if (isNew) this.#tell({ token, expires });
  }

  /** The log-in has ended. */
  end(): void {
    const { token } = this;
    this.#auth = undefined;
    this.#expires = undefined;
    if (token !== undefined) this.#tell(undefined);
  }

  #tell(token: Parameters<OnToken>[0]): void {
    try {
      this.#onToken?.(token);
    } catch (error) {
      report(error);
    }
  }
}
