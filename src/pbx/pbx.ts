// Asterisk as the presence board sees it: follows the AMI link, has everything listed when that is due, lets events in
// between, and takes orders back. Knows neither the board nor the socket; the rooms beside it do the work.
import type { Clock } from '../service/clock.ts';
import type { Pbx } from '../service/pbx-port.ts';
import type { Report, ReportFields } from '../service/report.ts';
import { AmiError, type Link, type LinkEvent } from './ami/link-port.ts';
import { type AmiMessage, header } from './ami/message.ts';
import { extensionFilter, type IsExtension } from './extension-list.ts';
import { HintWatch } from './hint-watch.ts';
import { readHintLine } from './lists.ts';
import { LiveFacts } from './live-facts.ts';
import { NameBook } from './names.ts';
import { Orders } from './orders.ts';
import type { PbxSettings } from './pbx-settings.ts';
import type { Phones } from './phones.ts';
import { missing, type Privileges, readPrivileges, type WritingWay, writingWay } from './privileges.ts';
import { Relisting, type SnapshotReason } from './relisting.ts';
import { inSlices } from './slices.ts';
import { type Snapshot, type SnapshotDeps, takeSnapshot } from './snapshot.ts';

export interface PbxOptions {
  readonly link: Link;
  readonly settings: PbxSettings;
  readonly clock: Clock;
  readonly report: Report;
  /** Milliseconds between two checks for drift. */
  readonly checkMs?: number;
}

/** What has happened so far, for metrics. */
interface PbxCounters {
  readonly snapshots: number;
  readonly failedSnapshots: number;
  /** Extensions that a check found different from what events had said. */
  readonly drifted: number;
  readonly events: number;
  /** Events without their headers, or with words that are not Asterisk's. */
  readonly dropped: number;
  /** Updates told to listeners. */
  readonly updates: number;
  readonly orders: number;
  readonly failedOrders: number;
}

/** How the PBX is wired, for `rollcall check` and the log. */
interface PbxDescription {
  /** A connection is up and everything was read. */
  readonly connected: boolean;
  readonly extensions: number;
  /** AstDB cannot be read: DND follows the lamp. */
  readonly followsLamp: boolean;
  readonly writing: WritingWay | undefined;
}

export interface AsteriskPbx extends Pbx {
  /** Begins to follow the link. */
  start(): void;
  stop(): void;
  readonly counters: PbxCounters;
  readonly phones: Phones;
  describe(): PbxDescription;
}

const CHECK_MS = 5 * 60_000;
const RELOAD_QUIET_MS = 500;
const HINTS_QUIET_MS = 300;
const TWICE_MS = 500;
/** A dialplan that is listed twice so often in a row is taken as it is until the next check. */
const MOST_TWICE = 5;

/** The events that matter, in lower case. */
const EVENTS: ReadonlySet<string> = new Set([
  'devicestatechange',
  'presencestatechange',
  'extensionstatus',
  'fullybooted',
  'reload',
]);

export function openPbx(options: PbxOptions): AsteriskPbx {
  const pbx = new FollowedPbx(options);
  return {
    start: () => pbx.start(),
    stop: () => pbx.stop(),
    subscribe: (listener) => pbx.facts.subscribe(listener),
    carryOut: (order) => pbx.carryOut(order),
    get counters() {
      return pbx.counters;
    },
    phones: pbx.phones,
    describe: () => pbx.describe(),
  };
}

interface Connection {
  readonly generation: number;
  may: Privileges | undefined;
}

