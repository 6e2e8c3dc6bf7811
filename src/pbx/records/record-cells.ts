// A record from what the PBX wrote of it, cell by cell: what is no time makes it no record, all else is made safe to keep.
import type { CallRecord } from '../../domain/call-record.ts';
import { plainText } from '../plain-text.ts';
import { readTime, timeInId } from './record-time.ts';

/** As Asterisk names the parts of a record. Times are text or, where they are known exactly, milliseconds since 1970. */
export interface RecordCells {
  readonly clid?: string | undefined;
  readonly src?: string | undefined;
  readonly dst?: string | undefined;
  readonly dcontext?: string | undefined;
  readonly channel?: string | undefined;
  readonly dstchannel?: string | undefined;
  readonly lastapp?: string | undefined;
  readonly lastdata?: string | undefined;
  readonly start?: string | number | undefined;
  readonly answer?: string | number | undefined;
  readonly end?: string | number | undefined;
  /** Seconds. */
  readonly duration?: string | undefined;
  readonly billsec?: string | undefined;
  readonly disposition?: string | undefined;
  readonly uniqueid?: string | undefined;
  readonly linkedid?: string | undefined;
  readonly dndblock?: string | undefined;
}

const LONGEST_CELL = 160;
const LONGEST_DATA = 1_000;
/** Times and durations are whole seconds, cut off each for itself. */
const ROUNDING_MS = 2_000;
const LONGEST_CALL_S = 30 * 86_400;
/** What a column of numbers holds in place of words. */
const DISPOSITIONS: Readonly<Record<string, string>> = {
  '0': 'NO ANSWER',
  '2': 'FAILED',
  '4': 'BUSY',
  '8': 'ANSWERED',
  '16': 'CONGESTION',
};

/** Undefined where the cells are no record. */
export function recordOf(cells: RecordCells, utc: boolean): CallRecord | undefined {
  const uniqueId = text(cells.uniqueid);
  const linkedId = text(cells.linkedid);
  const channel = text(cells.channel);
  const said = text(cells.disposition);
  const disposition = DISPOSITIONS[said] ?? said.toUpperCase();
  const times = timesOf(cells, disposition, utc, timeInId(uniqueId));
  if (!times || channel === '' || !/^[A-Z ]{1,20}$/.test(disposition)) return undefined;
  const record: { -readonly [K in keyof CallRecord]: CallRecord[K] } = {
    source: text(cells.src),
    destination: text(cells.dst),
    context: text(cells.dcontext),
    callerId: text(cells.clid),
    channel,
    destinationChannel: text(cells.dstchannel),
    lastApplication: text(cells.lastapp),
    lastData: plainText(cells.lastdata ?? '', LONGEST_DATA),
    start: times.start,
    end: times.end,
    disposition,
  };
  if (uniqueId !== '') record.uniqueId = uniqueId;
  if (linkedId !== '') record.linkedId = linkedId;
  if (times.answer !== undefined) record.answer = times.answer;
  if (/^(1|yes|true|on)$/i.test(text(cells.dndblock))) record.dndBlocked = true;
  return record;
}

function text(cell: string | undefined): string {
  return cell === undefined || cell === '' ? '' : plainText(cell, LONGEST_CELL);
}

type Times = Pick<CallRecord, 'start' | 'answer' | 'end'>;

/** The beginning as it says; the end and the answer as they say unless the durations tell that they cannot be. */
function timesOf(cells: RecordCells, disposition: string, utc: boolean, born: number | undefined): Times | undefined {
  const time = (cell: string | number | undefined) =>
    typeof cell === 'number' ? cell : cell === undefined ? undefined : readTime(cell, utc, born);
  const start = time(cells.start);
  if (start === undefined) return undefined;
  const long = seconds(cells.duration);
  const end = fitting(time(cells.end), long === undefined ? undefined : start + long * 1000);
  if (end === undefined || end < start) return undefined;
  const talk = seconds(cells.billsec);
  const counted = talk !== undefined && (talk > 0 || disposition === 'ANSWERED') ? end - talk * 1000 : undefined;
  const answer = fitting(time(cells.answer), counted);
  return { start, end, ...(answer === undefined ? {} : { answer: Math.min(end, Math.max(start, answer)) }) };
}

/** What was written, unless what was counted is another time. */
function fitting(written: number | undefined, counted: number | undefined): number | undefined {
  if (written === undefined || counted === undefined) return written ?? counted;
  return Math.abs(written - counted) <= ROUNDING_MS ? written : counted;
}

function seconds(cell: string | undefined): number | undefined {
  if (cell === undefined || !/^\d{1,9}(\.\d+)?$/.test(cell)) return undefined;
  return Math.min(LONGEST_CALL_S, Number(cell));
}
