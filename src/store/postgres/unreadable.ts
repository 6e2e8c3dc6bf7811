// Rows of the database that are none of ours, as when somebody wrote there by hand: left out, and told of once. What is in them is said nowhere.
import type { Report } from '../../service/report.ts';

export interface Place {
  readonly table: string;
  /** Of the database: by it the row is found. */
  readonly rev: number;
}

/** So many are told of. */
const MOST = 1000;

export function tellUnreadable(report: Report): (place: Place) => void {
  const told = new Set<string>();
  return ({ table, rev }) => {
    const key = `${table} ${rev}`;
    if (told.size >= MOST || told.has(key)) return;
    told.add(key);
    report('store.row_unreadable', { table, rev });
  };
}
