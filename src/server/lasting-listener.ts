// A listener beside the main one that the daemon starts without: when its port is taken, that is reported, and it is tried
// again until it listens. Knows nothing of what is spoken there.
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A server that listens. */
export interface OpenedListener {
  /** With the true port. */
  readonly address: Address;
  close(): Promise<void>;
}

export interface LastingParts {
  readonly what: 'http' | 'agi';
  /** Where it is to listen. */
  readonly listen: Address;
  /** What everybody who asks there has to know; empty, and others than this machine reach it: warned of. */
  readonly token: string;
  readonly clock: Clock;
  readonly report: Report;
  /** Told each time that it listens, before it is reported. */
  readonly opened?: (listener: OpenedListener) => void;
}

export interface Lasting {
  /** Undefined while it does not listen. */
  readonly current: OpenedListener | undefined;
  close(): Promise<void>;
}

const RETRY_MS = 5_000;

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'the daemon may not use this port',
  EADDRNOTAVAIL: 'this machine does not have this address',
  ENOTFOUND: 'this name has no address',
};

/** Tries once before it resolves, then every 5 s until it listens. Never rejects. */
export async function openLasting(open: () => Promise<OpenedListener>, parts: LastingParts): Promise<Lasting> {
  const { what, listen, token, clock, report } = parts;
  const told = new Set<string>();
  let current: OpenedListener | undefined;
  let closed = false;
  let cancel = () => {};

  async function attempt(): Promise<void> {
    try {
      const listener = await open();
      if (closed) return await listener.close();
      current = listener;
      parts.opened?.(listener);
      report('listening', { url: urlOf(what, listener.address), ...listener.address });
      if (token === '' && !isLoopback(listener.address.host)) report('lookup.open', { way: what, ...listener.address });
    } catch (error) {
      if (!closed) failed(error as NodeJS.ErrnoException);
    }
  }

  /** Each reason is told once. */
  function failed({ code, message }: NodeJS.ErrnoException): void {
    const reason = WHY_NOT[code ?? ''] ?? code ?? message;
    if (!told.has(reason)) report('lookup.not_listening', { way: what, ...listen, reason });
    told.add(reason);
    cancel = clock.after(RETRY_MS, () => {
      trying = attempt();
    });
  }

  let trying = attempt();
  await trying;
  return {
    get current() {
      return current;
    },
    close: async () => {
      closed = true;
      cancel();
      await trying;
      await current?.close();
      current = undefined;
    },
  };
}

function urlOf(what: LastingParts['what'], { host, port }: Address): string {
  const where = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return what === 'http' ? `http://${where}/lookup` : `agi://${where}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine reaches a listener there. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
