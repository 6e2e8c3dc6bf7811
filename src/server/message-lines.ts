// The reports of chat: a part of the table in report-lines.ts. None of them names what was written.
import type { ReportLine } from './reports.ts';

export const MESSAGE_LINES = {
  'messages.mark_failed': {
    level: 'warn',
    text: 'messages could not be marked as delivered ({reason}), {times} times since the last report',
    advice: 'Done when the next message is; a store that fails is reported by itself.',
    fields: { reason: 'word', times: 'number' },
  },
  'messages.trim_failed': {
    level: 'warn',
    text: 'old messages could not be dropped ({reason}), {times} times since the last report',
    advice: 'Tried again by itself; a store that fails is reported by itself.',
    fields: { reason: 'word', times: 'number' },
  },
  'messages.phone_refused': {
    level: 'info',
    text: 'a message that {extension} wrote at a phone was not taken ({reason}), {times} such since the last report',
    fields: { extension: 'extension', reason: 'word', times: 'number' },
    byPeers: true,
  },
  'messages.phone_dropped': {
    level: 'warn',
    text: 'messages from phones came damaged, forged or faster than they are taken: {times} since the last report',
    advice: 'Include the rollcall.conf of this version, and give write=user in manager.conf to no other program.',
    fields: { times: 'number' },
    byPeers: true,
  },
  'messages.phone_unknown': {
    level: 'warn',
    text: 'Asterisk does not say which extension wrote at a phone: {times} messages since the last report were not taken',
    advice:
      'Give the endpoint message_context = rollcall-messages-<endpoint>, see [rollcall-messages] of rollcall.conf, and the extension a hint with the endpoint.',
    fields: { times: 'number' },
    byPeers: true,
  },
  'messages.phone_forbidden': {
    level: 'warn',
    text: 'Asterisk does not let this manager user send messages to phones',
    advice: 'Give the user write=message in manager.conf, or set messages.sip to false.',
    fields: { times: 'number' },
  },
} as const satisfies Readonly<Record<string, ReportLine>>;
