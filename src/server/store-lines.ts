// The reports about the store and its files: a part of the table in report-lines.ts.
import type { ReportLine } from './reports.ts';

const LOOK_AT_DISK = 'Look at the free space and the health of the disk that holds the data folder.';

export const STORE_LINES = {
  'store.opened': {
    level: 'info',
    text: 'the store is open with {rows} rows',
    fields: { rows: 'number', journalBytes: 'number', ms: 'number' },
  },
  'store.tail_cut': {
    level: 'warn',
    text: 'the last {bytes} bytes of {file} were written only in part and were cut off',
    advice: 'Nothing that was acknowledged is lost: this is what a crash or power cut leaves.',
    fields: { file: 'label', at: 'number', bytes: 'number' },
  },
  'store.refused': {
    level: 'error',
    text: 'a change could not be stored: {code}',
    advice: LOOK_AT_DISK,
    fields: { code: 'code' },
  },
  'store.full': {
    level: 'error',
    text: 'the disk is full: changes are refused ({code})',
    advice: 'Free some space on the disk of the data folder; the daemon goes on by itself.',
    fields: { code: 'code' },
  },
  'store.recovered': { level: 'info', text: 'changes can be stored again' },
  'store.batch_refused': {
    level: 'error',
    text: 'the contacts of an import could not be stored ({code}): it was refused, and changed nothing',
    advice: `${LOOK_AT_DISK} With PostgreSQL its log says more.`,
    fields: { code: 'code' },
  },
  'store.failed': {
    level: 'fatal',
    text: 'the store takes no more changes: {code}',
    advice: `${LOOK_AT_DISK} Then restart the daemon; until then it answers from memory.`,
    fields: { code: 'code' },
  },
  'store.away': {
    level: 'error',
    text: 'the database cannot be reached ({code}): changes are refused until it is there again, presence goes on',
    advice: 'Look whether the database runs and can be reached from here; the daemon goes on by itself.',
    fields: { code: 'code' },
  },
  'store.back': { level: 'info', text: 'the database is there again: everything is caught up with' },
  'store.database_refused': {
    level: 'error',
    text: 'the database refused a change: {code}',
    advice: 'Look into the log of the database for this code, and at the free space of its disk.',
    fields: { code: 'code' },
  },
  'store.note_refused': {
    level: 'error',
    text: 'the database takes no such row of {table} ({code}): only this daemon knows it',
    advice: 'Please report it with this line.',
    fields: { table: 'word', code: 'code' },
  },
  'store.row_unreadable': {
    level: 'error',
    text: 'a row of {table} in the database cannot be read and is left out: its column rev is {rev}',
    advice: 'Somebody has written there by hand: put the row right or remove it, then start the daemons again.',
    fields: { table: 'word', rev: 'number' },
  },
  'store.replaced': {
    level: 'fatal',
    text: 'the database is not the one it was: it was restored, replaced, or changed for so long without this daemon that it cannot catch up',
    advice: 'The daemon ends, and begins anew when it is started again.',
  },
  'store.indexed_again': {
    level: 'info',
    text: '{contacts} contacts were indexed again by the rules of this version',
    fields: { contacts: 'number' },
  },
  'store.index_failed': {
    level: 'warn',
    text: 'contacts could not be indexed by the rules of this version: {code}',
    advice: 'Searches go by the rules of the version before until a daemon is started again.',
    fields: { code: 'code' },
  },
  'store.snapshot': {
    level: 'debug',
    text: 'the store wrote a snapshot of {bytes} bytes',
    fields: { bytes: 'number', ms: 'number' },
  },
  'store.snapshot_failed': {
    level: 'warn',
    text: 'the store could not write a snapshot: {code}',
    advice: LOOK_AT_DISK,
    fields: { code: 'code' },
  },
  'store.listener_failed': {
    level: 'error',
    text: 'a fault in the program: a stored change was not followed up',
    fields: { error: 'word', at: 'fault' },
  },
} as const satisfies Readonly<Record<string, ReportLine>>;
