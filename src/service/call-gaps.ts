// Times in which nobody watched the calls: filled from the PBX's call records where there are any, else told to clients as unknown.
import { Failure } from '../domain/failure.ts';
import { fillGap } from './call-gap-filling.ts';
import { addGap, type Gap } from './call-gap-list.ts';
import type { CallNews, CallRecords, PbxCalls } from './calls-port.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Lookup } from './lookup.ts';
import type { Report } from './report.ts';
import type { CallGap } from './rows.ts';
import type { SiteNumbers } from './site-numbers.ts';
import { rowsOfSite, siteMark, siteRow } from './site-rows.ts';
import type { Store, Write } from './store.ts';

export interface CallGapsParts {
  readonly store: Store;
  readonly lookup: Pick<Lookup, 'find'>;
  readonly calls: PbxCalls;
  /** Absent: the PBX's records are not to be had. */
  readonly records: CallRecords | undefined;
  readonly phones: GapPhones;
  readonly clock: Clock;
  readonly report: Report;
  readonly sha256: (text: string) => string;
  /** Gaps that lie further back than this are forgotten, as the history is. */
  readonly days: number;
  /** Whose PBX it is; '' where sites have no names. */
  readonly site: string;
  /** How this PBX calls its extensions; absent: by their ids. */
  readonly numbers?: SiteNumbers;
}

interface GapPhones {
  /** Whether the extensions are known at this moment. */
  readonly isKnown: boolean;
  /** The extensions of whose phones a device is one. */
  extensionsOf(device: string): readonly string[];
}

type Span = Pick<CallGap, 'from' | 'until'>;

/** Table `upkeep`, row WATCHED of the site: the last moment that is known to have been watched. */
interface WatchedRow {
  readonly at: string;
}

/** Table `upkeep`, row GAPS of the site: all that are not closed. Those of them of which nothing is known are the rows of the table `callGaps`. */
interface GapsRow {
  readonly gaps: readonly (Span & { readonly unread?: true })[];
}

const WATCHED = 'calls watched';
const GAPS = 'call gaps';

const NOTE_MS = 10_000;
/** When records are read after the end of a gap: the PBX may write them late, and in batches of five minutes. */
const READ_AFTER_MS = [5_000, 30_000, 330_000];
/** A gap is closed with the first reading that is not earlier than this. */
const SETTLED_MS = 330_000;
const AGAIN_MS = 300_000;
const DAY_MS = 86_400_000;

export class CallGaps {
  readonly #parts: CallGapsParts;
  readonly #stopping = new AbortController();
  #gaps: readonly Gap[] = [];
  /** Milliseconds since 1970; undefined before the very first time. */
  #watched: number | undefined;
  #isWatching = false;
  #isTroubled = false;
  #unsubscribe = () => {};
  #noteLater = () => {};
  #readLater = () => {};
  #reading: Promise<void> | undefined;

  constructor(parts: CallGapsParts) {
    this.#parts = parts;
  }

