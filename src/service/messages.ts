// The use cases of chat: messages between two users who see each other, kept for each of them, delivered and read.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import { retried } from './attempts.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Asking } from './contacts-reach.ts';
import type { Fence } from './fence.ts';
import { type MessageItem, type MessageRow, messageItem, messageRowId } from './message-row.ts';
import { MessagesFlood } from './messages-flood.ts';
import type { Inbox } from './messages-inbox.ts';
import { Inboxes } from './messages-inboxes.ts';
import { markMessages } from './messages-marks.ts';
import { MessagesPhones } from './messages-phones.ts';
import type { PbxMessages, WrittenMessage } from './messages-port.ts';
import { writingGuards } from './messages-reach.ts';
import { messageText } from './messages-text.ts';
import { MessagesUpkeep } from './messages-upkeep.ts';
import { rareReport } from './rare-report.ts';
import { Refusals } from './refusals.ts';
import type { Report, ReportFields } from './report.ts';
import type { Row, Store } from './store.ts';
import type { Tallies } from './tallies.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

/** `id`: a UUID made by the client, with which the call can be repeated safely. */
export interface MessageWish {
  readonly to: string;
  readonly text: string;
  readonly id?: string | undefined;
}

export interface MessagesParts {
  readonly store: Store;
  readonly access: Access;
  /** The site whose phones are served; '' where sites have no names. Undefined: no messages go to or come from phones. */
  readonly phonesOf: string | undefined;
  /** Counts messages together with other daemons; left out: this one is alone. */
  readonly tallies?: Tallies;
  /** Left out: no other daemon stores messages. */
  readonly fence?: Fence | undefined;
  readonly clock: Clock;
  readonly report: Report;
  readonly newId: () => string;
  /** What is kept of each user's messages; whichever is reached first. */
  readonly keep: { readonly count: number; readonly days: number };
}

/** One message to be written. */
interface Writing {
  readonly id: string;
  readonly to: string;
  readonly text: string;
}

export class Messages {
  readonly #parts: MessagesParts;
  readonly #refusals: Refusals;
  readonly #flood: MessagesFlood;
  readonly #inboxes: Inboxes;
  readonly #upkeep: MessagesUpkeep;
  readonly #phones: MessagesPhones | undefined;
  readonly #turns = new Turns();
  /** Extensions of which everything up to a revision was told; that is being marked. */
  readonly #told = new Map<string, number>();
  readonly #marking = new Map<string, Promise<void>>();
  readonly #markFailed: (fields?: ReportFields) => void;
  readonly #refusedPhone: (fields?: ReportFields) => void;
  #isStopped = false;

