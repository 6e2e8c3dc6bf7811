// Calls that were dialled here, from the order to their end: how far they are, in the history of the one who calls. How they ended
// the history writes; an end that nobody will tell is made up here, so that no call goes on for ever. Knows no rule of dialling.
import type { CallState, OutDisposition, PhoneReason } from '../domain/call.ts';
import { type CallRow, callId, type HistoryRow, type KnownParty } from './call-row.ts';
import type { CallNews, DialledCall, OpenCall, PbxCalls } from './calls-port.ts';
import { isoTime } from './clock.ts';
import { rowsOfSite, siteMark } from './site-rows.ts';
import { type Commit, Stale, type Store } from './store.ts';
import { Turns } from './turns.ts';

export interface DialledRowsParts {
  readonly store: Store;
  readonly calls: PbxCalls;
  readonly sha256: (text: string) => string;
  /** Whose PBX makes the calls; '' where sites have no names. */
  readonly site: string;
}

/** A call whose row still says how far it is. */
export interface GoingCall {
  readonly owner: string;
  readonly at: number;
  readonly state: CallState;
}

interface Going extends GoingCall {
  readonly row: string;
  state: CallState;
  /** Whether the PBX was not asked yet, or has not answered. */
  isOrdering: boolean;
  /** Whether its end was told, which the history writes. */
  hasEnded: boolean;
}

/** Row of the table `upkeep`, so that calls under way are found after a restart. */
interface DialledMark {
  readonly call: string;
  readonly owner: string;
  readonly at: number;
  readonly site?: string;
}

const MARK = 'dialled ';
const STATES: readonly CallState[] = ['phone', 'calling', 'ringing', 'talking'];
const ATTEMPTS = 20;

export class DialledRows {
  readonly #parts: DialledRowsParts;
  /** By the PBX's name of the call. */
  readonly #going = new Map<string, Going>();
  readonly #turns = new Turns();
  readonly #work = new Set<Promise<void>>();
  #stops: readonly (() => void)[] = [];

  constructor(parts: DialledRowsParts) {
    this.#parts = parts;
  }

  /** Takes up the calls that were under way when they were last followed. */
  start(): void {
    const { store, calls, site } = this.#parts;
    for (const { id, value } of rowsOfSite(store, 'upkeep', site)) {
      if (!id.startsWith(MARK)) continue;
      const { call, owner, at } = value as DialledMark;
      const row = id.slice(MARK.length);
      this.#going.set(call, { owner, at, row, state: 'phone', isOrdering: false, hasEnded: false });
    }
    this.#stops = [store.subscribe((commit) => this.#follow(commit)), calls.subscribe((news) => this.#hear(news))];
  }

  /** Resolves when what was heard is written, or cannot be. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  get going(): Iterable<GoingCall> {
    return this.#going.values();
  }

  /** How far a call is; undefined: it has ended, or was never dialled here. */
  stateOf(call: string): CallState | undefined {
    return this.#going.get(call)?.state;
  }

  /** A call that is about to be ordered; from now on it counts. */
  add({ id, owner, at }: DialledCall): void {
    const row = callId(this.#parts.sha256, id, owner);
    this.#going.set(id, { owner, at, row, state: 'phone', isOrdering: true, hasEnded: false });
  }

  /** Puts an added call into the history of its owner. Rejects with Failure `storage`; then it counts no more. */
  async put(call: DialledCall, known: KnownParty | undefined): Promise<void> {
    const { owner, at } = call;
    const id = callId(this.#parts.sha256, call.id, owner);
    const row = { ...begun(call), ...(known === undefined ? {} : { known }) };
    const mark: DialledMark = { call: call.id, owner, at, ...siteMark(this.#parts.site) };
    try {
      await this.#parts.store.commit([
        { table: 'calls', id, value: row },
        { table: 'upkeep', id: MARK + id, value: mark },
      ]);
    } catch (error) {
      this.#going.delete(call.id);
      throw error;
    }
  }

  /** What the history says of a call by now; without a store that answers, and when the row is gone, what is known of it here. */
  async read(call: DialledCall): Promise<HistoryRow> {
    const { store, sha256 } = this.#parts;
    const id = callId(sha256, call.id, call.owner);
    const found = await store.find('calls', [id]).catch(() => undefined);
    return { id, row: (found?.get(id)?.value as CallRow | undefined) ?? begun(call) };
  }

  /** The PBX has been asked to make the call; from now on it tells how it goes on. */
  ordered(call: string): void {
    const going = this.#going.get(call);
    if (going) going.isOrdering = false;
  }

  /** The call was not made, or nobody knows what became of it. Resolves also when that cannot be written. */
  async end(call: string, disposition: OutDisposition, reason?: PhoneReason): Promise<void> {
    const going = this.#going.get(call);
    if (!going) return;
    going.isOrdering = false;
    await this.#write(call, going, (row) => ended(row, disposition, reason));
  }

  #hear(news: CallNews): void {
    if (news.kind === 'open') this.#advance(news.call);
    else if (news.kind === 'ended') this.#ended(news);
    else if (news.kind === 'watching') this.#endGhosts();
  }

  #advance({ dialled, state }: OpenCall): void {
    const going = this.#going.get(dialled?.id ?? '');
    if (!going || going.hasEnded || STATES.indexOf(state) <= STATES.indexOf(going.state)) return;
    going.state = state;
    // By then it may be further still.
    void this.#write(dialled?.id ?? '', going, (row) => further(row, going.state));
  }

