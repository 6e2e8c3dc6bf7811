// Where Asterisk keeps its call records: the file of cdr_csv, or a table in PostgreSQL.
import type { CallRecords } from '../../service/calls-port.ts';
import type { Report } from '../../service/report.ts';

export interface CallRecordsOptions {
  readonly csv: string;
  readonly url: string;
  readonly table: string;
  readonly utc: boolean;
  readonly report: Report;
}

/** Undefined when neither a file nor a database is named. */
export function openCallRecords(_options: CallRecordsOptions): CallRecords | undefined {
  return undefined;
}
