// A private PostgreSQL of this system, or of Debian's packages in the cache folder, fetched at the first call: its data in a temporary folder, with the
// durability it has by default, reached by a Unix socket in that folder and on a free port of 127.0.0.1. It can be killed and started again. It refuses to run
// as root, and runs as another user then.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './ports.ts';

export interface PostgresServer {
  /** Folder of its socket: what a client takes for the host. */
  readonly host: string;
  /** Of the socket and on 127.0.0.1. */
  readonly port: number;
  readonly user: string;
  /** Such as `15.13`. */
  readonly version: string;
  /** Of a database, by 127.0.0.1 and perhaps through another port. */
  url(at?: { readonly database?: string; readonly port?: number }): string;
  /** Ends it at once, as the loss of its machine does; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on its data. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const repository = resolve(import.meta.dirname, '..', '..');
const PACKAGES = '/usr/lib/postgresql';
const USER = 'bench';
const READY_MS = 30_000;

/** Rejects with what is missing on this system. */
export async function startPostgres(): Promise<PostgresServer> {
  const { programs, env } = await findPrograms();
  const [port = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-postgres-'));
  const owner = unprivileged();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const options = { ...owner, cwd: folder, env, stdio: 'ignore' as const };
  const data = join(folder, 'data');
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8'],
    options,
  );
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, port };
  const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  let server: ChildProcess | undefined;
  const start = async () => {
    // The kernel ends it when this process is gone, however that came.
    server = spawn('setpriv', ['--pdeathsig=QUIT', join(programs, 'postgres'), '-D', data, ...args], options);
    await untilReady(join(programs, 'pg_isready'), env, { host: folder, port }, server);
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = server;
    server = undefined;
    ending?.kill(signal);
    if (ending && ending.exitCode === null && ending.signalCode === null) await once(ending, 'exit');
  };
  const clean = () => {
    server?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', clean);
  await start();
  const [, version = '?'] =
    /(\d[\d.]*)/.exec(execFileSync(join(programs, 'postgres'), ['--version'], { env, encoding: 'utf8' })) ?? [];
  return {
    ...{ host: folder, port, user: USER, version, start },
    url: ({ database = 'postgres', port: at = port } = {}) => `postgres://${USER}@127.0.0.1:${at}/${database}`,
    // Its other processes end with it: they write nothing more, and the next start goes through the log of what was written.
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGINT');
      process.off('exit', clean);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Programs {
  /** Their folder. */
  readonly programs: string;
  readonly env: NodeJS.ProcessEnv;
}

async function findPrograms(): Promise<Programs> {
  const installed = programsIn(PACKAGES);
  if (installed !== undefined) return { programs: installed, env: process.env };
  const prefix = join(resolve(process.env['ROLLCALL_CACHE'] ?? join(repository, '.cache')), 'postgres');
  const run = promisify(execFile);
  await run('bash', [join(import.meta.dirname, 'postgres-up'), prefix]).catch((error: { stderr?: string }) => {
    throw new Error(`PostgreSQL cannot be had for the tests: ${error.stderr?.trim() ?? String(error)}`);
  });
  const programs = programsIn(join(prefix, PACKAGES));
  if (programs === undefined) throw new Error(`PostgreSQL is not in ${prefix}`);
  return { programs, env: { ...process.env, LD_LIBRARY_PATH: join(prefix, 'lib') } };
}

/** Where Debian's packages put the programs, of the newest version that is there with a server. */
function programsIn(place: string): string | undefined {
  if (!existsSync(place)) return undefined;
  const versions = readdirSync(place).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(place, version, 'bin'))
    .find((folder) => ['initdb', 'postgres', 'pg_isready'].every((program) => existsSync(join(folder, program))));
}

/** The user to run as; undefined to stay who this process is. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function untilReady(
  program: string,
  env: NodeJS.ProcessEnv,
  { host, port }: { readonly host: string; readonly port: number },
  server: ChildProcess,
): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end && server.exitCode === null; ) {
    try {
      execFileSync(program, ['-h', host, '-p', String(port)], { env, stdio: 'ignore' });
      return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PostgreSQL does not start');
}
