// What is known of one session while it is open, as one object without functions of its own: there are thousands. Knows no
// request and no hub.
import type { Viewer } from '../service/viewer.ts';
import type { OpenSession } from './methods.ts';
import type { ClientKind, ToldFeatures } from './session-features.ts';
import type { Socket } from './socket.ts';
import type { Subscriber } from './subscription.ts';

interface Parts {
  readonly client: ClientKind;
  /** As the client was told them. */
  readonly features: ToldFeatures;
  readonly loginId: string;
  readonly tokenId: string;
  readonly subscriber: Subscriber;
  readonly socket: Socket;
  /** Ends the count of the session as online. */
  readonly offline: () => void;
  /** Ends its hold on the log-in. */
  readonly release: () => void;
}

export class Open implements OpenSession {
  readonly kind = 'open';
  readonly client: ClientKind;
  features: ToldFeatures;
  readonly loginId: string;
  tokenId: string;
  readonly subscriber: Subscriber;
  /** Whether it ends by its own wish. */
  ending = false;
  readonly #socket: Socket;
  readonly #offline: () => void;
  readonly #release: () => void;

  constructor({ client, features, loginId, tokenId, subscriber, socket, offline, release }: Parts) {
    this.client = client;
    this.features = features;
    this.loginId = loginId;
    this.tokenId = tokenId;
    this.subscriber = subscriber;
    this.#socket = socket;
    this.#offline = offline;
    this.#release = release;
  }

  get viewer(): Viewer {
    return this.subscriber.viewer;
  }

  get address(): string {
    return this.#socket.address;
  }

  renewed(tokenId: string): void {
    this.tokenId = tokenId;
  }

  end(): void {
    this.ending = true;
  }

  /** To be called once, when the session is over. */
  over(): void {
    this.#offline();
    this.#release();
  }
}
