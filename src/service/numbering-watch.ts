// Tells the operator when the daemons of one database do not make the keys of numbers alike. Knows no contact.
import type { NumberingMark } from './book-rows.ts';
import type { Cluster } from './cluster.ts';
import type { Numbering } from './numbering.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';

export interface NumberingWatchParts {
  readonly store: Store;
  readonly cluster: Cluster;
  readonly numbering: Numbering;
  readonly report: Report;
}

/** Begins now. The daemon that keeps the keys is right, and each other one says so once when it differs. Returns the function that stops it. */
export function watchNumbering({ store, cluster, numbering, report }: NumberingWatchParts): () => void {
  let isSaid = false;
  const look = (): void => {
    const kept = store.get('upkeep', 'numbering')?.value as NumberingMark | undefined;
    if (!kept || cluster.houseDuty.isHeld || cluster.peers.size === 0) return;
    const differs = kept.country !== numbering.country || kept.outsideLine !== numbering.outsideLine;
    if (differs && !isSaid) report('numbering.differs', { country: numbering.country, kept: kept.country });
    isSaid = differs;
  };
  const stops = [
    cluster.subscribe(look),
    cluster.houseDuty.subscribe(look),
    store.subscribe(({ writes }) => {
      if (writes.some(({ table, id }) => table === 'upkeep' && id === 'numbering')) look();
    }),
  ];
  look();
  return () => {
    for (const stop of stops) stop();
  };
}
