// Whether the database of `store.url` is one that daemons can work with, as the operator reads it: one line for each thing, with its mend.
import type { DatabaseFacts } from './database-facts.ts';
import type { DatabaseAnswer } from './database-probe.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Versions whose statements are used. */
const LEAST_VERSION = 150_000;
const MOST_CLOCK_MS = 2_000;
const SLOW_COMMIT_MS = 20;

export interface DatabaseWishes {
  /** `store.connections`: of each daemon. */
  readonly connections: number;
  /** Whether this folder's daemon runs and so has its connections. */
  readonly isRunning: boolean;
}

export function checkDatabase(answer: DatabaseAnswer, wishes: DatabaseWishes): Finding[] {
  if (answer.kind === 'down') return [fail('database', answer.text)];
  const { facts } = answer;
  return [
    reached(answer),
    ...(facts.isPooled ? [pooled()] : []),
    ...(facts.hasTls || answer.isLocal ? [] : [unencrypted(facts)]),
    ...encoding(facts, answer.named.database),
    connections(facts, wishes),
    clock(facts),
    durability(facts),
    speed(facts),
  ];
}

function reached({ named, facts }: Extract<DatabaseAnswer, { kind: 'up' }>): Finding {
  const { where, user, database } = named;
  const server = `${database} at ${where} (PostgreSQL ${facts.release})`;
  if (facts.version < LEAST_VERSION) return fail('database', `${server} is too old: 15 or newer is needed`);
  if (facts.isReplica) {
    return fail('database', `${server} is a replica, which takes no changes: name the primary in store.url`);
  }
  if (facts.isReadOnly) {
    const mend = `alter role ${user} reset default_transaction_read_only, and the same of the database`;
    return fail('database', `${server} takes no changes of ${user}: ${mend}`);
  }
  return ok('database', `${server} takes the log-in of ${user}${facts.hasTls ? ', encrypted' : ''}`);
}

function pooled(): Finding {
  const text =
    'a pooler lends connections from question to question, with which no daemon can be on duty: set it to session mode (pgbouncer: pool_mode=session), or name the database itself in store.url';
  return fail('database pooler', text);
}

function unencrypted({ offersTls }: DatabaseFacts): Finding {
  const mend = offersTls
    ? 'add ?sslmode=require to store.url, or verify-full'
    : 'set ssl=on in postgresql.conf, then ?sslmode=require in store.url';
  return warn('database link', `not encrypted, which is for networks that are yours alone: ${mend}`);
}

function encoding({ encoding }: DatabaseFacts, database: string): Finding[] {
  if (encoding === 'UTF8') return [];
  const mend = 'make another with createdb --encoding UTF8 --template template0, and name it in store.url';
  return [
    fail('database encoding', `${database} is kept as ${encoding}, in which not every name can be written: ${mend}`),
  ];
}

function connections({ seats, taken, members }: DatabaseFacts, wishes: DatabaseWishes): Finding {
  const topic = 'database connections';
  const has = `${taken} of ${seats} in use; each daemon opens up to ${wishes.connections}`;
  const daemons = Math.max(members.daemons.length, 1);
  const most = daemons * wishes.connections;
  const mend = 'raise max_connections in postgresql.conf, or lower store.connections';
  if (most > seats) return warn(topic, `${has}, ${named(daemons)} together ${most}: ${mend}`);
  if (!wishes.isRunning && seats - taken < wishes.connections) {
    return warn(topic, `${has}, for which there is no room: ${mend}`);
  }
  return ok(topic, has);
}

const named = (daemons: number) => (daemons === 1 ? 'one daemon' : `${daemons} daemons`);

function clock({ times: { clockMs } }: DatabaseFacts): Finding {
  const topic = 'database clock';
  const apart = Math.abs(clockMs);
  if (apart <= MOST_CLOCK_MS)
    return ok(topic, `${apart < 10 ? 'less than 10' : apart.toFixed(0)} ms from this machine's`);
  const which = clockMs > 0 ? 'ahead of' : 'behind';
  return warn(
    topic,
    `${(apart / 1000).toFixed(1)} s ${which} this machine's: set both by NTP; times of messages and ends of statuses are off by as much`,
  );
}

function durability({ unsafe, answersEarly }: DatabaseFacts): Finding {
  const topic = 'database durability';
  const own = answersEarly ? ': synchronous_commit is off there, and daemons set it on for what they write' : '';
  if (unsafe.length === 0) return ok(topic, `what was answered is on its disk${own}`);
  const [are, them] = unsafe.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const text = `${unsafe.join(' and ')} ${are} off, so a power cut loses or damages what was answered: set ${them} on in postgresql.conf`;
  return warn(topic, text);
}

function speed({ times: { roundTripMs, commitMs } }: DatabaseFacts): Finding {
  const topic = 'database speed';
  const trip = `a question takes ${millis(roundTripMs)}`;
  if (commitMs === undefined) return ok(topic, trip);
  const text = `${trip}, a change on its disk ${millis(commitMs)}`;
  if (commitMs <= SLOW_COMMIT_MS) return ok(topic, text);
  return warn(topic, `${text}: every change waits as long; give it a faster disk, or put it nearer`);
}

const millis = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
