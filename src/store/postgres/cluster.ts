// The daemons that share a database: who is alive and who has which duty, by locks that the database drops with a daemon's connection. The
// connection is looked after and made again for ever.
import type { Clock } from '../../service/clock.ts';
import type { Cluster, Duty, Peer } from '../../service/cluster.ts';
import { OperatorError } from '../../service/operator-error.ts';
import type { Report } from '../../service/report.ts';
import { ClusterRounds } from './cluster-rounds.ts';
import { houseStep, type Member, type Step, siteStep } from './cluster-rules.ts';
import { ClusterSession, type Lock } from './cluster-session.ts';
import { NO_STORE, type StoreSigns, StoreWatch } from './cluster-store.ts';
import { StuckDaemons } from './cluster-stuck.ts';
import { KnownDuty } from './duty.ts';

export interface ClusterOptions {
  readonly url: string;
  /** The name of this run of this daemon. */
  readonly daemon: string;
  readonly site: string;
  /** Of the program; for who looks into the table. */
  readonly version?: string;
  readonly clock: Clock;
  readonly report: Report;
  /** After this time without a question to the database a daemon counts as stuck, in milliseconds; tests make it small. */
  readonly silentMs?: number;
  /** Its own way to the same database; when it is absent the duties do not depend on it. */
  readonly store?: StoreSigns;
  /** What was seen so long ago is not believed any more, in milliseconds; tests that let time pass at will make it large. */
  readonly doubtMs?: number;
}

export interface OpenedCluster extends Cluster {
  close(): Promise<void>;
}

const LOOK_MS = 1000;
/** After the database was away the former holder has as long to take its duty again before others try. */
const FORMER_FIRST_MS = 1500;
const SILENT_MS = 10_000;
/** No later than others count this daemon as stuck and take its duties; longer than a look takes. */
const DOUBT_MS = 10_000;
/** Short: after a standstill of the process it comes before almost all that is overdue. */
const PULSE_MS = 1000;
const BACK_OFF_MS = [200, 400, 800, 1600, 2000];
/** Rejects with OperatorError when the database cannot be reached. Resolves when who is there is known, and what could be taken is. */
export async function openCluster(options: ClusterOptions): Promise<OpenedCluster> {
  const cluster = new DatabaseCluster(options);
  await cluster.open();
  return cluster;
}

class DatabaseCluster implements OpenedCluster {
  readonly daemon: string;
  readonly site: string;
  readonly isShared = true;
  readonly #options: ClusterOptions;
  readonly #duties: Readonly<Record<Lock, KnownDuty>> = {
    site: new KnownDuty(() => !this.#isOld()),
    house: new KnownDuty(() => !this.#isOld()),
  };
  readonly #listeners = new Set<() => void>();
  readonly #stuck: StuckDaemons;
  readonly #rounds: ClusterRounds;
  readonly #store: StoreWatch;
  #session: ClusterSession | undefined;
  #isConnected = false;
  /** When that was asked which was seen last. */
  #seenAt = 0;
  /** Stays away until the store is there. */
  #isBarred = false;
  #cancelPulse = () => {};
  #peers: ReadonlyMap<string, Peer> = new Map();
  #hasPbx = false;
  /** What the database was told. */
  #saidPbx = false;
  #unlinkedSince: number;
  /** Other daemons of the site whose links have been up since then. */
  #steady: ReadonlySet<string> | undefined;
  #mayTakeAt: number;
  /** Rounds in a row that failed, and why the last one did. */
  #failures = 0;
  #fault: unknown;
  /** Said so to the operator. */
  #isAway = false;
  #hasLeft = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.daemon = options.daemon;
    this.site = options.site;
    this.#stuck = new StuckDaemons(options.silentMs ?? SILENT_MS);
    this.#store = new StoreWatch(options.clock, options.store ?? NO_STORE);
    this.#unlinkedSince = options.clock.now();
    this.#mayTakeAt = options.clock.now();
    this.#rounds = new ClusterRounds(options.clock, () => this.#round());
  }

