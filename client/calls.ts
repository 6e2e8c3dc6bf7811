// Requests that wait for their answers. Answers are handed on at once, in the order of the frames; what is still waiting when
// the connection breaks is refused. Knows no socket but the functions it is given.
import { type FailureFields, requestFailure } from './failure.ts';
import type { Outcome } from './frame.ts';

/** What a connection that is open offers. */
export interface Wire {
  send(text: string): void;
  /** Bytes that the network has not taken yet. */
  readonly waiting: number;
}

export type Done = (outcome: Outcome) => void;

/** Requests that may wait at once. */
const MOST_WAITING = 1_000;
/** Nothing more is written while so much has not been taken. */
const MOST_BYTES = 8_388_608;
/**
 * The server may refuse a frame of this many characters without reading its id, so one such request is sent at a time: its
 * refusal can be no other's.
 */
const LONG = 16_000;

interface Waiting {
  readonly done: Done;
  /** Of a long one that was not sent yet. */
  readonly unsent?: string;
}

const NOT_CONNECTED = refusal('not_connected', 'there is no connection to the server');
const DISCONNECTED = refusal('disconnected', 'the connection broke before the answer: it may have been carried out');
const TOO_MANY = refusal('too_many', 'too many requests wait for their answers', { code: 429, retryAfter: 1 });

export class Calls {
  readonly #waiting = new Map<number, Waiting>();
  #wire: Wire | undefined;
  #messageBytes = Number.POSITIVE_INFINITY;
  #lastId = 0;
  #long: number | undefined;

  get size(): number {
    return this.#waiting.size;
  }

  connected(wire: Wire): void {
    this.#wire = wire;
  }

  /** Longer requests are refused here, because the server would end the connection. */
  limit(messageBytes: number): void {
    this.#messageBytes = messageBytes;
  }

  /** Sends a request. Throws when its params are no JSON; everything else is told to `done`, once. */
  call(method: string, params: object, done: Done): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const refused = this.#refusal(text);
    if (refused) {
      done({ failure: refused() });
      return;
    }
    if (text.length < LONG) {
      this.#waiting.set(id, { done });
      this.#wire?.send(text);
      return;
    }
    this.#waiting.set(id, { done, unsent: text });
    this.#sendLong();
  }

  /** As `call`; rejects with RequestFailure. */
  request(method: string, params: object): Promise<object> {
    return new Promise((resolve, reject) => {
      this.call(method, params, (outcome) => {
        if ('failure' in outcome) reject(outcome.failure);
        else resolve(outcome.result);
      });
    });
  }

  /** An answer has come; `id` null: to a long request. False when nothing like it was asked. */
  answered(id: number | null, outcome: Outcome): boolean {
    const asked = id ?? this.#long;
    if (asked === undefined) return false;
    const waiting = this.#waiting.get(asked);
    if (!waiting || waiting.unsent !== undefined) return false;
    this.#waiting.delete(asked);
    if (asked === this.#long) {
      this.#long = undefined;
      this.#sendLong();
    }
    waiting.done(outcome);
    return true;
  }

  /** Refuses everything that waits. */
  disconnected(): void {
    this.#wire = undefined;
    this.#long = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { done, unsent } of waiting) {
      done({ failure: unsent === undefined ? DISCONNECTED() : NOT_CONNECTED() });
    }
  }

  #refusal(text: string): (() => ReturnType<typeof requestFailure>) | undefined {
    if (!this.#wire) return NOT_CONNECTED;
    if (this.#waiting.size >= MOST_WAITING || this.#wire.waiting > MOST_BYTES) return TOO_MANY;
    if (bytesOf(text, this.#messageBytes) <= this.#messageBytes) return undefined;
    return refusal('too_large', `a request may have ${this.#messageBytes} bytes`, { code: 413 });
  }

  #sendLong(): void {
    if (this.#long !== undefined) return;
    for (const [id, { done, unsent }] of this.#waiting) {
      if (unsent === undefined) continue;
      this.#long = id;
      this.#waiting.set(id, { done });
      this.#wire?.send(unsent);
      return;
    }
  }
}

function refusal(reason: string, message: string, fields: Partial<FailureFields> = {}) {
  return () => requestFailure(message, { code: 0, reason, ...fields });
}

/** Bytes as UTF-8, counted no further than it takes to see that they are more than `most`. */
function bytesOf(text: string, most: number): number {
  if (text.length * 3 <= most) return text.length;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > most) break;
  }
  return bytes;
}
