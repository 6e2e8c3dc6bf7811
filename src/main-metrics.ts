// Ties the counters of the parts to the metrics; part of building the daemon.
import type { SiteWork } from './main-site.ts';
import type { AmiLink } from './pbx/ami/link.ts';
import type { Metrics } from './server/metrics.ts';
import { holdingsOf } from './service/backup.ts';
import type { Cluster } from './service/cluster.ts';
import type { Presences } from './service/presences.ts';
import type { Store } from './service/store.ts';
import type { Hub } from './sync/hub.ts';
import type { Sessions } from './sync/sessions.ts';

const SELDOM_MS = 60_000;

interface Watched {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly hub: Hub;
  readonly presences: Presences;
  readonly link: AmiLink;
  readonly cluster: Cluster;
  readonly site: SiteWork;
}

export function watchParts(metrics: Metrics, { store, sessions, hub, presences, link, cluster, site }: Watched): void {
  const { counters } = hub;
  // A database counts anew each time.
  const often = cluster.isShared ? seldom : <T>(read: () => T) => read;
  metrics.watch('rollcall_sessions', 'Sessions open now', () => sessions.count);
  metrics.watch('rollcall_pbx_connected', '1 while the PBX is connected and in step, else 0', () =>
    Number(presences.connected),
  );
  metrics.watchBy(
    'rollcall_contacts',
    'Contacts in company books and in all personal books together',
    'kind',
    often(() => contactsByKind(store)),
  );
  metrics.watchBy(
    'rollcall_kept',
    'Entries of call histories, and copies of chat messages',
    'kind',
    often(() => kept(store)),
  );
  metrics.watch('rollcall_calls', 'Calls that go on now', () => site.current?.calls?.counters.calls ?? 0);
  metrics.watchTotal(
    'rollcall_call_events_dropped_total',
    'Events of calls that could not be read',
    () => site.current?.calls?.counters.dropped ?? 0,
  );
  metrics.watchTotal('rollcall_changes_encoded_total', 'Changes encoded for an audience', () => counters.frames);
  metrics.watchTotal('rollcall_changes_sent_total', 'Changes sent to sessions', () => counters.deliveries);
  metrics.watchTotal(
    'rollcall_sessions_behind_total',
    'Times a session was too slow for a change',
    () => counters.fellBehind,
  );
  metrics.watchTotal('rollcall_ami_connects_total', 'Connections to AMI begun', () => link.counters.connects);
  metrics.watchTotal('rollcall_ami_refusals_total', 'Log-ins that AMI refused', () => link.counters.refusals);
  metrics.watchTotal('rollcall_ami_events_total', 'Events from AMI', () => link.counters.events);
  metrics.watchTotal('rollcall_ami_dropped_total', 'Messages from AMI left out as unsafe', () => link.counters.dropped);
  metrics.watchTotal(
    'rollcall_ami_timeouts_total',
    'AMI actions without an answer in time',
    () => link.counters.timeouts,
  );
  metrics.watchTotal(
    'rollcall_pbx_drift_total',
    'Facts that had changed without an event',
    () => site.current?.pbx.counters.drifted ?? 0,
  );
  if (!cluster.isShared) return;
  metrics.watchBy('rollcall_duty', '1 for the duties that this daemon has, else 0', 'duty', async () => ({
    site: Number(cluster.siteDuty.isHeld),
    house: Number(cluster.houseDuty.isHeld),
  }));
  metrics.watch('rollcall_store_away', '1 while the database of the store is not reached, else 0', () =>
    Number(store.state === 'away'),
  );
  metrics.watch('rollcall_peers', 'Other daemons that are there', () => cluster.peers.size);
}

/** The same answer for a while, to however many who ask. */
function seldom<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  let until = 0;
  return () => {
    const now = performance.now();
    if (last && now < until) return last;
    until = now + SELDOM_MS;
    last = read();
    last.catch(() => {
      until = 0;
    });
    return last;
  };
}

async function contactsByKind(store: Store): Promise<Record<string, number>> {
  const { companyContacts, personalContacts } = await holdingsOf(store);
  return { company: companyContacts, personal: personalContacts };
}

async function kept(store: Store): Promise<Record<string, number>> {
  const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [calls, messages] = await Promise.all([store.counts('calls'), store.counts('messages')]);
  return { calls: total(calls), messages: total(messages) };
}

/** Tells the metrics how long commits take. */
export function timed(store: Store, metrics: Metrics): Store {
  return {
    get epoch() {
      return store.epoch;
    },
    get state() {
      return store.state;
    },
    get: (table, id) => store.get(table, id),
    all: (table) => store.all(table),
    changes: (table, since) => store.changes(table, since),
    find: (table, ids) => store.find(table, ids),
    read: (question) => store.read(question),
    count: (table, scope) => store.count(table, scope),
    counts: (table) => store.counts(table),
    marksOn: (targets) => store.marksOn(targets),
    search: (question) => store.search(question),
    byNumber: (question) => store.byNumber(question),
    commitMany: (writes, guards, progress) => store.commitMany(writes, guards, progress),
    note: (writes) => store.note(writes),
    lasting: (rev) => store.lasting(rev),
    known: (lasting) => store.known(lasting),
    subscribe: (listener) => store.subscribe(listener),
    backup: () => store.backup(),
    close: () => store.close(),
    async commit(writes, guards) {
      const begun = performance.now();
      const rev = await store.commit(writes, guards);
      metrics.committed((performance.now() - begun) / 1000);
      return rev;
    },
  };
}
