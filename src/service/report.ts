// What the parts say to the operator: an event by name with its fields. The table that turns it into a log line with level,
// text and advice is src/server/reports.ts; services only name what happened.

/** Fields of a report. Extension numbers may appear; names, notes, secrets and phone numbers of contacts may not. */
export type ReportFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Report = (event: string, fields?: ReportFields) => void;