  constructor(parts: MessagesParts) {
    const { store, access, report, clock, phonesOf: site } = parts;
    this.#parts = parts;
    this.#refusals = new Refusals(access, report);
    this.#flood = new MessagesFlood(clock, parts.tallies);
    this.#inboxes = new Inboxes({ store });
    this.#upkeep = new MessagesUpkeep(parts);
    this.#markFailed = rareReport(report, 'messages.mark_failed', clock);
    this.#refusedPhone = rareReport(report, 'messages.phone_refused', clock);
    const failed = (error: unknown) => this.#markFailed({ reason: reasonOf(error) });
    const delivered = (owner: string, rowId: string) => this.#mark(owner, [rowId], 'delivered');
    const around = { ...parts, inboxes: this.#inboxes, delivered, failed };
    this.#phones = site === undefined ? undefined : new MessagesPhones({ ...around, site });
  }

  /** From now on what is old is dropped here. Returns the function that ends it. */
  tidy(): () => void {
    return this.#upkeep.rounds();
  }

  /** Takes what is written at phones, and carries to them what nobody else takes. Returns the function that ends it. */
  serve(phones: PbxMessages): () => void {
    const stops = [phones.subscribe((message) => this.#written(message)), this.#phones?.serve(phones)];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#phones?.stop();
    this.#inboxes.stop();
    await Promise.all([this.#upkeep.stop(), ...this.#marking.values()]);
  }

  /** Failures: `not_found` for an extension that the viewer does not see or that does not see him, `conflict` for an id that is taken, `too_many`, `params`, `storage`. */
  async send(viewer: Viewer, { to, text, id }: MessageWish): Promise<MessageItem> {
    const asking = { method: 'messages.send', viewer };
    this.#refusals.active(asking.method, viewer);
    if (viewer.extension === '') throw new Failure('forbidden', 'only users write messages');
    const writing = { id: id ?? this.#parts.newId(), to, text: messageText(text) };
    return this.#write(asking, writing, () => this.#refusals.active(asking.method, viewer));
  }

  /** Everything that `with` wrote to the viewer up to the message `upTo` is read. Failures: `not_found`, `too_many`, `storage`. */
  async read(viewer: Viewer, mark: { readonly with: string; readonly upTo: string }): Promise<void> {
    const owner = viewer.extension;
    const other = mark.with;
    this.#refusals.active('messages.read', viewer);
    const rowId = messageRowId(owner, mark.upTo);
    const last = (await this.#parts.store.find('messages', [rowId])).get(rowId)?.value as MessageRow | undefined;
    if (last?.with !== other) throw new Failure('not_found', 'there is no such message in this chat');
    await this.#turns.run(`read ${owner}`, async () => {
      const rows = (await this.#inbox(owner)).unread(other, last.at);
      this.#refusals.active('messages.read', viewer);
      await this.#mark(owner, rows, 'read');
    });
  }

  /** A session of this extension holds all messages that were written to it so far. */
  told(extension: string): void {
    if (this.#isStopped || this.#inboxes.peek(extension)?.hasUndelivered === false) return;
    this.#told.set(extension, this.#inboxes.heard);
    if (this.#marking.has(extension)) return;
    const marking = this.#markTold(extension).finally(() => this.#marking.delete(extension));
    this.#marking.set(extension, marking);
  }

  /** While it marks, more may be told. */
  async #markTold(extension: string): Promise<void> {
    for (;;) {
      const rev = this.#told.get(extension);
      if (rev === undefined || this.#isStopped) return;
      this.#told.delete(extension);
      try {
        const inbox = await this.#inboxes.of(extension);
        await this.#mark(extension, inbox.undelivered(rev), 'delivered');
      } catch (error) {
        // They are marked when the next ones are told.
        this.#markFailed({ reason: reasonOf(error) });
      }
    }
  }

  #mark(owner: string, rows: readonly string[], mark: 'delivered' | 'read'): Promise<void> {
    return markMessages({ ...this.#parts, turns: this.#turns }, owner, rows, mark);
  }

  /** With what other daemons have stored so far: whoever was shown a message there may write or read here a moment later. */
  async #inbox(owner: string): Promise<Inbox> {
    await this.#parts.fence?.passed();
    return this.#inboxes.of(owner);
  }

  /** `check` throws when the sender may write to nobody any more. */
  async #write(asking: Asking, writing: Writing, check: () => void): Promise<MessageItem> {
    const from = asking.viewer.extension;
    const { id, to } = writing;
    this.#flood.count(from);
    const row = await this.#turns.run(`chat ${[from, to].sort().join(' ')}`, () =>
      retried(this.#turns, `again ${from}`, () => this.#attempt(asking, writing, check)),
    );
    if (row.isNew) for (const owner of [from, to]) this.#upkeep.trim(owner);
    return messageItem(messageRowId(from, id), row.value);
  }

  async #attempt(asking: Asking, { id, to, text }: Writing, check: () => void) {
    const { store, clock } = this.#parts;
    const from = asking.viewer.extension;
    const own = messageRowId(from, id);
    const theirs = messageRowId(to, id);
    const [found, inbox] = await Promise.all([store.find('messages', [own, theirs]), this.#inbox(from)]);
    check();
    const before = repeated(found.get(own), { from, to, text });
    if (before) return { value: before, isNew: false };
    if (found.size > 0) throw new Failure('conflict', 'the id is taken');
    const guards = writingGuards({ ...this.#parts, refusals: this.#refusals }, asking, to);
    const newest = inbox.newest(to);
    const at = isoTime(Math.max(clock.now(), newest === undefined ? 0 : Date.parse(newest) + 1));
    const value: MessageRow = { owner: from, with: to, from, at, text };
    await store.commit(
      [
        { table: 'messages', id: own, value },
        { table: 'messages', id: theirs, value: { ...value, owner: to, with: from } satisfies MessageRow },
      ],
      [...guards, { table: 'messages', id: own, rev: null }, { table: 'messages', id: theirs, rev: null }],
    );
    return { value, isNew: true };
  }

  /** Somebody at a phone need not be a user, but if he is one he must not be disabled. */
  async #written({ from, to, text }: WrittenMessage): Promise<boolean> {
    const asking = { method: 'messages.send', viewer: { extension: from, admin: false, contacts: true } };
    const check = () => {
      if (this.#parts.store.get('users', from)) this.#refusals.active(asking.method, asking.viewer);
    };
    const id = this.#parts.newId();
    const ended = this.#phones?.written(id);
    try {
      await this.#write(asking, { id, to, text: messageText(text) }, check);
      return true;
    } catch (error) {
      this.#refusedPhone({ extension: from, reason: reasonOf(error) });
      return false;
    } finally {
      ended?.();
    }
  }
}

/** The sender's copy of the same message, when the call is repeated. */
function repeated(row: Row | undefined, wish: { from: string; to: string; text: string }): MessageRow | undefined {
  const value = row?.value as MessageRow | undefined;
  const isSame = value?.from === wish.from && value.with === wish.to && value.text === wish.text;
  return isSame ? value : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Failure ? error.code : 'bug';
}
