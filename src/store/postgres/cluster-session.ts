// One session of this daemon at the database by which daemons know of each other: locks that live as long as the connection, and a row that
// says whose they are. It ends with its connection and is never used again. Knows no rule about who should have what.
import type { Clock } from '../../service/clock.ts';
import { OperatorError } from '../../service/operator-error.ts';
import type { Member } from './cluster-rules.ts';
import { DISPLACE, DROP, HOLD, LOOK, REGISTER } from './cluster-sql.ts';
import { connect, isCrowded, type Sql } from './connect.ts';
import { oneConnection } from './one-connection.ts';

export type Lock = 'site' | 'house';

export interface SessionParts {
  readonly url: string;
  readonly daemon: string;
  readonly site: string;
  readonly version: string;
  readonly clock: Clock;
  /** Another daemon says that something has changed. */
  readonly woken: () => void;
  /** The connection has ended; also after `end`. */
  readonly closed: () => void;
}

/** Two-part advisory locks: a class each, and what of it. */
export const CLASSES = { living: 0x526f6c01, site: 0x526f6c02, house: 0x526f6c03 } as const;
const HOUSE = 0;
const CHANNEL = 'rollcall_daemons';
/** An answer that takes longer never comes. The server notices later than this (connect.ts) that a host has vanished. */
export const ANSWER_MS = 4000;
type LookRow = Omit<Member, 'silentMs'> & { readonly isAlive: boolean; readonly silentMs: string | null };

export class ClusterSession {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #daemon: string;
  #serial = 0;
  #siteNumber = 0;
  #backend = 0;
  #isOver = false;
  #isAnnounced = false;

  private constructor(parts: SessionParts) {
    const { url, daemon, woken, closed } = parts;
    const notified = (from: string): void => {
      if (from !== daemon) woken();
    };
    this.#sql = connect(url, { max: 1, closed, notified, statementMs: ANSWER_MS });
    this.#clock = parts.clock;
    this.#daemon = daemon;
  }

  /** Connects and registers. Rejects with what went wrong; OperatorError when a pooler is in between. */
  static async open(parts: SessionParts, hasPbx: boolean): Promise<ClusterSession> {
    const session: ClusterSession = new ClusterSession(parts);
    try {
      await session.#register(parts, hasPbx);
      return session;
    } catch (error) {
      await session.end();
      throw isPooler(error) ? pooled() : error;
    }
  }

