// Whether the dialplan gets answers: a question to each listener of a running daemon; without one, whether the ports are free.
import { isIPv6 } from 'node:net';
import type { DaemonStatus } from '../../server/control-methods.ts';
import { type Address, isLoopback } from '../../server/lasting-listener.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Asked, askAgi, askHttp, type ListenerAnswer } from './ask-listener.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { tryToListen, whyNot } from './port.ts';

export type LookupSettings = Pick<Settings['lookup'], 'http' | 'agi' | 'token'>;

/** Below the time that the dialplan waits. */
const WITHIN_MS = 2_000;

interface Way {
  readonly name: 'http' | 'agi';
  readonly topic: string;
  /** The variable of the dialplan that says where to ask. */
  readonly variable: string;
  readonly ask: (asked: Asked) => Promise<ListenerAnswer>;
}

const WAYS: readonly Way[] = [
  { name: 'http', topic: 'lookup over HTTP', variable: 'ROLLCALL_HTTP', ask: askHttp },
  { name: 'agi', topic: 'lookup over FastAGI', variable: 'ROLLCALL_AGI', ask: askAgi },
];

/** `daemon` is the status of a running daemon. */
export async function checkLookup(
  settings: LookupSettings,
  daemon: Pick<DaemonStatus, 'lookup'> | undefined,
  withinMs = WITHIN_MS,
): Promise<Finding[]> {
  const findings = await Promise.all(WAYS.map((way) => checkWay(way, settings, daemon, withinMs)));
  return findings.flat();
}

async function checkWay(
  way: Way,
  settings: LookupSettings,
  daemon: Pick<DaemonStatus, 'lookup'> | undefined,
  withinMs: number,
): Promise<Finding[]> {
  const listen = settings[way.name];
  const token = settings.token.reveal();
  const address = daemon?.lookup?.[way.name];
  const open = token === '' && !isLoopback(address?.host ?? listen.host) ? [openToAll(way, address ?? listen)] : [];
  if (daemon && !daemon.lookup) return [warn(way.topic, 'the daemon is older than this command: restart it'), ...open];
  if (!address) return [await notListening(way, listen, daemon !== undefined), ...open];
  if (listen.port !== 0 && listen.port !== address.port) {
    const text = `the daemon listens on ${at(address)}, not on ${at(listen)}: restart it to take over the settings`;
    return [warn(way.topic, text), ...open];
  }
  const answer = await way.ask({ address, token, withinMs });
  if (answer.kind !== 'answers' || token === '') return [said(way, address, answer, withinMs), ...open];
  const withoutToken = await way.ask({ address, token: '', withinMs });
  if (withoutToken.kind !== 'answers') return [said(way, address, answer, withinMs), ...open];
  const text = `${at(address)} answers without lookup.token, which these settings have: restart the daemon to take it over`;
  return [fail(way.topic, text), ...open];
}

async function notListening(way: Way, listen: Address, daemonRuns: boolean): Promise<Finding> {
  const code = listen.port === 0 ? null : await tryToListen(listen);
  if (code !== null) {
    const text = `${daemonRuns ? 'not listening: ' : ''}${at(listen)}: ${whyNot(code, `lookup.${way.name}`)}`;
    return fail(way.topic, code === 'EADDRINUSE' ? `${text}, and ${way.variable} in the dialplan to the same` : text);
  }
  if (daemonRuns) return warn(way.topic, 'not listening yet: the daemon tries again within 5 s, so look again then');
  return ok(way.topic, listen.port === 0 ? `any free port of ${listen.host}` : `${at(listen)} is free`);
}

function said({ topic }: Way, address: Address, answer: ListenerAnswer, withinMs: number): Finding {
  switch (answer.kind) {
    case 'answers':
      return ok(topic, `${at(address)} answers`);
    case 'refuses':
      return fail(
        topic,
        `${at(address)} does not take lookup.token as these settings have it: restart the daemon to take it over`,
      );
    case 'silent':
      return fail(
        topic,
        `${at(address)} does not answer within ${withinMs / 1_000} s, so calls have no names: look at the daemon's log and restart it`,
      );
    case 'foreign':
      return fail(topic, `${at(address)} answers, but not as a lookup of the daemon: restart it`);
    case 'away':
      return fail(topic, `${at(address)} is not reached (${answer.code}): look at the firewall of this machine`);
  }
}

function openToAll({ topic }: Way, address: Address): Finding {
  return warn(
    topic,
    `whoever reaches ${at(address)} may ask what the dialplan may, and over FastAGI set statuses: set lookup.token, and ROLLCALL_TOKEN in the dialplan, or listen on 127.0.0.1`,
  );
}

function at({ host, port }: Address): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
