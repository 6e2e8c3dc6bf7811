// Presence at one daemon: who is online, what is asked of the daemon on duty, and, where this one is, the board that answers. With a
// cluster of its own and the store of another it is one of several daemons beside a PBX.
import { Attendance } from '../../src/service/attendance.ts';
import { Board } from '../../src/service/board.ts';
import type { Clock } from '../../src/service/clock.ts';
import { aloneIn, type Cluster } from '../../src/service/cluster.ts';
import { Errands } from '../../src/service/errands.ts';
import type { Pbx } from '../../src/service/pbx-port.ts';
import { setPresence } from '../../src/service/presence-setting.ts';
import { PRESENCE_SET, type PresenceErrand, Presences } from '../../src/service/presences.ts';
import type { Report } from '../../src/service/report.ts';
import type { Store } from '../../src/service/store.ts';

export interface DutyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
  readonly cluster?: Cluster;
  /** Extensions of a snapshot that the board takes in one turn. */
  readonly slice?: number;
}

let ids = 0;

export function openPresence({ cluster = aloneIn('', 'alone'), ...parts }: DutyParts) {
  const { store } = parts;
  const { site } = cluster;
  const newId = () => {
    ids += 1;
    return `errand-${ids}`;
  };
  const attendance = new Attendance({ ...parts, cluster });
  const errands = new Errands({ ...parts, cluster, newId });
  const presences = new Presences({ store, site, attendance, errands });
  const newBoard = (pbx: Pbx, isOnDuty = true): Board =>
    new Board({
      ...{ ...parts, pbx, attendance, site, isShared: cluster.isShared, isOnDuty },
      isSure: () => !isOnDuty || cluster.siteDuty.isHeld,
    });
  /** The board answers what is asked. Returns the function that ends it. */
  const serve = (board: Board): (() => void) =>
    errands.handle(PRESENCE_SET, (params) => {
      const { viewer, wish } = params as PresenceErrand;
      return setPresence({ board, clock: parts.clock }, viewer, wish);
    });
  return { attendance, errands, presences, newBoard, serve };
}