class FollowedPbx {
  readonly facts: LiveFacts;
  readonly #options: PbxOptions;
  readonly #isExtension: IsExtension;
  readonly #orders: Orders;
  readonly #relisting: Relisting;
  readonly #snapshotDeps: SnapshotDeps;
  readonly #hints = new HintWatch();
  readonly #reported = new Set<string>();
  readonly #counts = {
    snapshots: 0,
    failedSnapshots: 0,
    drifted: 0,
    events: 0,
    dropped: 0,
    orders: 0,
    failedOrders: 0,
  };
  #connection: Connection | undefined;
  #twice = 0;
  #lastFailure = '';
  #unsubscribe: () => void = () => {};
  #cancelPoll: () => void = () => {};

  constructor(options: PbxOptions) {
    const { link, clock, settings, report } = options;
    const names = new NameBook();
    this.#options = options;
    this.#isExtension = extensionFilter(settings.extensions);
    this.facts = new LiveFacts({
      link,
      clock,
      family: settings.dnd.family,
      names,
      settled: (number) => this.#orders.changed(number),
      unlisted: () => this.#relisting.want('mend', HINTS_QUIET_MS),
    });
    this.#orders = new Orders({
      link,
      clock,
      settings,
      dnd: this.facts.dnd,
      current: () => {
        const may = this.#connection?.may;
        return may && this.facts.isOpen ? { table: this.facts.table, may } : undefined;
      },
      refused: (fields) => report('pbx.write_refused', fields),
      unsure: () => this.#relisting.want('mend', 0),
    });
    this.#relisting = new Relisting({
      clock,
      checkMs: options.checkMs ?? CHECK_MS,
      take: (reason) => this.#takeSnapshot(reason),
      failed: (error, retryMs) => this.#snapshotFailed(error, retryMs),
    });
    this.#snapshotDeps = {
      link,
      clock,
      settings,
      isExtension: this.#isExtension,
      names,
      recent: this.facts.recent,
      dnd: this.facts.dnd,
      lacking: (event, error) => this.#once(event, { error: messageOf(error) }),
      named: (extension) => this.facts.named(extension),
      found: (key, state) => this.facts.found(key, state),
    };
  }

  get phones(): Phones {
    const { facts } = this;
    return {
      get isKnown() {
        return facts.isOpen;
      },
      extensionsOf: (device) => facts.table.withPhone(device),
      phonesOf: (number) => facts.table.extension(number)?.hint.phones ?? [],
      contextOf: (number) => facts.table.extension(number)?.context,
      facts: (number) => facts.table.facts(number),
      isBlocked: (number) => facts.dnd.read(number).catch(() => false),
    };
  }

  get counters(): PbxCounters {
    return { ...this.#counts, updates: this.facts.updates };
  }

  start(): void {
    this.stop();
    const { link } = this.#options;
    this.#unsubscribe = link.subscribe((event) => this.#onLink(event));
    if (link.generation !== null) this.#up(link.generation);
  }

  stop(): void {
    this.#unsubscribe();
    this.#down();
  }

  async carryOut(order: Parameters<Pbx['carryOut']>[0]): Promise<void> {
    this.#counts.orders += 1;
    try {
      await this.#orders.carryOut(order);
    } catch (error) {
      this.#counts.failedOrders += 1;
      throw error;
    }
  }

  describe(): PbxDescription {
    const may = this.#connection?.may;
    return {
      connected: this.facts.isOpen,
      extensions: this.facts.table.size,
      followsLamp: this.facts.table.followsLamp,
      writing: may && writingWay(may, this.#options.settings.dnd.family),
    };
  }

  #onLink(event: LinkEvent): void {
    if (event.kind === 'up') this.#up(event.generation);
    else if (event.kind === 'down') this.#down();
    else if (event.kind === 'failed') this.facts.away();
    else if (event.generation === this.#connection?.generation) this.#onEvent(event.name.toLowerCase(), event.message);
  }

  #up(generation: number): void {
    if (this.#connection?.generation === generation) return;
    this.#down();
    this.#connection = { generation, may: undefined };
    this.#twice = 0;
    this.#relisting.start();
  }

  /** What was last known stands; nothing of the old connection counts for the next. */
  #down(): void {
    this.#connection = undefined;
    this.#relisting.stop();
    this.#cancelPoll();
    this.facts.close();
    this.#orders.lost();
  }

  #onEvent(name: string, message: AmiMessage): void {
    // The items of a list look like events, but for their ActionID.
    if (!EVENTS.has(name) || header(message, 'actionid') !== undefined) return;
    this.#counts.events += 1;
    let read = true;
    if (name === 'devicestatechange') read = this.facts.device(message);
    else if (name === 'presencestatechange') read = this.facts.presentity(message);
    else if (name === 'extensionstatus') read = this.#onHint(message);
    // Asterisk may say only now that it has booted: a user without read=system is connected before.
    else this.#relisting.want('reload', name === 'reload' ? RELOAD_QUIET_MS : 0);
    if (!read) this.#counts.dropped += 1;
  }

  #onHint(message: AmiMessage): boolean {
    const line = readHintLine(message);
    if (!line) return false;
    const sign = this.#isExtension(line) && this.#hints.isSign(line, this.facts.table);
    if (sign) this.#relisting.want('hints', HINTS_QUIET_MS);
    return true;
  }

  async #takeSnapshot(reason: SnapshotReason): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    connection.may ??= this.#judged(await readPrivileges(this.#options.link));
    const request = {
      generation: connection.generation,
      may: connection.may,
      fresh: reason === 'up' || reason === 'reload',
      previous: this.facts.table,
      told: (number: string) => this.facts.told(number),
    };
    await takeSnapshot(this.#snapshotDeps, request, (snapshot) => this.#swap(snapshot, reason, connection));
  }

  /** Every state of the connection is set before anybody is told. */
  #swap({ table, list, extensions }: Snapshot, reason: SnapshotReason, connection: Connection): void {
    if (this.#connection !== connection) throw new AmiError('away', 'the connection of the snapshot is gone');
    const first = !this.facts.isOpen;
    this.#hints.reset(list.lines);
    this.#counts.snapshots += 1;
    this.#lastFailure = '';
    this.#twice = list.twice ? this.#twice + 1 : 0;
    if (list.twice && this.#twice <= MOST_TWICE) this.#relisting.want('twice', TWICE_MS);
    if (list.left > 0) this.#once('pbx.too_many_hints', { kept: list.lines.size, left: list.left });
    if (first) this.#begin(table.size, table.followsLamp);
    const drifted = this.facts.swap(table, extensions);
    if (reason === 'check' && drifted > 0) {
      this.#counts.drifted += drifted;
      this.#options.report('pbx.drift', { extensions: drifted });
    }
    this.#orders.changedAll();
  }

  #begin(extensions: number, followsLamp: boolean): void {
    this.#options.report('pbx.snapshot', { extensions });
    if (extensions === 0) this.#options.report('pbx.no_extensions');
    if (!this.describe().writing) this.#once('pbx.no_writing', {});
    if (followsLamp) this.#once('pbx.no_astdb', {});
    else this.#poll();
  }

  /** Says what is missing, once and before anything fails for want of it. */
  #judged(may: Privileges): Privileges {
    // Who may use Getvar may use the lists of states: one that is missing then is not loaded.
    const lacking = missing(may).filter(({ action }) => !(action.endsWith('StateList') && may('Getvar')));
    if (lacking.length > 0) {
      const actions = lacking.map(({ action }) => action).join(', ');
      const privileges = [...new Set(lacking.map(({ privilege }) => privilege))].join(',');
      this.#once('pbx.forbidden', { actions, privileges });
    }
    return may;
  }

  /** Reported once for each reason, until a snapshot succeeds. */
  #snapshotFailed(error: unknown, retryMs: number): void {
    this.#counts.failedSnapshots += 1;
    const message = messageOf(error);
    if ((error instanceof AmiError && error.kind === 'away') || message === this.#lastFailure) return;
    this.#lastFailure = message;
    this.#options.report('pbx.snapshot_failed', { error: message, retryMs });
  }

  /** A poll that fails is not reported: the link says when Asterisk is in trouble, and the next poll reads again. */
  #poll(): void {
    const { clock, settings } = this.#options;
    const connection = this.#connection;
    this.#cancelPoll();
    this.#cancelPoll = clock.after(settings.dnd.poll * 1_000, () => {
      const { dnd } = this.facts;
      const read = dnd
        .readAll()
        .then(() => inSlices(this.facts.table.numbers(), (number) => this.facts.learned([number])));
      const again = () => {
        if (connection && this.#connection === connection) this.#poll();
      };
      read.then(again, again);
    });
  }

  /** Reports what stays as it is only once. */
  #once(event: string, fields: ReportFields): void {
    if (this.#reported.has(event)) return;
    this.#reported.add(event);
    this.#options.report(event, fields);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
