// One socket, from its opening to its end. Tells its end once, also of one that never opens; after `close` and `drop` it
// tells nothing. Knows no message.
import type { SocketLike } from './api.ts';
import type { Surroundings } from './surroundings.ts';

export interface LinkEvents {
  opened(): void;
  received(data: unknown): void;
  /** `code` 0: it did not open in time. */
  closed(code: number, reason: string): void;
}

const SUBPROTOCOL = 'rollcall.v1';
const OPENS_WITHIN_MS = 20_000;
/** For the server to say goodbye. */
const CLOSES_WITHIN_MS = 2_000;
const OPEN = 1;

/** The socket of the package ws can be cut; the browser's cannot, and needs not. */
type Cuttable = SocketLike & { terminate?(): void };

export class Link {
  readonly #socket: Cuttable;
  readonly #after: Surroundings['after'];
  #events: LinkEvents | undefined;
  #cancelTimer: () => void;

  /** Throws when the address is none. */
  constructor(url: string, { WebSocket, after }: Surroundings, events: LinkEvents) {
    this.#after = after;
    this.#events = events;
    const socket: Cuttable = new WebSocket(url, [SUBPROTOCOL]);
    this.#socket = socket;
    socket.onopen = () => {
      this.#cancelTimer();
      this.#events?.opened();
    };
    socket.onmessage = ({ data }: { readonly data?: unknown }) => this.#events?.received(data);
    socket.onclose = ({ code, reason }: { readonly code?: number; readonly reason?: string }) => {
      this.#end()?.closed(code ?? 1006, String(reason ?? ''));
    };
    socket.onerror = () => undefined; // its end follows
    this.#cancelTimer = after(OPENS_WITHIN_MS, () => {
      const ended = this.#end();
      this.#cut();
      ended?.closed(0, '');
    });
  }

  /** Bytes that the network has not taken yet. */
  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(text);
  }

  /** Says goodbye. */
  close(): void {
    this.#end();
    this.#socket.close(1000);
    this.#cancelTimer = this.#after(CLOSES_WITHIN_MS, () => this.#cut());
  }

  /** Ends it at once: the other side is gone, or talks nonsense. */
  drop(): void {
    this.#end();
    this.#cut();
  }

  #cut(): void {
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
  }

  #end(): LinkEvents | undefined {
    this.#cancelTimer();
    const events = this.#events;
    this.#events = undefined;
    return events;
  }
}
