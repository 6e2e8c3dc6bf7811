// The reports about what the dialplan asks, and the listeners it asks at: a part of the table in report-lines.ts.
import type { ReportLine } from './reports.ts';

const PEER = { host: 'host', port: 'number' } as const;

export const DIALPLAN_LINES = {
  'lookup.not_listening': {
    level: 'error',
    text: 'the lookup over {way} cannot listen on {host} port {port}: {reason}',
    advice:
      'Free that port, or set lookup.agi or lookup.http to another and tell the dialplan; calls have no names meanwhile. Tried again by itself.',
    fields: { way: 'word', ...PEER, reason: 'text' },
  },
  'lookup.open': {
    level: 'warn',
    text: 'whoever reaches {host} port {port} may ask what the dialplan may, over {way}: lookup.token is not set',
    advice:
      'Set lookup.token and give it to the dialplan, or listen on 127.0.0.1. FastAGI also tells presences and sets statuses.',
    fields: { way: 'word', ...PEER },
  },
  'lookup.refused': {
    level: 'warn',
    text: 'a lookup over {way} came without the right token and was not made',
    advice: 'Give the dialplan the token that lookup.token has.',
    fields: { way: 'word', times: 'number' },
  },
  'lookup.busy': {
    level: 'warn',
    text: 'too many lookups at once over {way}; callers keep the names they came with',
    advice: 'If these are your calls, look at how long lookups take: rollcall_lookup_seconds of the metrics.',
    fields: { way: 'word', lookups: 'number', times: 'number' },
  },
  'lookup.full': {
    level: 'warn',
    text: 'all {connections} connections of the lookup over {way} are taken; new ones are dropped',
    advice: 'If these are your calls, raise the limit of open files of the daemon.',
    fields: { way: 'word', connections: 'number', times: 'number' },
  },
  'lookup.failed': {
    level: 'error',
    text: 'a fault in the program: a lookup over {way} was not made',
    advice: 'Please report it with this line.',
    fields: { way: 'word', error: 'fault', times: 'number' },
  },
  'lookup.late': {
    level: 'warn',
    text: 'a question of the dialplan was not answered in time; the call went on without the answer',
    advice: 'Look at the load of this machine, and at rollcall_lookup_seconds of the metrics.',
    fields: { times: 'number' },
  },
  'dialplan.full': {
    level: 'error',
    text: 'a question of the dialplan was not looked at: {open} earlier ones have no answer yet',
    advice: 'Look at the load of this machine; if it is idle, restart the daemon and report it with this line.',
    fields: { open: 'number', times: 'number' },
  },
  'dialplan.failed': {
    level: 'error',
    text: 'a fault in the program: a question of the dialplan was not answered',
    advice: 'Please report it with this line.',
    fields: { error: 'fault', times: 'number' },
  },
  'dialplan.status_failed': {
    level: 'error',
    text: 'a fault in the program: the dialplan could not set the status of {extension}',
    advice: 'Please report it with this line.',
    fields: { extension: 'extension', error: 'fault', times: 'number' },
  },
  'agi.accept_failed': {
    level: 'error',
    text: 'a connection for FastAGI could not be accepted: {code}',
    advice: 'With EMFILE: raise the limit of open files of the daemon.',
    fields: { code: 'code', times: 'number' },
  },
  'agi.unknown_script': {
    level: 'warn',
    text: 'the dialplan asked over FastAGI for a script that there is not, and got no answer',
    advice: 'The scripts are lookup, presence, status and through, as in agi://127.0.0.1:4573/lookup.',
    fields: { times: 'number' },
  },
  'agi.dropped': {
    level: 'debug',
    text: 'a FastAGI connection was dropped: {reason}',
    fields: { reason: 'word', address: 'address' },
    byPeers: true,
  },
} as const satisfies Readonly<Record<string, ReportLine>>;
