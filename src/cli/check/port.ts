// Whether the port to listen on is free, or is held by our own daemon.
import { createServer } from 'node:net';
import type { DaemonStatus } from '../../server/control-methods.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

interface Listen {
  readonly host: string;
  readonly port: number;
}

/** `setting` names the settings that say where, such as `listen`. `daemon` is the status of a running daemon. */
export async function checkPort(
  setting: string,
  listen: Listen,
  daemon: Pick<DaemonStatus, 'listening'> | undefined,
): Promise<Finding> {
  const where = `${listen.host}:${listen.port}`;
  if (listen.port === 0) return ok(setting, `any free port of ${listen.host}`);
  if (daemon?.listening.some(({ port }) => port === listen.port)) {
    return ok(setting, `${where}, held by the daemon`);
  }
  if (daemon) return warn(setting, `the daemon does not listen on ${where}: restart it to take over the settings`);
  const code = await tryToListen(listen);
  if (code === null) return ok(setting, `${where} is free`);
  return fail(setting, `${where}: ${whyNot(code, setting)}`);
}

/** The error code, or null when it went well. */
export function tryToListen({ host, port }: Listen): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** What is wrong with a port, and how to mend it. `setting` as in checkPort. */
export function whyNot(code: string, setting: string): string {
  if (code === 'EADDRINUSE') return `in use by another program: stop that one, or set ${setting}.port to another port`;
  if (code === 'EACCES') return `this user may not listen there: set ${setting}.port above 1023`;
  if (code === 'EADDRNOTAVAIL') return `this machine does not have that address: set ${setting}.host to one of its own`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host name is not known: set ${setting}.host to an address`;
  return `cannot listen (${code})`;
}
