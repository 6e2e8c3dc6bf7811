// What the parts say to the operator: an event by name with its fields. The table that turns it into a log line with level,
// text and advice is src/server/reports.ts; services only name what happened.

/** Fields of a report. Extension numbers may appear; names, notes, secrets and phone numbers of contacts may not. */
export type ReportFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Written as a method, so that a report that knows its events by name, and refuses others at compile time, can stand for it. */
export type Report = { report(event: string, fields?: ReportFields): void }['report'];
