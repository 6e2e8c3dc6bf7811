// The FastAGI listener, for the dialplan's AGI(agi://host/script): takes connections, up to a limit, and gives each its
// conversation. Knows neither what is asked nor how it is answered.
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Clock, systemClock } from '../service/clock.ts';
import type { DialplanPort } from '../service/dialplan-port.ts';
import { rareReport } from '../service/rare-report.ts';
import type { Report } from '../service/report.ts';
import { AgiConversation, type AgiHouse } from './agi-conversation.ts';
import { type AgiTuning, agiTuning } from './agi-tuning.ts';
import type { OpenedListener } from './lasting-listener.ts';
import { tokenRule } from './shared-token.ts';

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
  const full = rareReport(parts.report, 'lookup.full');
  const server = createServer({ noDelay: true }, (socket) => {
    if (open.size >= tuning.connections) {
      full({ way: 'agi', connections: tuning.connections });
      if (!makeRoom(open)) {
        house.counted('full', 0);
        return void socket.destroy();
      }
    }
    open.add(new AgiConversation(socket, house));
  });
  await startListening(server, parts.listen);
  const acceptFailed = rareReport(parts.report, 'agi.accept_failed');
  server.on('error', (error: NodeJS.ErrnoException) => acceptFailed({ code: error.code }));
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
  const isRight = tokenRule(token);
  const refused = rareReport(report, 'lookup.refused');
  const busy = rareReport(report, 'lookup.busy');
  const failed = rareReport(report, 'lookup.failed');
  const unknownScript = rareReport(report, 'agi.unknown_script');
  return {
    dialplan,
    tuning,
    clock: clock ?? systemClock,
    isTokenRight: (shown) => isRight([shown]),
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

function startListening(server: Server, { host, port }: AgiServerParts['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Ends the peer that has been silent for the longest; false when none is. Somebody who asks is never kept out by those who do not. */
function makeRoom(open: ReadonlySet<AgiConversation>): boolean {
  for (const conversation of open) {
    if (!conversation.isAsking) continue;
    conversation.end();
    return true;
  }
  return false;
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
