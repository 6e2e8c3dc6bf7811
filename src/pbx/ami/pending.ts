// The actions and lists of one connection that wait for their answers. Every one ends: answered, refused, timed out, or
// rejected when the connection goes. Knows no socket.
import type { Clock } from '../../service/clock.ts';
import { AmiError } from './link-port.ts';
import { type AmiMessage, header, reasonOf } from './message.ts';

const WAITING = 20_000;
const ACTION_MS = 10_000;
/** A list may take long; this is the time without a new item. */
const LIST_MS = 30_000;
const LIST_ITEMS = 200_000;
const LIST_CHARS = 64 * 1024 * 1024;

interface Wait {
  readonly name: string;
  readonly resolve: (answer: AmiMessage) => void;
  readonly reject: (error: AmiError) => void;
  readonly list: ListSoFar | null;
  cancel: () => void;
}

interface ListSoFar {
  readonly items: AmiMessage[];
  chars: number;
  /** When the last item came. */
  heardAt: number;
}

export interface PendingHooks {
  /** The id is free again. */
  settled(id: string): void;
  timedOut(): void;
}

export class Pending {
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #hooks: PendingHooks;
  readonly #waits = new Map<string, Wait>();
  #last = 0;

  /** ActionIDs are `<prefix>a<n>` for actions and `<prefix>l<n>` for lists. */
  constructor(clock: Clock, prefix: string, hooks: PendingHooks) {
    this.#clock = clock;
    this.#prefix = prefix;
    this.#hooks = hooks;
  }

  get size(): number {
    return this.#waits.size;
  }

  /** Waits for the answer to one action; `send` gets the ActionID to send it with. */
  action(name: string, send: (id: string) => void, ms = ACTION_MS): Promise<AmiMessage> {
    return this.#wait(name, 'a', null, ms, send);
  }

  /** Waits for all items of one list. */
  async list(name: string, send: (id: string) => void): Promise<readonly AmiMessage[]> {
    const soFar: ListSoFar = { items: [], chars: 0, heardAt: this.#clock.now() };
    await this.#wait(name, 'l', soFar, LIST_MS, send);
    return soFar.items;
  }

  /** Takes an answer to an action; one that nobody waits for is ignored. */
  reply(message: AmiMessage): void {
    const id = header(message, 'actionid') ?? '';
    const wait = this.#waits.get(id);
    if (wait === undefined) return;
    if (header(message, 'response')?.toLowerCase() === 'error') {
      this.#end(id, wait);
      wait.reject(new AmiError('refused', `Asterisk refused ${wait.name}: ${reasonOf(message)}`));
    } else if (wait.list === null || header(message, 'eventlist') === undefined) {
      // A list that is empty may be answered in a sentence, without its start and end (VoicemailUsersList).
      this.#end(id, wait);
      wait.resolve(message);
    }
  }

  /** Takes an event if it is part of a list, also of one that is given up; true when it was. */
  item(message: AmiMessage): boolean {
    const id = header(message, 'actionid');
    if (id === undefined || !id.startsWith(`${this.#prefix}l`)) return false;
    const wait = this.#waits.get(id);
    if (wait === undefined || wait.list === null) return true;
    if (header(message, 'eventlist')?.toLowerCase() === 'complete') {
      this.#end(id, wait);
      wait.resolve(message);
      return true;
    }
    wait.list.items.push(message);
    wait.list.chars += size(message);
    if (wait.list.items.length > LIST_ITEMS || wait.list.chars > LIST_CHARS) {
      this.#end(id, wait);
      wait.reject(new AmiError('refused', `the list ${wait.name} of Asterisk is too long to be held`));
      return true;
    }
    wait.list.heardAt = this.#clock.now();
    return true;
  }

  /** Rejects all that waits, as `away`. */
  close(): void {
    for (const [id, wait] of [...this.#waits]) {
      this.#end(id, wait);
      wait.reject(new AmiError('away', `the connection to Asterisk was lost while ${wait.name} waited for its answer`));
    }
  }

  #wait(name: string, kind: 'a' | 'l', list: ListSoFar | null, ms: number, send: (id: string) => void) {
    return new Promise<AmiMessage>((resolve, reject) => {
      if (this.#waits.size >= WAITING) {
        return reject(new AmiError('refused', `${name} was not sent: ${WAITING} actions wait for Asterisk's answer`));
      }
      this.#last += 1;
      const id = `${this.#prefix}${kind}${this.#last}`;
      const wait: Wait = { name, resolve, reject, list, cancel: () => {} };
      wait.cancel = this.#timer(id, wait, ms);
      this.#waits.set(id, wait);
      send(id);
    });
  }

  /** `left` is what is left of `ms`: of a list, the time since its last item counts. */
  #timer(id: string, wait: Wait, ms: number, left = ms): () => void {
    return this.#clock.after(left, () => {
      const quiet = wait.list ? this.#clock.now() - wait.list.heardAt : ms;
      if (quiet < ms) {
        // A clock that was set back makes nobody wait longer.
        wait.cancel = this.#timer(id, wait, ms, Math.min(ms, ms - quiet));
        return;
      }
      this.#end(id, wait);
      this.#hooks.timedOut();
      wait.reject(new AmiError('timeout', `Asterisk did not answer ${wait.name} within ${ms / 1000} s`));
    });
  }

  #end(id: string, wait: Wait): void {
    wait.cancel();
    this.#waits.delete(id);
    this.#hooks.settled(id);
  }
}

function size(message: AmiMessage): number {
  let chars = 0;
  for (const name of Object.keys(message)) chars += name.length + String(message[name]).length;
  return chars;
}
