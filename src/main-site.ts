// The work at the PBX that one daemon of a site does: presence, calls, phones, names in AstDB. It is built when this daemon has the duty and
// ended when it has not, and a takeover is what a restart is; the AMI link stays. Part of building the daemon.
import { openCalls } from './main-calls.ts';
import type { Lifetime } from './main-lifetime.ts';
import { startMirror } from './main-lookup.ts';
import type { OpenedServices } from './main-services.ts';
import { Shift } from './main-shift.ts';
import type { AmiLink } from './pbx/ami/link.ts';
import type { CallWatch } from './pbx/calls/call-watch.ts';
import { type AsteriskPbx, openPbx } from './pbx/pbx.ts';
import { sitePbx } from './pbx/site-pbx.ts';
import type { Attendance } from './service/attendance.ts';
import { Board } from './service/board.ts';
import { type Clock, systemClock } from './service/clock.ts';
import type { Cluster } from './service/cluster.ts';
import type { Dialing } from './service/dialing.ts';
import { CALLS_DIAL, type DialErrand } from './service/dialing-asked.ts';
import type { Errands } from './service/errands.ts';
import { Fence } from './service/fence.ts';
import type { Messages } from './service/messages.ts';
import { setPresence } from './service/presence-setting.ts';
import { PRESENCE_SET, type PresenceErrand } from './service/presences.ts';
import type { Report } from './service/report.ts';
import { SiteExtensions } from './service/site-extensions.ts';
import type { SiteNumbers } from './service/site-numbers.ts';
import { siteRow } from './service/site-rows.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

/** How long clients wait at start for the first news of the PBX. */
const FIRST_NEWS_MS = 3_000;
/** With a link that is up already, what was last known stands until everything was read. */
const READING_MS = 30_000;

export interface SiteParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly services: OpenedServices;
  readonly attendance: Attendance;
  readonly errands: Errands;
  readonly messages: Messages;
  readonly numbers: SiteNumbers;
  readonly link: AmiLink;
  readonly report: Report;
}

/** `watch`: the database is away and another daemon may have the duty; presence is shown as this daemon's own link tells it, and nothing is done. */
type Work = 'duty' | 'watch';

function wantedIn({ siteDuty, isShared, isConnected }: Cluster): Work | 'none' {
  if (siteDuty.isHeld) return 'duty';
  return isShared && !isConnected ? 'watch' : 'none';
}

/** Whether another daemon of the site is there. */
function isAttended({ peers, site }: Cluster): boolean {
  return [...peers.values()].some((peer) => peer.site === site);
}

/** What goes on at the moment. */
interface Current {
  readonly pbx: AsteriskPbx;
  readonly calls: CallWatch | undefined;
}

export class SiteWork {
  readonly #parts: SiteParts;
  readonly #extensions: SiteExtensions;
  readonly #shift: Shift<Work>;
  readonly #stops: (() => void)[];
  #current: Current | undefined;
  /** Resolves when the first news of the PBX is in the store. */
  #news: Promise<void> | undefined;

  constructor(parts: SiteParts) {
    const { cluster, link, report } = parts;
    this.#parts = parts;
    this.#extensions = new SiteExtensions(parts);
    const begin = (work: Work, lifetime: Lifetime) => this.#begin(work, lifetime);
    this.#shift = new Shift({ wanted: () => wantedIn(cluster), begin, clock: systemClock, report });
    this.#stops = [
      cluster.siteDuty.subscribe(() => this.#shift.look()),
      cluster.subscribe(() => this.#shift.look()),
      link.subscribe(() => cluster.setPbx(link.generation !== null)),
    ];
  }

  get current(): Current | undefined {
    return this.#current;
  }

  /** Begins what there is to do; everything listens before the link comes up. */
  start(): Promise<void> {
    return this.#shift.start();
  }

  /**
   * Resolves when clients see the truth about the PBX: its first news is in the store, or another daemon of the site sees to that; or when they
   * have waited long enough.
   */
  async shown(): Promise<void> {
    const { cluster, store } = this.#parts;
    if (!cluster.isShared) return this.#news;
    const stops: (() => void)[] = [];
    await new Promise<void>((resolve) => {
      const look = () => {
        if (isAttended(cluster) && store.get('pbx', siteRow(cluster.site, 'pbx'))) resolve();
        void this.#news?.then(resolve);
      };
      stops.push(systemClock.after(FIRST_NEWS_MS, resolve), cluster.subscribe(look), store.subscribe(look));
      look();
    });
    for (const stop of stops) stop();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#shift.stop();
  }

  async #begin(work: Work, lifetime: Lifetime): Promise<void> {
    const { settings, store, cluster, services, attendance, numbers, link, report } = this.#parts;
    const clock = systemClock;
    // What the one before wrote has to be here first. A store that does not answer has nothing newer.
    if (cluster.isShared && work === 'duty') await new Fence(store).passed().catch(() => undefined);
    const asterisk = openPbx({ link, settings: settings.pbx, clock, report });
    const pbx = sitePbx(asterisk, { store, numbers, extensions: this.#extensions });
    if (work === 'duty')
      startMirror({ settings, store, access: services.access, pbx, numbers, link, report }, lifetime);
    const board = new Board({
      ...{ store, pbx, attendance, clock, report },
      ...{ site: cluster.site, isShared: cluster.isShared, isOnDuty: work === 'duty' },
      isSure: () => work !== 'duty' || cluster.siteDuty.isHeld,
    });
    asterisk.start();
    lifetime.add(() => asterisk.stop());
    const news = board.start(link.generation === null ? FIRST_NEWS_MS : READING_MS);
    lifetime.add(() => {
      this.#current = undefined;
      this.#news = undefined;
    });
    this.#current = { pbx: asterisk, calls: undefined };
    this.#news = news;
    if (work === 'duty') {
      const { watch, dialing } = openCalls({ ...this.#parts, ...services, pbx: asterisk }, lifetime);
      this.#current = { pbx: asterisk, calls: watch };
      this.#news = news.then(() => this.#serve(board, dialing, clock, lifetime));
      if (cluster.isShared) {
        report('duty.taken', { duty: 'site' });
        lifetime.add(() => report('duty.given', { duty: 'site' }));
      }
    }
    // First of all: from then on another daemon writes the rows.
    lifetime.add(() => board.stop());
  }

  /** From now on this is where the errands at the PBX are done. */
  #serve(board: Board, dialing: Dialing, clock: Clock, lifetime: Lifetime): void {
    const { errands } = this.#parts;
    if (lifetime.isOver) return;
    lifetime.add(
      errands.handle(PRESENCE_SET, (params) => {
        const { viewer, wish } = params as PresenceErrand;
        return setPresence({ board, clock }, viewer, wish);
      }),
    );
    lifetime.add(
      errands.handle(CALLS_DIAL, (params) => {
        const { viewer, number } = params as DialErrand;
        return dialing.dial(viewer, number);
      }),
    );
  }
}
