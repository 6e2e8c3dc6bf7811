// What the terminal directory shows: lines of text, cut to the size of the screen. Pure.
import {
  type Client,
  type Contact,
  displayName,
  type Extension,
  type Indicator,
  type Presence,
  pbxOf,
  type Status,
} from '../index.ts';

export interface Directory {
  readonly client: Client;
  mode: 'list' | 'search' | 'status';
  /** What is searched for. */
  text: string;
  /** Lines scrolled away. */
  top: number;
  found: readonly Contact[];
  message: string;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

export const STATUSES: readonly { readonly status: Status; readonly name: string }[] = [
  { status: 'available', name: 'Available' },
  { status: 'away', name: 'Away' },
  { status: 'do_not_disturb', name: 'Do not disturb' },
  { status: 'lunch', name: 'Lunch break' },
  { status: 'business_trip', name: 'Business trip' },
  { status: 'off_work', name: 'Off work' },
];

const INDICATORS: Readonly<Record<Indicator, string>> = {
  ...(Object.fromEntries(STATUSES.map(({ status, name }) => [status, name])) as Record<Status, string>),
  ringing: 'Ringing',
  on_call: 'On a call',
  offline: 'Offline',
};

const STATES: Readonly<Record<Client['state']['kind'], string>> = {
  idle: 'not connected',
  connecting: 'connecting …',
  syncing: 'loading …',
  ready: 'connected',
  waiting: 'no connection, trying again …',
  ended: 'logged out',
};

const HELP: Readonly<Record<Directory['mode'], string>> = {
  list: '/ search   s status   ↑↓ scroll   q quit',
  search: 'type a name or number   Esc back',
  status: 'press a number   Esc back',
};

/** As many lines as the screen has, none longer than it is wide. */
export function screenOf(directory: Directory, { rows, columns }: Size): string[] {
  const body = bodyOf(directory);
  const room = Math.max(0, rows - 4);
  directory.top = Math.min(directory.top, Math.max(0, body.length - room));
  const seen = body.slice(directory.top, directory.top + room);
  const filled = [...seen, ...Array.from({ length: room - seen.length }, () => '')];
  const lines = [titleOf(directory), '─'.repeat(columns), ...filled, '─'.repeat(columns), footOf(directory)];
  return lines.slice(0, rows).map((line) => cutTo(line, columns));
}

function titleOf({ client }: Directory): string {
  const { session } = client;
  const own = session && client.mirror('presence').get(session.extension);
  const who = session ? `${session.name} (${session.extension})${own ? `: ${INDICATORS[own.indicator]}` : ''} · ` : '';
  const self = session && client.mirror('extensions').get(session.extension);
  return `${who}${STATES[client.state.kind]}${isStale(client, self) ? ' · the PBX is away, what it said may be out of date' : ''}`;
}

function footOf({ mode, text, message }: Directory): string {
  if (message !== '') return message;
  return mode === 'search' ? `/${text}█   ${HELP.search}` : HELP[mode];
}

function bodyOf(directory: Directory): string[] {
  if (directory.mode === 'status') return STATUSES.map(({ name }, index) => `  ${index + 1}  ${name}`);
  const { client, text } = directory;
  const presence = client.mirror('presence');
  const wanted = fold(text);
  const colleagues = [...client.mirror('extensions').values()]
    .filter(({ name, number }) => fold(`${name} ${number}`).includes(wanted))
    .sort((a, b) => a.name.localeCompare(b.name) || a.number.localeCompare(b.number))
    .map((extension) => colleague(extension, presence.get(extension.id), isStale(client, extension)));
  if (directory.mode === 'list') return colleagues;
  // As they are now, and none that was taken away meanwhile.
  const contacts = directory.found.flatMap(({ id }) => client.contacts.get(id) ?? []);
  return [...colleagues, ...contacts.map(external)];
}

function colleague({ number, name }: Extension, presence: Presence | undefined, stale: boolean): string {
  const indicator = presence ? INDICATORS[presence.indicator] : '';
  const note = presence?.note === undefined ? '' : ` “${presence.note}”`;
  return `${column(number, 8)}${column(name, 28)}${indicator}${stale && indicator !== '' ? '?' : ''}${note}`;
}

function external(contact: Contact): string {
  const numbers = contact.numbers.map(({ number }) => number).join(', ');
  return `${column(contact.kind === 'personal' ? '♟' : '⌂', 8)}${column(displayName(contact), 28)}${numbers}`;
}

/** Whether what is shown of an extension may have changed meanwhile. */
function isStale(client: Client, extension: Extension | undefined): boolean {
  return pbxOf(client.mirror('pbx'), extension)?.connected === false;
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function column(text: string, width: number): string {
  const cut = cutTo(text, width - 1);
  return cut + ' '.repeat(width - widthOf(cut));
}

const graphemes = new Intl.Segmenter();
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** Cut to a width. What would steer a terminal, or turn the direction of text, is left out: names come from anywhere. */
function cutTo(text: string, width: number): string {
  let line = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text.replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, ''))) {
    const wide = WIDE.test(segment) ? 2 : 1;
    if (used + wide > width) break;
    line += segment;
    used += wide;
  }
  return line;
}

function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