  start(): void {
    const { store, calls, site } = this.#parts;
    const watched = store.get('upkeep', siteRow(site, WATCHED))?.value as WatchedRow | undefined;
    const kept = store.get('upkeep', siteRow(site, GAPS))?.value as GapsRow | undefined;
    this.#watched = watched && Date.parse(watched.at);
    this.#gaps = (kept?.gaps ?? []).map(({ from, until, unread = false }) => {
      return { from: Date.parse(from), until: Date.parse(until), records: unread ? 'unread' : 'waiting' };
    });
    this.#forgetOld();
    this.#tell();
    this.#unsubscribe = calls.subscribe((news) => this.#hear(news));
  }

  /** Breaks off what is being read, and resolves when nothing is. The records are closed with it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    void this.#parts.records?.close();
    this.#unsubscribe();
    this.#noteLater();
    this.#readLater();
    if (this.#isWatching) this.#noteWatched(this.#parts.clock.now());
    await this.#reading;
  }

  #hear(news: CallNews): void {
    if (news.kind === 'away' && this.#isWatching) {
      this.#isWatching = false;
      this.#noteLater();
      this.#noteWatched(news.at);
    }
    if (news.kind !== 'watching') return;
    const { clock } = this.#parts;
    if (!this.#isWatching && this.#watched !== undefined) {
      const from = Math.max(this.#watched, this.#oldest);
      this.#keep(addGap(this.#gaps, { from, until: news.at, records: 'waiting' }));
    }
    this.#isWatching = true;
    this.#noteWatched(news.at);
    this.#noteLater();
    this.#noteLater = clock.after(NOTE_MS, () => this.#noteAgain());
    this.#readSoon();
  }

  #noteAgain(): void {
    const { clock } = this.#parts;
    this.#noteWatched(clock.now());
    this.#forgetOld();
    this.#tell();
    this.#noteLater = clock.after(NOTE_MS, () => this.#noteAgain());
  }

  #noteWatched(at: number): void {
    this.#watched = at;
    const value: WatchedRow = { at: isoTime(at) };
    const { store, site } = this.#parts;
    store.note([{ table: 'upkeep', id: siteRow(site, WATCHED), value }]);
  }

  get #oldest(): number {
    return this.#parts.clock.now() - this.#parts.days * DAY_MS;
  }

  #forgetOld(): void {
    const oldest = this.#oldest;
    if (this.#gaps.some(({ until }) => until <= oldest)) this.#keep(this.#gaps.filter(({ until }) => until > oldest));
  }

  #keep(gaps: readonly Gap[]): void {
    this.#gaps = gaps;
    const kept = gaps.map((gap) => ({
      ...spanOf(gap),
      ...(gap.records === 'unread' ? { unread: true as const } : {}),
    }));
    const value: GapsRow = { gaps: kept };
    const { store, site } = this.#parts;
    const id = siteRow(site, GAPS);
    if (kept.length > 0 || store.get('upkeep', id)) store.note([{ table: 'upkeep', id, value }]);
    this.#tell();
  }

  /** Shows clients the gaps of which nothing is known. */
  #tell(): void {
    const { store, records, site } = this.#parts;
    const unknown = this.#gaps.filter((gap) => gap.records === 'unread' || !records).map(spanOf);
    const shown = new Map(
      unknown.map((span): [string, CallGap] => {
        const id = siteRow(site, span.from);
        return [id, { id, ...span, ...siteMark(site) }];
      }),
    );
    const writes: Write[] = [];
    for (const { id } of rowsOfSite(store, 'callGaps', site)) {
      if (!shown.has(id)) writes.push({ table: 'callGaps', id, value: null });
    }
    for (const [id, value] of shown) {
      const before = store.get('callGaps', id)?.value as CallGap | undefined;
      if (before?.until !== value.until) writes.push({ table: 'callGaps', id, value });
    }
    if (writes.length > 0) store.note(writes);
  }

  #readSoon(): void {
    const { records, clock } = this.#parts;
    this.#readLater();
    if (!records || this.#gaps.length === 0 || this.#stopping.signal.aborted) return;
    const passed = Math.max(0, clock.now() - Math.max(...this.#gaps.map(({ until }) => until)));
    const next = READ_AFTER_MS.find((ms) => ms > passed);
    const wait = this.#isTroubled || next === undefined ? this.#waitAtRest : next - passed;
    this.#readLater = clock.after(wait, () => this.#readAll(records));
  }

  /** For a gap of which all records must be there by now. */
  get #waitAtRest(): number {
    return this.#isTroubled ? AGAIN_MS : (READ_AFTER_MS[0] ?? AGAIN_MS);
  }

  #readAll(records: CallRecords): void {
    if (this.#reading) return;
    this.#reading = this.#read(records).finally(() => {
      this.#reading = undefined;
      this.#readSoon();
    });
  }

  /** Never rejects. */
  async #read(records: CallRecords): Promise<void> {
    const { phones, clock } = this.#parts;
    // Who took part is known by the phones; while they are not, nothing would be found.
    if (!phones.isKnown) return;
    for (const gap of this.#gaps) {
      const at = clock.now();
      const isRead = await this.#fill(records, gap);
      if (this.#stopping.signal.aborted) return;
      if (!isRead) {
        // The others would not be read either.
        this.#keep(this.#gaps.map((one) => (one.records === 'read' ? one : { ...one, records: 'unread' })));
        return;
      }
      const isClosed = at - gap.until >= SETTLED_MS;
      const gaps = this.#gaps.flatMap((one): Gap[] => {
        if (one.from !== gap.from || one.until !== gap.until) return [one];
        return isClosed ? [] : [{ ...one, records: 'read' }];
      });
      this.#keep(gaps);
    }
  }

  /** Whether it was read and all that was found is in the history. */
  async #fill(records: CallRecords, gap: Gap): Promise<boolean> {
    const { store, lookup, phones, sha256, report, numbers } = this.#parts;
    const isExtension = (number: string) =>
      numbers ? numbers.isOwn(numbers.idOf(number)) : store.get('extensions', number) !== undefined;
    const known = { extensionsOf: (device: string) => phones.extensionsOf(device), isExtension };
    const parts = { store, lookup, sha256, numbers, phones: known, oldest: () => this.#oldest };
    try {
      const entries = await fillGap(parts, records, gap, this.#stopping.signal);
      if (this.#isTroubled || entries > 0) report('calls.records_read', { entries });
      this.#isTroubled = false;
      return true;
    } catch (error) {
      if (this.#stopping.signal.aborted) return false;
      const reason = error instanceof Failure ? error.code : error instanceof Error ? error.message : typeof error;
      if (!this.#isTroubled) report('calls.records_unread', { error: reason });
      this.#isTroubled = true;
      return false;
    }
  }
}

function spanOf({ from, until }: Gap): Span {
  return { from: isoTime(from), until: isoTime(until) };
}