  get siteDuty(): Duty {
    return this.#duties.site;
  }

  get houseDuty(): Duty {
    return this.#duties.house;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async open(): Promise<void> {
    await this.#rounds.wake();
    if (this.#isConnected) {
      this.#pulse();
      return;
    }
    await this.close();
    const fault = this.#fault;
    if (fault instanceof OperatorError) throw fault;
    throw new OperatorError(`the database of store.url cannot be used by daemons together: ${reasonOf(fault)}`);
  }

  setPbx(hasPbx: boolean): void {
    if (hasPbx === this.#hasPbx) return;
    this.#hasPbx = hasPbx;
    this.#unlinkedSince = this.#options.clock.now();
    this.#steady = undefined;
    void this.#rounds.wake();
  }

  /** Nothing more is told here than that the duties are given back. */
  async leave(): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#cancelPulse();
    this.#renounce();
    await this.#rounds.stop();
    await this.#session?.leave().catch(() => 'the end of the connection gives everything back as well');
    await this.#drop();
    this.#isConnected = false;
    this.#peers = new Map();
  }

  async close(): Promise<void> {
    await this.leave();
    this.#listeners.clear();
  }

  /** Returns the milliseconds until the next. */
  async #round(): Promise<number> {
    if (this.#isBarred && !this.#store.isOpen) return LOOK_MS;
    this.#isBarred = false;
    try {
      const session = this.#session ?? (await this.#connect());
      await this.#look(session);
      this.#failures = 0;
      return LOOK_MS;
    } catch (error) {
      this.#fault = error;
      await this.#drop();
      this.#lose(reasonOf(error));
      this.#rounds.calm();
      this.#failures += 1;
      return BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length) - 1] ?? LOOK_MS;
    }
  }

  /** What has come of the time that passed: this process may have stood still, or one of the two ways to the database be gone. */
  #pulse(): void {
    this.#cancelPulse = this.#options.clock.after(PULSE_MS, () => this.#pulse());
    if (this.#isOld()) this.#renounce();
    if (this.#store.isUseless(this.#isConnected)) void this.#stepAside();
    if (!this.#isConnected && (this.#duties.site.isHeld || this.#duties.house.isHeld)) void this.#askStore();
  }

  /** What was seen last may be otherwise by now: another daemon took this one for stuck. */
  #isOld(): boolean {
    const { clock, doubtMs = DOUBT_MS } = this.#options;
    return this.#isConnected && clock.now() - this.#seenAt > doubtMs;
  }

  #renounce(): void {
    for (const tell of [this.#duties.site.set(false), this.#duties.house.set(false)]) tell();
  }

  /** A daemon that cannot write leaves the others alone until it can. */
  async #stepAside(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#isBarred = true;
    this.#lose('the store is away');
    this.#renounce();
    await session?.leave().catch(() => 'the end of the connection gives everything back as well');
    await session?.end();
  }

  /** A database that takes commits has dropped the lost locks, and given them to others. */
  async #askStore(): Promise<void> {
    const isCut = await this.#store.isCut();
    if (isCut && !this.#isConnected) this.#renounce();
  }

  async #connect(): Promise<ClusterSession> {
    const { url, daemon, site, version = '', clock } = this.#options;
    const hasPbx = this.#hasPbx;
    let session: ClusterSession | undefined;
    const closed = (): void => {
      if (session && session === this.#session) this.#broke();
    };
    const woken = (): void => void this.#rounds.wake();
    session = await ClusterSession.open({ url, daemon, site, version, clock, woken, closed }, hasPbx);
    this.#session = session;
    this.#saidPbx = hasPbx;
    if (this.#isAway) this.#mayTakeAt = clock.now() + FORMER_FIRST_MS;
    return session;
  }

  /** The connection has ended by itself. */
  #broke(): void {
    void this.#drop();
    this.#lose('the connection has ended');
    void this.#rounds.wake();
  }

  async #drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
  }

  /** One look at who is there, and what follows from it. */
  async #look(session: ClusterSession): Promise<void> {
    if (this.#saidPbx !== this.#hasPbx) {
      this.#saidPbx = this.#hasPbx;
      await session.sayPbx(this.#saidPbx);
    }
    const at = this.#options.clock.now();
    const members = await session.look(this.#duties.house.isHeld);
    const mine = members.find(({ isMine }) => isMine);
    const held = {
      site: await this.#settle(session, 'site', this.#siteStep(members), mine?.hasSite === true),
      house: await this.#settle(session, 'house', houseStep(members), mine?.hasHouse === true),
    };
    for (const serial of this.#stuck.look(members)) {
      this.#options.report('cluster.stuck');
      await session.drop(serial);
    }
    await session.announce();
    if (this.#hasLeft) return;
    if (session !== this.#session) throw new Error('the connection has ended');
    this.#know(members, held, at);
  }

  #siteStep(members: readonly Member[]): Step {
    const linked = members.filter(({ isMine, site, hasPbx }) => !isMine && site === this.site && hasPbx);
    const daemons = linked.map(({ daemon }) => daemon).filter((daemon) => this.#steady?.has(daemon) ?? true);
    const steady = new Set(daemons);
    this.#steady = this.#hasPbx ? undefined : steady;
    const ms = this.#hasPbx ? 0 : Math.max(1, this.#options.clock.now() - this.#unlinkedSince);
    return siteStep(members, this.site, { ms, steady });
  }

  /** Takes or gives a lock; who gives stops first. Returns whether it is held then. */
  async #settle(session: ClusterSession, lock: Lock, step: Step, isHeld: boolean): Promise<boolean> {
    if (step === 'take') {
      const mayTake = this.#options.clock.now() >= this.#mayTakeAt && this.#store.isOpen;
      return (mayTake || this.#duties[lock].isHeld) && !this.#hasLeft && session.take(lock);
    }
    if (step === 'stay') return isHeld;
    this.#duties[lock].set(false)();
    await session.give(lock);
    return false;
  }

  /** Everything is in place before anything is told: what is lost first, then what is won, then who is there. */
  #know(members: readonly Member[], held: Readonly<Record<Lock, boolean>>, at: number): void {
    const { report, clock, doubtMs = DOUBT_MS } = this.#options;
    if (this.#isOld()) {
      // Given back first; what is seen next counts, when everybody here knows that.
      this.#renounce();
      this.#seenAt = clock.now();
      return;
    }
    if (clock.now() - at > doubtMs) return;
    this.#seenAt = at;
    const others = members.filter(({ isMine, daemon }) => !isMine && daemon !== this.daemon);
    const peers = new Map(others.map(({ daemon, site, hasPbx }) => [daemon, { site, hasPbx }]));
    const isNew = !this.#isConnected || !samePeers(peers, this.#peers);
    const isOtherSize = peers.size !== this.#peers.size;
    if (isNew) this.#peers = peers;
    this.#isConnected = true;
    if (this.#isAway) report('cluster.back', { others: peers.size });
    else if (isOtherSize) report('cluster.others', { others: peers.size });
    this.#isAway = false;
    const locks = (['site', 'house'] as const).toSorted((one, other) => Number(held[one]) - Number(held[other]));
    for (const tell of locks.map((lock) => this.#duties[lock].set(held[lock]))) tell();
    if (isNew) this.#tell();
  }

  #lose(reason: string): void {
    this.#stuck.forget();
    if (!this.#isConnected || this.#hasLeft) return;
    if (this.#isOld()) this.#renounce();
    this.#isConnected = false;
    this.#isAway = true;
    this.#peers = new Map();
    this.#options.report('cluster.away', { reason });
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function samePeers(a: ReadonlyMap<string, Peer>, b: ReadonlyMap<string, Peer>): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([daemon, { site, hasPbx }]) => {
    const other = b.get(daemon);
    return other?.site === site && other.hasPbx === hasPbx;
  });
}

/** Names no address and no secret. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.message : 'unknown';
}
