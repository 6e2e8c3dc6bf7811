// The reports of calls and their history: a part of the table in report-lines.ts. None of them names a number or a person.
import type { ReportLine } from './reports.ts';

export const CALL_LINES = {
  'calls.no_list': {
    level: 'warn',
    text: 'Asterisk does not list its channels: {error}',
    advice: 'Give the manager user write=reporting; until then calls that go on while the daemon starts are not known.',
    fields: { error: 'text' },
  },
  'calls.too_many': {
    level: 'error',
    text: 'Asterisk tells of more calls or channels at a time than are watched; the rest is not in the call history',
    advice: 'Look at `core show channels` in the console of Asterisk: channels that never end are stuck.',
  },
  'dial.refused': {
    level: 'error',
    text: 'Asterisk refuses to make a call for a user: {error}',
    advice: 'Give the manager user the write class originate; `rollcall check` names what is missing.',
    fields: { privilege: 'word', error: 'text' },
  },
  'calls.records_read': {
    level: 'info',
    text: 'calls from the call records are in the history: {entries} entries',
    fields: { entries: 'number' },
  },
  'calls.records_unread': {
    level: 'warn',
    text: 'the call records cannot be read: {error}',
    advice: 'Mend calls.records, which rollcall check looks at; tried again every five minutes.',
    fields: { error: 'text' },
  },
  'calls.not_written': {
    level: 'warn',
    text: 'finished calls cannot be put into the histories now ({error}); they are kept and tried again',
    advice: 'Look at the lines about the store: mostly the disk is full.',
    fields: { error: 'text' },
  },
  'calls.dropped': {
    level: 'error',
    text: '{waiting} finished calls wait for the store; those that end from now on are lost from the histories',
    advice: 'Make room on the disk.',
    fields: { waiting: 'number' },
  },
  'calls.written_again': {
    level: 'info',
    text: 'finished calls are put into the histories again; {dropped} were lost',
    fields: { dropped: 'number' },
  },
  'calls.naming_failed': {
    level: 'warn',
    text: 'names in the call histories cannot follow the contacts now; tried again by itself',
    advice: 'Look at the lines about the store.',
  },
  'calls.trim_failed': {
    level: 'warn',
    text: 'old calls cannot be removed now; tried again by itself',
    advice: 'Look at the lines about the store.',
  },
} as const satisfies Readonly<Record<string, ReportLine>>;
