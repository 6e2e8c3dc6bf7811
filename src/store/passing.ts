// Tables whose rows mean something only while the daemons that wrote them run: no copy of a store holds them.
import type { Table } from '../service/store.ts';

const PASSING: readonly Table[] = ['attendance', 'errands', 'tallies'];

export function passes(table: string): boolean {
  return (PASSING as readonly string[]).includes(table);
}
