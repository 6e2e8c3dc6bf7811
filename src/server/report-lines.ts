// The table of reports: every event the program names, in the order of its parts. A new event needs a row here and nothing
// else; the fields a row does not name are dropped.
import { CALL_LINES } from './call-lines.ts';
import { CLUSTER_LINES } from './cluster-lines.ts';
import { DIALPLAN_LINES } from './dialplan-lines.ts';
import { MESSAGE_LINES } from './message-lines.ts';
import type { ReportLine } from './reports.ts';
import { STORE_LINES } from './store-lines.ts';

const PEER = { host: 'host', port: 'number' } as const;

export const REPORT_LINES = {
  // The daemon
  listening: { level: 'info', text: 'listening at {url}', fields: { url: 'url', host: 'host', port: 'number' } },
  'portal.missing': {
    level: 'warn',
    text: 'this installation has no web portal; clients are served all the same',
    advice: 'Build it with `npm run build`, or install the package again.',
  },
  stopping: { level: 'info', text: 'stopping' },
  stopped: { level: 'info', text: 'stopped' },
  'settings.reloaded': { level: 'info', text: 'the settings were read again' },
  'settings.need_restart': {
    level: 'warn',
    text: 'changed settings that count after a restart only: {keys}',
    advice: 'Restart the daemon when it suits; clients come back by themselves and receive only what changed.',
    fields: { keys: 'text' },
  },
  'settings.refused': {
    level: 'error',
    text: 'the settings are wrong and were not taken over: {error}',
    advice: 'Mend the file and send SIGHUP again; the daemon goes on with the settings it has.',
    fields: { error: 'faults' },
  },
  'daemon.crashed': {
    level: 'fatal',
    text: 'the daemon ends because of a fault in the program',
    advice: 'Please report it with this line; what was acknowledged is stored.',
    fields: { error: 'fault' },
  },
  internal: {
    level: 'error',
    text: 'a fault in the program; the peer was told the id {id}',
    advice: 'Please report it with this line.',
    fields: { id: 'id', where: 'text', error: 'fault' },
  },

  // The link to Asterisk
  'ami.connecting': {
    level: 'debug',
    text: 'connecting to Asterisk at {host}:{port}',
    fields: { ...PEER, attempt: 'number' },
  },
  'ami.booting': {
    level: 'info',
    text: 'logged in to Asterisk at {host}:{port}, waiting until it has booted',
    fields: PEER,
  },
  'ami.up': {
    level: 'info',
    text: 'the link to Asterisk is up ({asterisk})',
    fields: { generation: 'number', asterisk: 'text' },
  },
  'ami.down': {
    level: 'warn',
    text: 'the link to Asterisk went down: {reason}',
    advice: 'Clients keep the last values, marked as stale; the daemon connects again by itself.',
    fields: { generation: 'number', reason: 'text' },
  },
  'ami.away': {
    level: 'warn',
    text: 'Asterisk at {host}:{port} cannot be reached: {reason}',
    advice:
      'Start Asterisk, or set pbx.ami.host and pbx.ami.port as manager.conf has bindaddr and port. Tried again by itself.',
    fields: { ...PEER, reason: 'text' },
  },
  'ami.refused': {
    level: 'error',
    text: 'Asterisk at {host}:{port} refuses the log-in: {reason}',
    advice: 'Set pbx.ami.username and pbx.ami.secret as manager.conf has them, and look at its permit and deny lines.',
    fields: { ...PEER, username: 'label', reason: 'text' },
  },
  'ami.dropped': {
    level: 'error',
    text: 'the peer at {host}:{port} does not speak the manager interface: {reason}',
    advice: 'Look whether pbx.ami.host and pbx.ami.port name the manager of Asterisk.',
    fields: { ...PEER, reason: 'text' },
  },
  'ami.blind': {
    level: 'warn',
    text: 'Asterisk did not show this manager user that it has booted; the link waited 15 s and went on',
    advice: 'Give the user read=call,cdr,user,system in manager.conf; see config/asterisk.',
    fields: { username: 'label' },
  },
  'ami.listener_failed': {
    level: 'error',
    text: 'a fault in the program: the event {what} of Asterisk was not followed up',
    fields: { what: 'text', error: 'fault' },
  },

  // What Asterisk says
  'pbx.snapshot': {
    level: 'info',
    text: 'read {extensions} extensions from Asterisk',
    fields: { extensions: 'number' },
  },
  'pbx.snapshot_failed': {
    level: 'warn',
    text: 'the state of Asterisk could not be read: {error}',
    advice: 'Tried again by itself. If it stays: `rollcall check` says which privilege is missing.',
    fields: { error: 'text', retryMs: 'number' },
  },
  'pbx.forbidden': {
    level: 'error',
    text: 'the manager user may not use {actions}: it lacks write={privileges}',
    advice:
      'Add that to its section of manager.conf, then `manager reload` in the console of Asterisk; see config/asterisk.',
    fields: { actions: 'text', privileges: 'text' },
  },
  'pbx.no_extensions': {
    level: 'warn',
    text: 'Asterisk has no hint that is an extension',
    advice: 'Add hints to the dialplan, or look at pbx.extensions.contexts and pbx.extensions.pattern.',
  },
  'pbx.too_many_hints': {
    level: 'error',
    text: 'the daemon follows {kept} hints of Asterisk, and {left} more are too many',
    advice: 'Name the contexts of the extensions in pbx.extensions.contexts.',
    fields: { kept: 'number', left: 'number' },
  },
  'pbx.drift': {
    level: 'warn',
    text: '{extensions} extensions had changed without an event, and were mended',
    fields: { extensions: 'number' },
  },
  'pbx.no_astdb': {
    level: 'warn',
    text: 'the DND entries of the Asterisk database cannot be read; the DND lamps are taken for the truth',
    advice: 'Give the manager user write=reporting, or set DND by feature codes that also set the lamp.',
  },
  'site.extension_taken': {
    level: 'error',
    text: 'extension {extension} belongs to site {site} already, and is left to it',
    advice: 'Give the sites different numbers, or site.prefix a value at one of them.',
    fields: { extension: 'extension', site: 'label' },
  },
  'site.away': {
    level: 'warn',
    text: 'no daemon of site {site} is there: its extensions are shown as last known',
    advice: 'Look whether the daemon of that site runs and reaches the database.',
    fields: { site: 'label' },
  },
  'site.gone': {
    level: 'warn',
    text: 'no daemon of site {site} was there for 90 days: its extensions are removed',
    fields: { site: 'label' },
  },
  'duty.failed': {
    level: 'error',
    text: 'the work of a duty could not be begun, and is tried again: {error}',
    advice: 'Report this with the log: it is a fault in the program.',
    fields: { error: 'fault' },
  },
  'pbx.deaf': {
    level: 'error',
    text: 'Asterisk tells this manager user of no state change: what clients see is as old as the last check',
    advice: 'Set read=call,cdr,user,system in its section of manager.conf and look at its eventfilter lines.',
  },
  'pbx.no_writing': {
    level: 'warn',
    text: 'do not disturb cannot be set: the manager user may neither write AstDB nor originate',
    advice: 'Give it write=originate and include config/asterisk/rollcall.conf, or write=system.',
  },
  'pbx.no_presence': {
    level: 'warn',
    text: 'Asterisk lists no presence states: {error}',
    advice: 'Load func_presencestate.so and res_manager_presencestate.so, and give the manager user write=reporting.',
    fields: { error: 'text' },
  },
  'pbx.no_names': {
    level: 'info',
    text: 'Asterisk gives no names of extensions; their numbers are shown',
    advice: 'Set callerid at the endpoints, or names with `rollcall user set`.',
  },
  'pbx.write_refused': {
    level: 'error',
    text: 'Asterisk refuses to write presence or DND ({action}): {error}',
    advice: 'Give the manager user the write classes that `rollcall check` names; see config/asterisk.',
    fields: { extension: 'extension', action: 'word', privilege: 'word', error: 'text' },
  },

  // The mirror of company numbers in AstDB
  'mirror.in_step': {
    level: 'info',
    text: 'the mirror in AstDB is in step: {numbers} numbers; {written} entries written, {removed} removed, {foreign} of others left alone',
    fields: { numbers: 'number', written: 'number', removed: 'number', foreign: 'number' },
  },
  'mirror.filling': {
    level: 'info',
    text: 'the mirror in AstDB is being brought in step: {done} of {of} numbers',
    fields: { done: 'number', of: 'number' },
  },
  'mirror.removed': {
    level: 'info',
    text: 'lookup.mirror is empty: {removed} entries of an earlier mirror were removed from AstDB',
    fields: { removed: 'number' },
  },
  'mirror.forbidden': {
    level: 'warn',
    text: 'the mirror in AstDB cannot be kept: {error}',
    advice:
      'Add system and reporting to write= of the manager user, then `manager reload` in the console of Asterisk; or leave lookup.mirror empty.',
    fields: { error: 'text' },
  },
  'mirror.failed': {
    level: 'warn',
    text: 'the mirror in AstDB could not be brought in step: {error}',
    advice: 'Tried again by itself. If it stays: look at the log of Asterisk.',
    fields: { error: 'text' },
  },
  'mirror.family_taken': {
    level: 'error',
    text: 'lookup.mirror must not be {family}: Asterisk takes entries there for something else, and nothing is mirrored',
    advice: 'Set it to cidname or to a family of its own.',
    fields: { family: 'label' },
  },

  // Presence
  'presence.half_set': {
    level: 'info',
    text: 'DND of {extension} was set in one place only and was completed',
    fields: { extension: 'extension', blocked: 'flag' },
  },
  'presence.half_set_repaired': {
    level: 'info',
    text: 'DND of {extension} was set in one place only and was completed',
    fields: { extension: 'extension', blocked: 'flag' },
  },
  'presence.order_failed': {
    level: 'warn',
    text: 'the status of {extension} could not be brought to Asterisk: {error}',
    advice: 'It is brought again when the link is back.',
    fields: { extension: 'extension', error: 'text' },
  },

  // The store
  ...STORE_LINES,
  ...CLUSTER_LINES,

  // Contacts
  'access.refused': {
    level: 'debug',
    text: '{method} of {extension} was refused: {reason}',
    fields: { method: 'word', extension: 'extension', book: 'label', reason: 'text' },
    byPeers: true,
  },
  'contacts.sweep_failed': {
    level: 'error',
    text: 'the contacts of a book or user that is gone could not be removed yet: {reason}',
    advice: 'Tried again by itself and at each start; a store that fails is reported by itself.',
    fields: { reason: 'word' },
  },
  'favorites.upkeep_failed': {
    level: 'warn',
    text: 'favourites whose target is gone could not be removed',
    advice: 'They are looked for at the next start; a store that fails is reported by itself.',
  },
  'books.first_failed': {
    level: 'warn',
    text: 'the first company book could not be stored',
    advice: 'Made at the next start; a store that fails is reported by itself.',
  },
  'sync.read_failed': {
    level: 'error',
    text: 'contacts or favourites could not be read for clients: {error}',
    advice: 'Tried again by itself; the clients wait for it and lose nothing. Look at what the store says of itself.',
    fields: { book: 'label', retryMs: 'number', error: 'fault' },
  },
  'numbering.upkeep_failed': {
    level: 'warn',
    text: 'the contacts could not be brought to the new lookup.country or lookup.outsideLine',
    advice: 'Done at the next start; until then some numbers may not be recognised in every spelling.',
  },

  // Log-ins
  'login.opened': {
    level: 'info',
    text: '{extension} logged in',
    fields: { extension: 'extension', platform: 'word', address: 'address' },
    byPeers: true,
  },
  'login.refused': {
    level: 'warn',
    text: 'a log-in was refused',
    fields: { extension: 'extension', address: 'address' },
    byPeers: true,
  },
  'login.throttled': {
    level: 'warn',
    text: 'a log-in came too soon after wrong ones',
    advice: 'Many of these from one address are somebody guessing: block it in the firewall.',
    fields: { address: 'address', wait: 'number' },
    byPeers: true,
  },
  'login.upkeep_failed': {
    level: 'warn',
    text: 'the log-ins could not be brought up to date: {reason}',
    advice: 'Tried again within the hour; a store that fails is reported by itself.',
    fields: { reason: 'word', times: 'number' },
    byPeers: true,
  },

  // Clients
  'session.slow': {
    level: 'info',
    text: 'a client took nothing for too long and was closed',
    fields: { extension: 'extension', address: 'address', times: 'number' },
    byPeers: true,
  },
  'session.flood': {
    level: 'warn',
    text: 'a client sent too many requests and was closed',
    fields: { extension: 'extension', address: 'address', times: 'number' },
    byPeers: true,
  },
  'ws.refused': {
    level: 'debug',
    text: 'a connection was refused: {reason}',
    fields: { reason: 'word', status: 'number', address: 'address' },
    byPeers: true,
  },
  'ws.dropped': {
    level: 'debug',
    text: 'a connection was dropped: {reason}',
    fields: { reason: 'word', address: 'address' },
    byPeers: true,
  },
  'ws.full': {
    level: 'warn',
    text: 'there are too many clients: {connections} connections, new ones are refused',
    advice: 'If these are your users, raise the limit of open files of the daemon.',
    fields: { limit: 'word', connections: 'number', times: 'number' },
  },
  'http.full': {
    level: 'warn',
    text: 'all {connections} connections are taken; new ones are dropped',
    advice: 'If these are your users, raise the limit of open files of the daemon.',
    fields: { connections: 'number', times: 'number' },
  },
  'http.accept_failed': {
    level: 'error',
    text: 'a connection could not be accepted: {code}',
    advice: 'With EMFILE: raise the limit of open files of the daemon.',
    fields: { code: 'code', times: 'number' },
  },
  'http.client_error': {
    level: 'debug',
    text: 'a request could not be read: {code}',
    fields: { code: 'code' },
    byPeers: true,
  },

  // The dialplan's questions
  ...DIALPLAN_LINES,

  // Calls and chat
  ...CALL_LINES,
  ...MESSAGE_LINES,

  // The operator's socket
  'control.failed': {
    level: 'error',
    text: 'rollcall.sock fails: {error}',
    advice: 'Restart the daemon; until then commands do not reach it.',
    fields: { error: 'text' },
  },
  'control.peer_failed': { level: 'debug', text: 'a command broke off: {error}', fields: { error: 'fault' } },
  'control.too_slow': { level: 'debug', text: 'a command took nothing for too long and was cut off' },
  'control.method_failed': {
    level: 'error',
    text: 'a fault in the program, met by a command ({method})',
    advice: 'Please report it with this line.',
    fields: { method: 'word', error: 'fault' },
  },
} as const satisfies Readonly<Record<string, ReportLine>>;
