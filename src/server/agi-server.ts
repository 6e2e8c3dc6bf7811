// The FastAGI listener, for the dialplan's AGI(agi://host/script): takes connections, up to a limit, and gives each its
// conversation. Knows neither what is asked nor how it is answered.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Clock, systemClock } from '../service/clock.ts';
import type { DialplanPort } from '../service/dialplan-port.ts';
import type { Report } from '../service/report.ts';
import { AgiConversation, type AgiHouse } from './agi-conversation.ts';
import { type AgiTuning, agiTuning } from './agi-tuning.ts';
import type { OpenedListener } from './lasting-listener.ts';
import { rareReport } from './rare-report.ts';

interface AgiServerParts {
  readonly listen: { readonly host: string; readonly port: number };
  /** What every URL must show as `?token=`; empty: nothing. */
  readonly token: string;
  readonly dialplan: DialplanPort;
  readonly report: Report;
  readonly metrics: { lookup(way: 'agi', outcome: string, seconds: number): void };
  /** What is not default. */
  readonly tuning?: Partial<AgiTuning>;
  readonly clock?: Clock;
}

/**
 * Listens. Rejects with the error of the system. Closed, it takes nothing new, drops those who have not asked yet, and waits
 * shortly for the others.
 */
export async function openAgiServer(parts: AgiServerParts): Promise<OpenedListener> {
  const tuning = { ...agiTuning(), ...parts.tuning };
  const open = new Set<AgiConversation>();
  const house = houseOf(parts, tuning, open);
  const server = createServer({ noDelay: true }, (socket) => open.add(new AgiConversation(socket, house)));
  server.maxConnections = tuning.connections;
  await startListening(server, parts.listen);
  watch(server, house, parts.report);
  const { address: host, port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    address: { host, port },
    close() {
      closed ??= close(server, open, house);
      return closed;
    },
  };
}

function houseOf(parts: AgiServerParts, tuning: AgiTuning, open: Set<AgiConversation>): AgiHouse {
  const { token, dialplan, report, metrics, clock } = parts;
  const refused = rareReport(report, 'lookup.refused');
  const busy = rareReport(report, 'lookup.busy');
  const failed = rareReport(report, 'lookup.failed');
  const unknownScript = rareReport(report, 'agi.unknown_script');
  return {
    dialplan,
    tuning,
    clock: clock ?? systemClock,
    isTokenRight: tokenRule(token),
    questions: 0,
    counted(outcome, seconds) {
      metrics.lookup('agi', outcome, seconds);
      if (outcome === 'refused') refused({ way: 'agi' });
      if (outcome === 'busy') busy({ way: 'agi', lookups: tuning.questions });
    },
    dropped: (reason, address) => report('agi.dropped', { reason, address }),
    unknownScript: () => unknownScript({}),
    failed: (error) => failed({ way: 'agi', error: error instanceof Error ? (error.stack ?? '') : String(error) }),
    gone: (conversation) => open.delete(conversation),
  };
}

function tokenRule(token: string): (shown: string) => boolean {
  if (token === '') return () => true;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const right = digest(token);
  return (shown) => timingSafeEqual(digest(shown), right);
}

function startListening(server: Server, { host, port }: AgiServerParts['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What goes wrong with connections while the server runs. None of it ends the server. */
function watch(server: Server, house: AgiHouse, report: Report): void {
  const full = rareReport(report, 'lookup.full');
  const acceptFailed = rareReport(report, 'agi.accept_failed');
  server.on('drop', () => {
    house.counted('full', 0);
    full({ way: 'agi', connections: server.maxConnections });
  });
  server.on('error', (error: NodeJS.ErrnoException) => acceptFailed({ code: error.code }));
}

async function close(server: Server, open: ReadonlySet<AgiConversation>, { clock, tuning }: AgiHouse): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const conversation of open) if (conversation.isAsking) conversation.end();
  const cancel = clock.after(tuning.closeMs, () => {
    for (const conversation of open) conversation.end();
  });
  await closed;
  cancel();
}
