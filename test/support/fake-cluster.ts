// Daemons that share a database, as the port shows them, without a database: who has a duty is decided at once, by the rules of the real
// one. One group of them over one store behaves like several daemons; a test cuts them off, kills them and heals them.
import type { Cluster, Duty, Peer } from '../../src/service/cluster.ts';

class FakeDuty implements Duty {
  /** False: it may have been lost, and nobody was told yet. */
  isSure = true;
  #isHeld = false;
  readonly #listeners = new Set<(isHeld: boolean) => void>();

  get isHeld(): boolean {
    return this.#isHeld && this.isSure;
  }

  set(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    for (const listener of [...this.#listeners]) listener(isHeld);
  }

  subscribe(listener: (isHeld: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** `gone`: it died or has left, and tells its own process nothing any more. */
type State = 'there' | 'cut' | 'gone';

export class FakeCluster implements Cluster {
  readonly daemon: string;
  readonly site: string;
  readonly isShared = true;
  readonly siteDuty = new FakeDuty();
  readonly houseDuty = new FakeDuty();
  state: State = 'there';
  hasPbx = false;
  peers: ReadonlyMap<string, Peer> = new Map();
  readonly #group: FakeClusters;
  readonly #listeners = new Set<() => void>();
  #told = '';

  constructor(group: FakeClusters, daemon: string, site: string) {
    this.#group = group;
    this.daemon = daemon;
    this.site = site;
  }

  get isConnected(): boolean {
    return this.state === 'there';
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setPbx(hasPbx: boolean): void {
    this.hasPbx = hasPbx;
    this.#group.look();
  }

  async leave(): Promise<void> {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.siteDuty.set(false);
    this.houseDuty.set(false);
    this.#group.look();
  }

  /** It is killed: nothing more is told here, and the others know at once. */
  die(): void {
    this.state = 'gone';
    this.#group.look();
  }

  /** Its way to the database is cut: to the others it is dead, and here each duty stays as it was. */
  cut(): void {
    this.state = 'cut';
    this.#group.look();
  }

  heal(): void {
    this.state = 'there';
    this.#group.look();
  }

  /** What this daemon knows of the others now; told when it has changed. */
  know(peers: ReadonlyMap<string, Peer>): void {
    this.peers = peers;
    const now = JSON.stringify([this.isConnected, ...peers]);
    if (now === this.#told) return;
    this.#told = now;
    for (const listener of [...this.#listeners]) listener();
  }
}

export class FakeClusters {
  readonly #members: FakeCluster[] = [];
  /** Who has the lock of a duty, by its name. */
  readonly #holders = new Map<string, FakeCluster>();

  /** The first of a site has its duty, the first of all the house duty. */
  join(daemon: string, site = ''): FakeCluster {
    const member = new FakeCluster(this, daemon, site);
    this.#members.push(member);
    this.look();
    return member;
  }

  /** The database is away for all of them, or there again. */
  database(isThere: boolean): void {
    const from: State = isThere ? 'cut' : 'there';
    for (const member of this.#members) if (member.state === from) member.state = isThere ? 'there' : 'cut';
    this.look();
  }

  /** Decides again who has what, and tells it. */
  look(): void {
    const there = this.#members.filter(({ state }) => state === 'there');
    for (const site of new Set(there.map((member) => member.site))) {
      const ofSite = there.filter((member) => member.site === site);
      const able = ofSite.filter(({ hasPbx }) => hasPbx);
      this.#give(`site ${site}`, able.length > 0 ? able : ofSite);
    }
    this.#give('house', there);
    this.#settle(there);
  }

  /** Whoever has it keeps it while he may. */
  #give(lock: string, candidates: readonly FakeCluster[]): void {
    const holder = this.#holders.get(lock);
    if (holder && candidates.includes(holder)) return;
    const [next] = candidates;
    if (next) this.#holders.set(lock, next);
    else if (holder?.state !== 'cut') this.#holders.delete(lock);
  }

  #settle(there: readonly FakeCluster[]): void {
    for (const member of this.#members.filter(({ state }) => state === 'cut')) member.know(new Map());
    for (const isHeld of [false, true]) {
      for (const member of there) {
        const has = (lock: string): boolean => this.#holders.get(lock) === member;
        if (has(`site ${member.site}`) === isHeld) member.siteDuty.set(isHeld);
        if (has('house') === isHeld) member.houseDuty.set(isHeld);
      }
    }
    for (const member of there) {
      const others = there.filter((other) => other !== member);
      member.know(new Map(others.map(({ daemon, site, hasPbx }) => [daemon, { site, hasPbx }])));
    }
  }
}
