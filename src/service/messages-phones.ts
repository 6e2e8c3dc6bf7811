// Chat at phones: a message goes to the receiver's phone when no client of his has taken it within a moment, or at once where he last wrote
// from his phone in that chat; what nobody took goes there when a phone is registered again. Knows no AMI.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import type { Clock } from './clock.ts';
import { type MessageRow, messageRowId } from './message-row.ts';
import type { Inboxes } from './messages-inboxes.ts';
import type { PbxMessages } from './messages-port.ts';
import { mayKnow } from './messages-reach.ts';
import type { ExtensionRow } from './rows.ts';
import type { Store } from './store.ts';
import { Turns } from './turns.ts';

/** A client of the receiver has this long to take a message before it goes to his phone. */
const MOMENT_MS = 2_000;
/** Messages that wait for that; more are left to clients. */
const MOST_WAITING = 10_000;
/** Chats that go on at a phone. */
const MOST_CHATS = 10_000;
/** Messages that a phone is sent when it is back, the newest ones. */
const MOST_LATE = 20;

/** Of one message. */
interface Sent {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

interface MessagesPhonesParts {
  readonly store: Store;
  readonly access: Access;
  readonly phones: PbxMessages;
  readonly inboxes: Inboxes;
  readonly clock: Clock;
  /** A phone of the owner took the message of this row. */
  readonly delivered: (owner: string, rowId: string) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class MessagesPhones {
  readonly #parts: MessagesPhonesParts;
  readonly #turns = new Turns();
  /** Those who last wrote to somebody from a phone: `1001 1002`, the newest last. */
  readonly #atPhone = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #stopHearing: () => void;
  #isStopped = false;

  constructor(parts: MessagesPhonesParts) {
    this.#parts = parts;
    this.#stopHearing = parts.phones.onReachable((extension) => this.#later(extension));
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopHearing();
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  /** A message was written and stored. */
  sent(message: Sent, atPhone: boolean): void {
    this.#note(`${message.from} ${message.to}`, atPhone);
    if (this.#atPhone.has(`${message.to} ${message.from}`)) this.#send(message, 'always');
    else this.#wait(message);
  }

  #note(chat: string, atPhone: boolean): void {
    this.#atPhone.delete(chat);
    if (atPhone) this.#atPhone.add(chat);
    for (const oldest of this.#atPhone) {
      if (this.#atPhone.size <= MOST_CHATS) return;
      this.#atPhone.delete(oldest);
    }
  }

  #wait(message: Sent): void {
    if (this.#waiting.size >= MOST_WAITING) return;
    const cancel = this.#parts.clock.after(MOMENT_MS, () => {
      this.#waiting.delete(cancel);
      this.#send(message, 'undelivered');
    });
    this.#waiting.add(cancel);
  }

  /** The messages to one phone go one after the other, so that they come in their order. */
  #send(message: Sent, when: 'always' | 'undelivered'): void {
    const sending = this.#turns.run(message.to, () => this.#carry(message, when));
    sending.catch((error: unknown) => {
      if (!isAway(error)) this.#parts.failed(error);
    });
  }

  async #carry({ id, from, to }: Sent, when: 'always' | 'undelivered'): Promise<void> {
    const { store, access, phones, delivered } = this.#parts;
    const rowId = messageRowId(to, id);
    const row = (await store.find('messages', [rowId])).get(rowId)?.value as MessageRow | undefined;
    if (!row || this.#isStopped || (when === 'undelivered' && row.delivered !== undefined)) return;
    const sender = store.get('extensions', from)?.value as ExtensionRow | undefined;
    // The receiver may have lost sight of the sender while the message waited: the name is of now, he has been told the number.
    const fromName = mayKnow(access, to, from) ? (sender?.item.name ?? from) : '';
    const taken = await phones.send({ from, fromName, to, text: row.text });
    if (taken) await delivered(to, rowId);
  }

  /** A phone that was away is back: what nobody has taken meanwhile goes to it. */
  #later(extension: string): void {
    this.#sendLate(extension).catch((error: unknown) => this.#parts.failed(error));
  }

  async #sendLate(extension: string): Promise<void> {
    const inbox = await this.#parts.inboxes.of(extension);
    const rows = inbox.undelivered().slice(-MOST_LATE);
    const found = await this.#parts.store.find('messages', rows);
    for (const rowId of rows) {
      const row = found.get(rowId)?.value as MessageRow | undefined;
      const id = rowId.slice(extension.length + 1);
      if (row && !this.#isStopped) this.#send({ id, from: row.from, to: extension }, 'undelivered');
    }
  }
}

/** Without a link the message waits for a client, or for a phone when the PBX is back. */
function isAway(error: unknown): boolean {
  return error instanceof Failure && error.code === 'pbx_away';
}
