// Whether the PBX's call records can be read, and whether their times and ids are such that calls are found again.
import { openCallRecords } from '../../pbx/records/call-records.ts';
import { timeInId } from '../../pbx/records/record-time.ts';
import { isoTime } from '../../service/clock.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const TOPIC = 'call records';
/** Time zones differ by quarters of an hour. */
const QUARTER_MS = 15 * 60_000;
const ROUNDING_MS = 30_000;

/** `now`: milliseconds since 1970. Never rejects. */
export async function checkRecords(
  { csv, url, table, utc }: Settings['calls']['records'],
  now: number,
): Promise<Finding> {
  const records = openCallRecords({ csv, url: url.reveal(), table, utc });
  if (!records) {
    const text =
      'none: calls made while the daemon is away are shown as unknown; calls.records names where Asterisk keeps them';
    return ok(TOPIC, text);
  }
  const where = csv === '' ? `table ${table}` : csv;
  try {
    const newest = await records.newest(now);
    if (!newest) return warn(TOPIC, `${where} can be read, but has no record yet: make a call and look again`);
    const { uniqueId, linkedId, start, end } = newest;
    const born = uniqueId === undefined ? undefined : timeInId(uniqueId);
    if (born !== undefined && isOtherZone(start - born)) {
      const hours = Math.round((start - born) / QUARTER_MS) / 4;
      const mend = 'set calls.records.utc, or the time zone (TZ) of the daemon, as Asterisk has it';
      return warn(TOPIC, `the times in ${where} are ${hours} hours off: ${mend}`);
    }
    const read = `${where} can be read; the last call ended at ${isoTime(end)}`;
    if (linkedId !== undefined) return ok(TOPIC, read);
    return warn(
      TOPIC,
      `${read}; its records have no linked id, so calls of several legs may be told twice: ${adviceOn(csv)}`,
    );
  } catch (error) {
    return fail(TOPIC, error instanceof Error ? error.message : String(error));
  } finally {
    await records.close();
  }
}

/** The first record of a call begins with its channel; a later one begins later, at any time. */
function isOtherZone(apart: number): boolean {
  const beside = Math.abs(apart - Math.round(apart / QUARTER_MS) * QUARTER_MS);
  return Math.abs(apart) > QUARTER_MS - ROUNDING_MS && beside <= ROUNDING_MS;
}

function adviceOn(csv: string): string {
  return csv === ''
    ? 'add the columns uniqueid and linkedid to the table'
    : 'set loguniqueid=yes and newcdrcolumns=yes under [csv] in cdr.conf';
}
