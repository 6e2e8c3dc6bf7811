// A private PostgreSQL of this machine with a database for each store, and the CPU that it has used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { type PostgresServer, startPostgres } from '../../test/lab/postgres.ts';
import type { Place } from './place.ts';

/** Of /proc: clock ticks in a second. */
const TICKS = 100;

export interface Databases {
  readonly server: PostgresServer;
  /** A new database, as a daemon reaches one on its own machine. */
  make(): Promise<Extract<Place, { kind: 'postgres' }>>;
  /** The newest revision of the store there. */
  revision(place: Extract<Place, { kind: 'postgres' }>): Promise<number>;
  /** Microseconds of CPU of all its processes that live. */
  cpu(): number;
  stop(): Promise<void>;
}

export async function startDatabases(): Promise<Databases> {
  const server = await startPostgres();
  const admin = postgres({ host: server.host, port: server.port, user: server.user, database: 'postgres', max: 1 });
  let count = 0;
  return {
    server,
    make: async () => {
      count += 1;
      const database = `bench_${count}`;
      await admin.unsafe(`create database ${database}`);
      return { kind: 'postgres', url: server.url({ database }) };
    },
    revision: async ({ url }) => {
      const sql = postgres(url, { max: 1 });
      const [state] = await sql`select rev from rollcall.state`;
      await sql.end();
      return Number(state?.['rev']);
    },
    cpu: () => cpuOf(server),
    stop: async () => {
      await admin.end({ timeout: 1 });
      await server.stop();
    },
  };
}

function cpuOf({ host }: PostgresServer): number {
  const [first = ''] = readFileSync(join(host, 'data', 'postmaster.pid'), 'utf8').split('\n');
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const ticks = pids.map((pid) => {
    const stat = statOf(pid);
    return stat && (pid === first || stat.parent === first) ? stat.ticks : 0;
  });
  return (ticks.reduce((sum, some) => sum + some, 0) * 1_000_000) / TICKS;
}

function statOf(pid: string): { parent: string; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: fields[1] ?? '', ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined; // it has just ended
  }
}
