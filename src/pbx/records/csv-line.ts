// A line of cdr_csv's Master.csv as a record. Which columns stand behind the first sixteen depends on loguniqueid, loguserfield and
// newcdrcolumns in cdr.conf, and may change in the middle of a file.
import { parse } from 'csv-parse/sync';
import type { CallRecord } from '../../domain/call-record.ts';
import { recordOf } from './record-cells.ts';

/**
 * accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end, duration, billsec, disposition, amaflags.
 */
const COLUMNS = 16;
/** Those of newcdrcolumns: peeraccount, linkedid, sequence. */
const NEW_COLUMNS = 3;
/** `pbx-1795336577.0`, or a name that whoever made the call gave it, such as `rollcall-…`. */
const UNIQUE_ID = /^[\w.;-]*\d\.\d+(;[12])?$|^rollcall-[\w;-]+$/;

/** Each line as a record where it is one; undefined when one of them is not a line of cells by itself. */
export function readCsvLines(lines: readonly string[], utc: boolean): (CallRecord | undefined)[] | undefined {
  const rows = cut(lines.join('\n'));
  return rows?.length === lines.length ? rows.map((cells) => recordIn(cells, utc)) : undefined;
}

/** Undefined for what is none, such as half a line. */
export function readCsvLine(line: string, utc: boolean): CallRecord | undefined {
  const [cells] = cut(line) ?? [];
  return cells && recordIn(cells, utc);
}

function recordIn(cells: readonly string[], utc: boolean): CallRecord | undefined {
  const more = cells.length - COLUMNS;
  if (more < 0 || more > 2 + NEW_COLUMNS) return undefined;
  const [
    ,
    src,
    dst,
    dcontext,
    clid,
    channel,
    dstchannel,
    lastapp,
    lastdata,
    start,
    answer,
    end,
    duration,
    billsec,
    disposition,
  ] = cells;
  const [uniqueid, linkedid] = idsOf(cells);
  const places = { src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata };
  return recordOf({ ...places, start, answer, end, duration, billsec, disposition, uniqueid, linkedid }, utc);
}

/** Whether a quotation that a line break is in ends or begins here. */
export function isOpen(line: string): boolean {
  let quotes = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

function cut(text: string): string[][] | undefined {
  try {
    return parse(text, { relax_column_count: true, record_delimiter: '\n' }) as string[][];
  } catch {
    return undefined; // a quotation that does not end, or text behind one
  }
}

/** The unique id and the linked id. */
function idsOf(cells: readonly string[]): readonly [string | undefined, string | undefined] {
  const isNew = cells.length >= COLUMNS + NEW_COLUMNS;
  const last = isNew ? cells.length - NEW_COLUMNS : cells.length;
  const first = last > COLUMNS ? (cells[COLUMNS] ?? '') : '';
  return [UNIQUE_ID.test(first) ? first : undefined, isNew ? cells.at(-2) : undefined];
}
