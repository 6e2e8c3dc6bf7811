// A person at a client who makes, changes and removes contacts of one book as fast as the daemon answers, and who knows what was
// answered. Knows no daemon: the client comes and goes.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Client, RpcError } from '../support/client.ts';
import type { Item } from '../support/client-mirrors.ts';
import type { Dice } from './dice.ts';
import { pause } from './trial.ts';

const CONTACTS = 40;
/** Answered to who asks faster than the daemon lets one client; nothing was changed. */
const TOO_MANY = 429;
const BUSY_MS = 200;
/** Answered while nothing can be saved. Where a database is behind it, what was asked may have been done and its answer lost. */
const STORAGE = 507;

interface Pending {
  readonly id: string;
  readonly method: 'contacts.create' | 'contacts.update' | 'contacts.delete';
}

export class Editor {
  readonly user: string;
  readonly book: string;
  /** Requests that were answered. */
  answered = 0;
  /** The contacts as they were answered last. */
  #held = new Map<string, Item>();
  #pending: Pending | undefined;
  #isResting = false;

  constructor(user: string, book: string) {
    this.user = user;
    this.book = book;
  }

  get collection(): string {
    return `contacts:${this.book}`;
  }

  /**
   * Edits until the connection ends or `rest` is called, and with `mayFail` until nothing can be saved. Rejects when the daemon refuses what it
   * must not.
   */
  async edit(client: Client, dice: Dice, mayFail = false): Promise<void> {
    this.#isResting = false;
    while (!client.ending && !this.#isResting) {
      try {
        await this.#editOnce(client, dice);
        this.answered += 1;
      } catch (error) {
        if (mayFail && error instanceof RpcError && error.code === STORAGE) return;
        if (error instanceof RpcError && error.code === TOO_MANY) {
          this.#pending = undefined;
          await pause(BUSY_MS);
        } else if (error instanceof RpcError || !client.ending) throw error;
      }
    }
  }

  /** Edits no more, once what was asked is answered. */
  rest(): void {
    this.#isResting = true;
  }

  async #editOnce(client: Client, dice: Dice): Promise<void> {
    const ids = [...this.#held.keys()];
    const make = ids.length < 3 || (ids.length < CONTACTS && dice.chance(0.5));
    const id = make ? randomUUID() : dice.pick(ids);
    const method = make ? 'contacts.create' : dice.chance(0.6) ? 'contacts.update' : 'contacts.delete';
    this.#pending = { id, method };
    const number = String(dice.below(10 ** 9)).padStart(9, '0');
    const contact = { firstName: `Zoë ${number}`, numbers: [{ type: 'mobile', number: `+44${number}` }] };
    const params = {
      'contacts.create': { id, book: this.book, contact },
      'contacts.update': { id, patch: contact },
      'contacts.delete': { ids: [id] },
    }[method];
    const { contact: answered } = await client.request<{ contact?: Item }>(method, params);
    this.#pending = undefined;
    if (answered) this.#held.set(id, answered);
    else this.#held.delete(id);
  }

  /** Compares what the daemon has after it was killed with what was answered, and goes on from there. Returns what is wrong. */
  judge(items: ReadonlyMap<string, Item>): string[] {
    const wrong: string[] = [];
    for (const [id, held] of this.#held) {
      const found = items.get(id);
      if (isDeepStrictEqual(found, held)) continue;
      const pending = this.#pending?.id === id ? this.#pending.method : undefined;
      const may = found
        ? pending === 'contacts.update' && found['rev'] === Number(held['rev']) + 1
        : pending === 'contacts.delete';
      if (!may)
        wrong.push(`contact ${id} of ${this.user} is ${JSON.stringify(found)}, answered was ${JSON.stringify(held)}`);
    }
    for (const id of items.keys()) {
      const may = this.#held.has(id) || (this.#pending?.id === id && this.#pending.method === 'contacts.create');
      if (!may) wrong.push(`contact ${id} of ${this.user} is there, and was deleted or never made`);
    }
    this.#held = new Map(items);
    this.#pending = undefined;
    return wrong;
  }
}
