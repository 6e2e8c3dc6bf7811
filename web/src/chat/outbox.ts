// Messages on their way to the server, one after the other in each chat. What found no connection goes out when it is back, with
// the same id, so that none is lost and none is there twice; what the server refused waits for the user's word.
import type { Client, RequestFailure } from '../../../client/api.ts';
import { newId } from '../contacts/new-id.ts';
import { keepUnsent, type Refusal, readUnsent, type Unsent } from './kept-writing.ts';

export interface OutboxParts {
  readonly client: Pick<Client, 'request' | 'subscribe' | 'state'>;
  /** Kept by an earlier page. */
  readonly kept: readonly Unsent[];
  readonly keep: (unsent: readonly Unsent[]) => void;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => void;
}

/** What waits or was refused. */
const MOST = 100;

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #listeners = new Set<() => void>();
  /** Extensions to which one is being sent, or that wait because the server was asked too often. */
  readonly #busy = new Set<string>();
  #unsent: readonly Unsent[];

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#unsent = parts.kept;
    parts.client.subscribe(() => this.#sendAll());
    this.#sendAll();
  }

  /** In the order in which they were written. */
  get unsent(): readonly Unsent[] {
    return this.#unsent;
  }

  /** Whether the connection is there that it needs. */
  get isConnected(): boolean {
    return this.#parts.client.state.kind === 'ready';
  }

  /** False when too many wait already. */
  send(to: string, text: string): boolean {
    if (this.#unsent.length >= MOST) return false;
    const at = new Date(this.#parts.now()).toISOString();
    this.#change([...this.#unsent, { id: this.#parts.newId(), to, text, at }]);
    this.#sendNext(to);
    return true;
  }

  /** Tries once more what was refused; as the last one, because others may have gone out since. */
  again(id: string): void {
    const found = this.#unsent.find((one) => one.id === id);
    if (!found?.refusal) return;
    const { refusal, ...message } = found;
    const next = refusal.code === 409 ? { ...message, id: this.#parts.newId() } : message;
    this.#change([...this.#without(id), next]);
    this.#sendNext(next.to);
  }

  discard(id: string): void {
    this.#change(this.#without(id));
  }

  /** Returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #sendAll(): void {
    for (const to of new Set(this.#unsent.map((one) => one.to))) this.#sendNext(to);
  }

  #sendNext(to: string): void {
    const next = this.#unsent.find((one) => one.to === to && !one.refusal);
    if (!next || this.#busy.has(to) || !this.isConnected) return;
    this.#busy.add(to);
    const { id, text } = next;
    this.#parts.client.request('messages.send', { to, text, id }).then(
      () => this.#settle(next, undefined),
      (failure: RequestFailure) => this.#settle(next, failure),
    );
  }

  #settle({ id, to }: Unsent, failure: RequestFailure | undefined): void {
    const free = () => {
      this.#busy.delete(to);
      this.#sendNext(to);
    };
    if (failure?.code === 429) {
      this.#parts.after((failure.retryAfter ?? 1) * 1000, free);
      return;
    }
    if (failure && isLost(failure)) {
      this.#busy.delete(to); // goes on when the connection tells that it is back
      return;
    }
    if (failure) this.#refuse(id, failure);
    else this.#change(this.#without(id));
    free();
  }

  #refuse(id: string, { code, reason, message }: RequestFailure): void {
    const refusal: Refusal = { code, reason, message };
    this.#change(this.#unsent.map((one) => (one.id === id ? { ...one, refusal } : one)));
  }

  #without(id: string): readonly Unsent[] {
    return this.#unsent.filter((one) => one.id !== id);
  }

  #change(unsent: readonly Unsent[]): void {
    this.#unsent = unsent;
    this.#parts.keep(unsent);
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Nothing is known of what became of it. */
function isLost({ code, reason }: RequestFailure): boolean {
  return code === 0 && (reason === 'disconnected' || reason === 'not_connected' || reason === 'closed');
}

const known = new WeakMap<Client, Outbox>();

/** Of this client, for as long as it lives. `user`: the extension whose it is. */
export function outboxOf(client: Client, user: string): Outbox {
  const outbox =
    known.get(client) ??
    new Outbox({
      client,
      kept: readUnsent(user),
      keep: (unsent) => keepUnsent(user, unsent),
      newId,
      now: Date.now,
      after: (ms, run) => void setTimeout(run, ms),
    });
  known.set(client, outbox);
  return outbox;
}
