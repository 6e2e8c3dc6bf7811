// A private PostgreSQL for one benchmark: its data in a temporary folder, with the durability it has by default, reached by a
// Unix socket in that folder alone. It refuses to run as root, and runs as another user then.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PostgresServer {
  /** Folder of its socket: what a client takes for the host. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Such as `15.13`. */
  readonly version: string;
  stop(): Promise<void>;
}

const PACKAGES = '/usr/lib/postgresql';
const USER = 'bench';
/** Only part of the socket's name: it listens on no network. */
const PORT = 5432;
const READY_MS = 30_000;

/** Undefined where no PostgreSQL is installed. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const programs = programsFolder();
  if (programs === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-postgres-'));
  const owner = unprivileged();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const options = { ...owner, cwd: folder, stdio: 'ignore' as const };
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
  await untilReady(join(programs, 'pg_isready'), folder, server);
  const [, version = '?'] =
    /(\d[\d.]*)/.exec(execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' })) ?? [];
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

/** Where Debian's packages put the programs, of the newest version that is there with a server. */
function programsFolder(): string | undefined {
  if (!existsSync(PACKAGES)) return undefined;
  const versions = readdirSync(PACKAGES).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(PACKAGES, version, 'bin'))
    .find((folder) => ['initdb', 'postgres', 'pg_isready'].every((program) => existsSync(join(folder, program))));
}

/** The user to run as; undefined to stay who this process is. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function untilReady(program: string, host: string, server: ChildProcess): Promise<void> {
  for (const end = Date.now() + READY_MS; Date.now() < end && server.exitCode === null; ) {
    try {
      execFileSync(program, ['-h', host, '-p', String(PORT)], { stdio: 'ignore' });
      return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PostgreSQL does not start');
}