  /** Every daemon that is alive, this one among them. Rows of the dead are removed when `isTidy`. Rejects when this session is not what it was. */
  async look(isTidy: boolean): Promise<readonly Member[]> {
    const { living, site, house } = CLASSES;
    const rows = (await this.#ask(
      this.#sql.unsafe(LOOK, [living, site, this.#siteNumber, house, HOUSE], { prepare: true }),
    )) as unknown as readonly LookRow[];
    const members = rows.filter(({ isAlive }) => isAlive);
    if (!members.some(({ serial, isMine }) => isMine && serial === this.#serial)) {
      throw new Error('this session has lost its lock');
    }
    const dead = rows.filter(({ isAlive }) => !isAlive).map(({ serial }) => serial);
    if (isTidy && dead.length > 0) {
      await this.#ask(
        this.#sql`delete from rollcall.daemons where serial = any(string_to_array(${dead.join(' ')}, ' ')::integer[])`,
      );
    }
    return members.map(({ isAlive, ...member }) => ({ ...member, silentMs: Number(member.silentMs ?? 0) }));
  }

  /** Whether the lock is held now. */
  async take(lock: Lock): Promise<boolean> {
    const [row] = await this.#ask(
      this
        .#sql`select pg_try_advisory_lock(${CLASSES[lock]}::integer, ${this.#object(lock)}::integer) as held, pg_backend_pid() as backend`,
    );
    if (row?.['backend'] !== this.#backend) throw new Error('this session has lost its connection');
    return row?.['held'] === true;
  }

  async give(lock: Lock): Promise<void> {
    await this.#ask(
      this
        .#sql`select pg_advisory_unlock(${CLASSES[lock]}::integer, ${this.#object(lock)}::integer), pg_notify(${CHANNEL}, ${this.#daemon})`,
    );
  }

  /** Tells the others once that this daemon is there: after it has taken what it had before, so that nobody is faster by that. */
  async announce(): Promise<void> {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    await this.#ask(this.#sql`select pg_notify(${CHANNEL}, ${this.#daemon})`);
  }

  async sayPbx(hasPbx: boolean): Promise<void> {
    await this.#ask(
      this.#sql`with said as (update rollcall.daemons set has_pbx = ${hasPbx} where serial = ${this.#serial})
        select pg_notify(${CHANNEL}, ${this.#daemon})`,
    );
  }

  /** Ends the session of a daemon that does not ask any more, though its connection stands: its process is stopped or stuck. */
  async drop(serial: number): Promise<void> {
    await this.#ask(this.#sql.unsafe(DROP, [CLASSES.living, serial]));
  }

  /** Gives everything back and tells the others. */
  async leave(): Promise<void> {
    await this.#ask(
      this.#sql`with gone as (delete from rollcall.daemons where serial = ${this.#serial})
        select pg_advisory_unlock_all(), pg_notify(${CHANNEL}, ${this.#daemon})`,
    );
  }

  /** Never rejects; what is under way rejects. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#sql.end({ timeout: 0 }).catch(() => 'it had ended by itself');
  }

  async #register({ url, daemon, site, version }: SessionParts, hasPbx: boolean): Promise<void> {
    await this.#ask(this.#sql.unsafe(`listen ${CHANNEL}`));
    await this.#ask(this.#sql.unsafe(DISPLACE, [CLASSES.living, daemon]));
    const [row] = await this.#ask(this.#sql.unsafe(REGISTER, [daemon, site, hasPbx, version, CLASSES.living]));
    if (row?.['held'] !== true) throw new Error('the lock of a daemon that is new is held by another');
    this.#serial = Number(row['serial']);
    this.#siteNumber = Number(row['site']);
    this.#backend = Number(row['backend']);
    if (await this.#isLent(url)) throw pooled();
  }

  /** Whether another session is given what this one has, or this one something else while another is in a transaction. */
  async #isLent(url: string): Promise<boolean> {
    const other = oneConnection(url, { statementMs: ANSWER_MS });
    try {
      const theirs = await this.#backendOf(other);
      if (theirs === this.#backend) return true;
      const [held] = await this.#ask(this.#sql.unsafe(HOLD, [CLASSES.living, this.#serial]));
      return held?.['held'] !== true || held['backend'] !== this.#backend;
    } finally {
      await other.end({ timeout: 0 }).catch(() => 'it had ended by itself');
    }
  }

  /** Of a transaction that goes on; undefined when the server has no connection for it. */
  async #backendOf(other: Sql): Promise<number | undefined> {
    try {
      await this.#ask(other.unsafe('begin'));
      const [row] = await this.#ask(other.unsafe('select pg_backend_pid() as backend'));
      return Number(row?.['backend']);
    } catch (error) {
      if (isCrowded(error)) return undefined;
      throw error;
    }
  }

  #object(lock: Lock): number {
    return lock === 'site' ? this.#siteNumber : HOUSE;
  }

  /** Rejects also when the answer is late. */
  #ask<T>(query: PromiseLike<T>): Promise<T> {
    if (this.#isOver) return Promise.reject(new Error('the session has ended'));
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ANSWER_MS, () => reject(new Error('the database does not answer')));
      query.then(
        (rows) => {
          cancel();
          resolve(rows);
        },
        (error: unknown) => {
          cancel();
          reject(error as Error);
        },
      );
    });
  }
}

function pooled(): OperatorError {
  return new OperatorError(
    'store.url leads to a pooler that shares connections between sessions (such as PgBouncer in transaction mode): name the PostgreSQL server itself, or a pool in session mode',
  );
}

/** What PgBouncer says to settings of a session that it does not pass on. */
function isPooler(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unsupported startup parameter');
}
