// Where Asterisk keeps its call records: the file of cdr_csv, or a table in PostgreSQL.
import type { CallRecord } from '../../domain/call-record.ts';
import type { CallRecords } from '../../service/calls-port.ts';
import { newestInCsv, readCsv } from './csv-records.ts';
import { TableRecords } from './table-records.ts';

export interface CallRecordsOptions {
  /** The path of the file, or empty. */
  readonly csv: string;
  /** That of the database, or empty. */
  readonly url: string;
  readonly table: string;
  /** Whether the times are in UTC; else in the zone of this machine. */
  readonly utc: boolean;
}

export interface KeptRecords extends CallRecords {
  /** One of the last records, undefined when there is none. `now`: milliseconds since 1970. Rejects as `read` does. */
  newest(now: number): Promise<CallRecord | undefined>;
}

/** Undefined when neither a file nor a database is named. */
export function openCallRecords({ csv, url, table, utc }: CallRecordsOptions): KeptRecords | undefined {
  if (url !== '') return new TableRecords({ url, table, utc });
  if (csv === '') return undefined;
  const closing = new AbortController();
  return {
    read: (from, until) => readCsv(csv, utc, from, until, closing.signal),
    newest: () => newestInCsv(csv, utc),
    close: async () => closing.abort(),
  };
}
