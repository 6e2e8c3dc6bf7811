// A private PostgreSQL of this system, or of Debian's packages in the cache folder, fetched at the first call: its data in a temporary folder, with the durability it has by default, reached by a
// Unix socket in that folder alone. It refuses to run as root, and runs as another user then.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export interface PostgresServer {
  /** Folder of its socket: what a client takes for the host. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Such as `15.13`. */
  readonly version: string;
  stop(): Promise<void>;
}

const repository = resolve(import.meta.dirname, '..', '..');
const PACKAGES = '/usr/lib/postgresql';
const USER = 'bench';
/** Only part of the socket's name: it listens on no network. */
const PORT = 5432;
const READY_MS = 30_000;

/** Rejects with what is missing on this system. */
export async function startPostgres(): Promise<PostgresServer> {
  const { programs, env } = await findPrograms();
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
  const settings = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`, '-c', `port=${PORT}`];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings], options);
  const end = () => {
    server.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', end);
  await untilReady(join(programs, 'pg_isready'), env, folder, server);
  const [, version = '?'] =
    /(\d[\d.]*)/.exec(execFileSync(join(programs, 'postgres'), ['--version'], { env, encoding: 'utf8' })) ?? [];
  return {
    ...{ host: folder, port: PORT, user: USER, version },
    stop: async () => {
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      process.off('exit', end);
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

async function untilReady(program: string, env: NodeJS.ProcessEnv, host: string, server: ChildProcess): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end && server.exitCode === null; ) {
    try {
      execFileSync(program, ['-h', host, '-p', String(PORT)], { env, stdio: 'ignore' });
      return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PostgreSQL does not start');
}