  #ended({ id, entries, isOver }: Extract<CallNews, { kind: 'ended' }>): void {
    const going = this.#going.get(id);
    if (!going) return;
    if (entries.some(({ owner, call }) => owner === going.owner && call === id)) going.hasEnded = true;
    else if (isOver && !going.hasEnded) void this.#endGhost(id, going);
  }

  /** Which calls go on is known: those that are not among them have ended unheard. */
  #endGhosts(): void {
    const open = new Set<string>();
    const { store, site } = this.#parts;
    for (const { value } of rowsOfSite(store, 'openCalls', site)) {
      const { id, dialled } = value as OpenCall;
      open.add(dialled?.id ?? id);
    }
    for (const [id, going] of [...this.#going]) {
      if (!going.isOrdering && !going.hasEnded && !open.has(id)) void this.#endGhost(id, going);
    }
  }

  #endGhost(id: string, going: Going): Promise<void> {
    const isTalking = (row: CallRow) => further(row, going.state).state === 'talking';
    return this.#write(id, going, (row) => ended(row, isTalking(row) ? 'answered' : 'failed'));
  }

  /** Rows that say no longer how far they are belong to the history alone. */
  #follow({ writes }: Commit): void {
    if (this.#going.size === 0) return;
    const over = new Set<string>();
    for (const { table, id, value } of writes) {
      if (table === 'calls' && (value === null || (value as CallRow).state === undefined)) over.add(id);
    }
    if (over.size === 0) return;
    for (const [call, { row }] of [...this.#going]) if (over.has(row)) this.#forget(call);
  }

  #forget(call: string): void {
    const row = this.#going.get(call)?.row;
    if (row === undefined) return;
    this.#going.delete(call);
    this.#parts.store.note([{ table: 'upkeep', id: MARK + row, value: null }]);
  }

  /** One writing of a row after the other. A row that has ended is left alone. */
  #write(call: string, { row }: Going, change: (row: CallRow) => CallRow): Promise<void> {
    const work = this.#turns
      .run(row, () => this.#change(row, change))
      .then(
        (isGoing) => {
          if (!isGoing) this.#forget(call);
        },
        // The store takes nothing now: the end of the call is found again when the PBX is watched anew.
        () => {},
      );
    this.#work.add(work);
    return work.finally(() => this.#work.delete(work));
  }

  /** Resolves with false when there is no such row, or when it has ended, by this or before. */
  async #change(id: string, change: (row: CallRow) => CallRow): Promise<boolean> {
    const { store } = this.#parts;
    for (let n = 0; n < ATTEMPTS; n += 1) {
      const before = (await store.find('calls', [id])).get(id);
      const row = before?.value as CallRow | undefined;
      if (!before || row?.state === undefined) return false;
      const next = change(row);
      if (next === row) return true;
      try {
        await store.commit([{ table: 'calls', id, value: next }], [{ table: 'calls', id, rev: before.rev }]);
        return next.state !== undefined;
      } catch (error) {
        if (!(error instanceof Stale)) throw error;
      }
    }
    return true;
  }
}

function begun({ id, owner, number, at }: DialledCall): CallRow {
  return { owner, call: id, at: isoTime(at), direction: 'out', number, state: 'phone', ring: 0, talk: 0 };
}

/** The row when the call is so far; a call never goes back. */
function further(row: CallRow, state: CallState): CallRow {
  const isFurther = STATES.indexOf(state) > STATES.indexOf(row.state ?? 'phone');
  return isFurther ? { ...row, state } : row;
}

function ended({ state: _, ...row }: CallRow, disposition: OutDisposition, reason?: PhoneReason): CallRow {
  return { ...row, disposition, ...(reason === undefined ? {} : { reason }) };
}
