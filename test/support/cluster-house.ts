// Daemons that know of each other by a real database, each with a clock that stands still: what one does by itself it does when the test lets
// time pass, and else only what another wakes it for. At each change it is looked at whether two have the same duty.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import postgres, { type Sql } from 'postgres';
import type { Clock } from '../../src/service/clock.ts';
import { type OpenedCluster, openCluster } from '../../src/store/postgres/cluster.ts';
import { ANSWER_MS } from '../../src/store/postgres/cluster-session.ts';
import { NO_STORE } from '../../src/store/postgres/cluster-store.ts';
import { daemonsMigration } from '../../src/store/postgres/migrations/0003-daemons.ts';
import type { PostgresServer } from '../lab/postgres.ts';
import { HandClock } from './hand-clock.ts';

export interface Member {
  readonly cluster: OpenedCluster;
  readonly clock: HandClock;
  /** What was told, in order: `site true`, `house false`, `peers b c`, `away`. */
  readonly told: string[];
  readonly reports: string[];
  /** Whether it waits for an answer of the database as long as it takes. */
  readonly patience: { isPatient: boolean };
}

/** A daemon as a process of its own. */
class MemberProcess {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(url: string, name: string) {
    const script = fileURLToPath(new URL('./cluster-process.ts', import.meta.url));
    const command = ['--import', 'tsx', script, url, name];
    const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#process = child;
  }

  async line(): Promise<string> {
    const { value } = await this.#lines.next();
    return value ?? 'ended';
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
  }
}

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The timer that always waits. */
const PULSE = 1;

let databases = 0;

export class ClusterHouse {
  readonly sql: Sql;
  readonly url: string;
  /** Duties that two connected daemons had at a time. */
  readonly doubles: string[] = [];
  readonly #members: Member[] = [];
  readonly #processes: MemberProcess[] = [];
  readonly #waiting = new Set<() => void>();
  /** Daemons whose connection was ended, and who may not know it yet. */
  readonly #unaware = new Set<string>();

  private constructor(url: string, sql: Sql) {
    this.url = url;
    this.sql = sql;
  }

  static async on(server: PostgresServer): Promise<ClusterHouse> {
    databases += 1;
    const database = `cluster${databases}`;
    const { host, port, user } = server;
    const main = postgres({ host, port, user, database: 'postgres', max: 1, onnotice: () => undefined });
    await main.unsafe(`create database ${database}`);
    await main.end();
    const sql = postgres({ host, port, user, database, max: 1, onnotice: () => undefined });
    await sql.unsafe(`create schema rollcall; ${daemonsMigration}`);
    return new ClusterHouse(`postgres://${user}@localhost/${database}?host=${host}&port=${port}`, sql);
  }

  async join(
    daemon: string,
    {
      site = '',
      url = this.url,
      hasPbx = false,
      silentMs = 60_000,
      doubtMs = Number.POSITIVE_INFINITY,
      store = NO_STORE,
    } = {},
  ): Promise<Member> {
    const clock = new HandClock();
    const patience = { isPatient: true };
    const patient: Clock = {
      now: () => clock.now(),
      after: (ms, fn) => (patience.isPatient && ms === ANSWER_MS ? () => undefined : clock.after(ms, fn)),
    };
    const reports: string[] = [];
    const report = (event: string): void => void reports.push(event);
    const cluster = await openCluster({ url, daemon, site, clock: patient, report, silentMs, doubtMs, store });
    const told: string[] = [];
    const member: Member = { cluster, clock, told, reports, patience };
    this.#members.push(member);
    const tell = (what: string): void => {
      told.push(what);
      this.#changed();
    };
    cluster.siteDuty.subscribe((isHeld) => tell(`site ${isHeld}`));
    cluster.houseDuty.subscribe((isHeld) => tell(`house ${isHeld}`));
    cluster.subscribe(() => {
      if (!cluster.isConnected) this.#unaware.delete(daemon);
      tell(cluster.isConnected ? `peers ${[...cluster.peers.keys()].join(' ')}` : 'away');
    });
    if (hasPbx) cluster.setPbx(true);
    this.#changed();
    return member;
  }

  /** A daemon as a process of its own, which is there when this resolves, with its site's duty or without. */
  async start(name: string): Promise<{ readonly process: MemberProcess; readonly said: string }> {
    const process = new MemberProcess(this.url, name);
    this.#processes.push(process);
    return { process, said: await process.line() };
  }

  /** The URL with a user who may come in only while he is let in. */
  async guest(): Promise<{ readonly url: string; readonly let: (isIn: boolean) => Promise<unknown> }> {
    const name = new URL(this.url).pathname.slice(1).replace('cluster', 'guest');
    await this.sql.unsafe(`create role ${name} login`);
    await this.sql.unsafe(
      `grant usage on schema rollcall to ${name}; grant all on all tables in schema rollcall to ${name}`,
    );
    const url = new URL(this.url);
    url.username = name;
    return { url: url.href, let: (isIn) => this.sql.unsafe(`alter role ${name} ${isIn ? 'login' : 'nologin'}`) };
  }

  /** Resolves when it is so after a change that was told. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Lets time pass for these whenever they wait for nothing else, until it is so. */
  async passing(members: readonly Member[], isSo: () => boolean, ms = 1000): Promise<void> {
    let isCome = false;
    const come = this.until(isSo).then(() => {
      isCome = true;
    });
    while (!isCome) {
      for (const { clock } of members) if (clock.waiting > PULSE) clock.pass(ms);
      await Promise.race([come, turnOfLoop()]);
    }
  }

  /** The URL by 127.0.0.1 and another port. */
  through(port: number): string {
    return `postgres://bench@127.0.0.1:${port}${new URL(this.url).pathname}`;
  }

  /** Ends a daemon's connection from the side of the server. */
  async cut(daemon: string): Promise<void> {
    this.#unaware.add(daemon);
    await this
      .sql`select pg_terminate_backend(l.pid) from pg_locks l join rollcall.daemons d on d.serial::bigint = l.objid::bigint
      where l.locktype = 'advisory' and d.daemon = ${daemon}`;
  }

  /** The names in the table of those who are there. */
  async named(): Promise<string[]> {
    const rows = await this.sql<{ daemon: string }[]>`select daemon from rollcall.daemons order by daemon`;
    return rows.map(({ daemon }) => daemon);
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()));
    await Promise.all(this.#members.map(({ cluster }) => cluster.close()));
    await this.sql.end();
  }

  #changed(): void {
    const aware = this.#members
      .map(({ cluster }) => cluster)
      .filter(({ daemon, isConnected }) => isConnected && !this.#unaware.has(daemon));
    const held = aware.flatMap(({ site, siteDuty, houseDuty }) => [
      ...(siteDuty.isHeld ? [`site ${site}`] : []),
      ...(houseDuty.isHeld ? ['house'] : []),
    ]);
    this.doubles.push(...held.filter((duty, index) => held.indexOf(duty) !== index));
    for (const look of [...this.#waiting]) look();
  }
}
