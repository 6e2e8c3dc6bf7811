// The reports of daemons that share a database: a part of the table in report-lines.ts. None of them names a host.
import type { ReportLine } from './reports.ts';

export const CLUSTER_LINES = {
  'duty.taken': {
    level: 'info',
    text: 'this daemon is on duty now: {duty}',
    fields: { duty: 'word' },
  },
  'duty.given': {
    level: 'info',
    text: 'this daemon is no longer on duty: {duty}',
    fields: { duty: 'word' },
  },
  'cluster.others': {
    level: 'info',
    text: 'other daemons that share the database: {others}',
    fields: { others: 'number' },
  },
  'cluster.away': {
    level: 'warn',
    text: 'the connection by which daemons know of each other is lost ({reason}); each keeps its duties until it is back',
    advice: 'Look whether PostgreSQL runs and can be reached; the daemon tries again by itself.',
    fields: { reason: 'text' },
  },
  'cluster.back': {
    level: 'info',
    text: 'the connection by which daemons know of each other is back; others there: {others}',
    fields: { others: 'number' },
  },
  'cluster.stuck': {
    level: 'warn',
    text: 'a daemon that did not speak to the database for a while was taken off it, so that another does its work',
    advice: 'Look for a daemon whose process is stopped or does not get to run.',
  },
  'numbering.differs': {
    level: 'warn',
    text: 'the settings of this daemon ({country}) read numbers in another way than those of the daemon that keeps the contacts ({kept})',
    advice:
      'Give all daemons of the database the same lookup.country and lookup.outsideLine; until then some callers are not recognised.',
    fields: { country: 'word', kept: 'word' },
  },
} as const satisfies Record<string, ReportLine>;
