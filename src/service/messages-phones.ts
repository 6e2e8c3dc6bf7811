// Chat at phones: a message goes to the receiver's phone when no client of his has taken it within a moment, or at once where he last wrote
// from his phone in that chat; what nobody took goes there when a phone is registered again. Whichever daemon stored it, the one with the
// phones carries it. Knows no AMI.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import type { Clock } from './clock.ts';
import { type MessageRow, messageIdOf, messageRowId } from './message-row.ts';
import type { Inboxes } from './messages-inboxes.ts';
import type { PbxMessages } from './messages-port.ts';
import { mayKnow } from './messages-reach.ts';
import type { ExtensionRow } from './rows.ts';
import { siteOf } from './site-rows.ts';
import type { Commit, Store } from './store.ts';
import { Turns } from './turns.ts';

/** A client of the receiver has this long to take a message before it goes to his phone. */
const MOMENT_MS = 2_000;
/** Messages that wait for that; more are left to clients. */
const MOST_WAITING = 10_000;
/** So long messages are kept in mind for phones that another daemon may hand over. */
const HANDOVER_MS = 10_000;
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
  readonly inboxes: Inboxes;
  readonly clock: Clock;
  /** The site of the phones; '' where sites have no names. */
  readonly site: string;
  /** A phone of the owner took the message of this row. */
  readonly delivered: (owner: string, rowId: string) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class MessagesPhones {
  readonly #parts: MessagesPhonesParts;
  readonly #turns = new Turns();
  /** Those who last wrote to somebody from a phone: `1001 1002`, the newest last. */
  readonly #atPhone = new Set<string>();
  /** Messages that are being stored and were written at a phone, by id. */
  readonly #writing = new Set<string>();
  readonly #waiting = new Set<() => void>();
  /** Messages whose moment has passed while another daemon had the phones. */
  readonly #handedOver = new Set<Sent>();
  readonly #stopFollowing: () => void;
  /** Absent: another daemon has the phones. */
  #phones: PbxMessages | undefined;
  #stopHearing: () => void = () => {};

  constructor(parts: MessagesPhonesParts) {
    this.#parts = parts;
    this.#stopFollowing = parts.store.subscribe((commit) => this.#follow(commit));
  }

  /** From now on messages go to these phones, those of the last seconds that nobody took among them. Returns the function that ends it. */
  serve(phones: PbxMessages): () => void {
    this.#phones = phones;
    const stopHearing = phones.onReachable((extension) => this.#later(extension));
    this.#stopHearing = stopHearing;
    for (const message of this.#handedOver) this.#send(message, 'undelivered');
    this.#handedOver.clear();
    return () => {
      stopHearing();
      if (this.#phones === phones) this.#phones = undefined;
    };
  }

  stop(): void {
    this.#phones = undefined;
    this.#stopHearing();
    this.#stopFollowing();
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
    this.#handedOver.clear();
  }

  /** The message with this id is being stored and was written at a phone. Returns the function to call when that has ended. */
  written(id: string): () => void {
    this.#writing.add(id);
    return () => this.#writing.delete(id);
  }

  /** A message that is new has no mark yet, and its receiver's copy tells of it. */
  #follow({ writes }: Commit): void {
    for (const { table, id: rowId, value } of writes) {
      if (table !== 'messages' || value === null) continue;
      const { owner, from, delivered, read } = value as MessageRow;
      if (owner !== from && delivered === undefined && read === undefined) {
        this.#sent({ id: messageIdOf(rowId), from, to: owner });
      }
    }
  }

  #sent(message: Sent): void {
    const { id, from, to } = message;
    this.#note(`${from} ${to}`, this.#writing.has(id));
    if (siteOf(this.#parts.store, to, this.#parts.site) !== this.#parts.site) return;
    if (this.#phones && this.#atPhone.has(`${to} ${from}`)) this.#send(message, 'always');
    else this.#after(MOMENT_MS, () => this.#carryOrKeep(message));
  }

  #note(chat: string, atPhone: boolean): void {
    this.#atPhone.delete(chat);
    if (atPhone) this.#atPhone.add(chat);
    for (const oldest of this.#atPhone) {
      if (this.#atPhone.size <= MOST_CHATS) return;
      this.#atPhone.delete(oldest);
    }
  }

  #carryOrKeep(message: Sent): void {
    if (this.#phones) this.#send(message, 'undelivered');
    else {
      this.#handedOver.add(message);
      this.#after(HANDOVER_MS, () => this.#handedOver.delete(message));
    }
  }

  #after(ms: number, then: () => void): void {
    if (this.#waiting.size >= MOST_WAITING) return;
    const cancel = this.#parts.clock.after(ms, () => {
      this.#waiting.delete(cancel);
      then();
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
    const { store, access, delivered } = this.#parts;
    const rowId = messageRowId(to, id);
    const row = (await store.find('messages', [rowId])).get(rowId)?.value as MessageRow | undefined;
    const phones = this.#phones;
    if (!row || !phones || (when === 'undelivered' && row.delivered !== undefined)) return;
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
      if (row) this.#send({ id, from: row.from, to: extension }, 'undelivered');
    }
  }
}

/** Without a link the message waits for a client, or for a phone when the PBX is back. */
function isAway(error: unknown): boolean {
  return error instanceof Failure && error.code === 'pbx_away';
}
