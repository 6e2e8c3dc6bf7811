// The board as a table for people.
import type { BoardRow, BoardView } from '../service/operations.ts';
import type { PbxItem } from '../service/rows.ts';
import { localTime } from './print.ts';
import { tableLines } from './table.ts';

const HEADINGS = ['EXTENSION', 'NAME', 'INDICATOR', 'STATUS', 'LINE', 'SINCE', 'UNTIL', 'NOTE'];

/** Times are of the machine's zone, `now` in milliseconds since 1970. Of several sites each row says its own. */
export function presenceTable(rows: readonly BoardRow[], now: number, columns?: number): string[] {
  const hasSites = new Set(rows.map(({ site }) => site)).size > 1;
  const cells = rows.map((row) => [
    row.id,
    ...(hasSites ? [row.site ?? ''] : []),
    row.name,
    row.indicator,
    row.status,
    row.line,
    localTime(row.since, now),
    row.until ? localTime(row.until, now) : '',
    row.note ?? '',
  ]);
  const [extension = '', ...others] = HEADINGS;
  return tableLines(hasSites ? [extension, 'SITE', ...others] : HEADINGS, cells, columns);
}

/** What is to be said of PBXes that are not connected, the own one first. */
export function awayLines({ pbx, sites = [] }: Pick<BoardView, 'pbx' | 'sites'>, now: number): string[] {
  const since = (item: PbxItem | undefined): string => (item ? ` since ${localTime(item.since, now)}` : '');
  const own = pbx?.site === undefined ? 'the PBX' : `the PBX of ${pbx.site}`;
  return [
    ...(pbx?.connected ? [] : [`${own} is not connected${since(pbx)}`]),
    ...sites
      .filter(({ connected }) => !connected)
      .map((item) => `the PBX of ${item.id} is not connected${since(item)}`),
  ];
}
