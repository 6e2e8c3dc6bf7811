// What a colleague's presence is, derived from its parts by pure functions. Knows no time source, no Asterisk, no wire.

/** The statuses a user can choose, in the words of the wire. */
export const STATUSES = ['available', 'away', 'do_not_disturb', 'lunch', 'business_trip', 'off_work'] as const;
export type Status = (typeof STATUSES)[number];

/** What the phones of one extension do together, DND lamp left out. */
export const LINES = ['idle', 'ringing', 'in_use', 'on_hold', 'busy', 'unavailable', 'unknown'] as const;
export type Line = (typeof LINES)[number];

type Indicator = Status | 'ringing' | 'on_call' | 'offline';

/** Asterisk's device states, as DeviceStateChange and DeviceStateList spell them. */
export const DEVICE_STATES = [
  'UNKNOWN',
  'NOT_INUSE',
  'INUSE',
  'BUSY',
  'INVALID',
  'UNAVAILABLE',
  'RINGING',
  'RINGINUSE',
  'ONHOLD',
] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** The presence item of one extension. `since` is the time of the indicator, ISO 8601 in UTC. */
export interface Presence {
  readonly id: string;
  readonly status: Status;
  readonly note?: string;
  readonly until?: string;
  readonly line: Line;
  readonly online: boolean;
  readonly indicator: Indicator;
  readonly since: string;
}

/** Everything that decides a presence but the time. */
export interface PresenceInputs {
  readonly status: Status;
  readonly note?: string | undefined;
  readonly until?: string | undefined;
  readonly line: Line;
  /** A phone of the extension is registered. */
  readonly registered: boolean;
  /** Client sessions of the extension that are open now. */
  readonly sessions: number;
}

const RANKS: readonly (readonly [Line, readonly DeviceState[]])[] = [
  ['ringing', ['RINGING', 'RINGINUSE']],
  ['in_use', ['INUSE']],
  ['on_hold', ['ONHOLD']],
  ['busy', ['BUSY']],
  ['idle', ['NOT_INUSE']],
  ['unavailable', ['UNAVAILABLE', 'INVALID']],
];

/** The line of an extension whose phones are in these states: the first rank that any phone reaches. None known: `unknown`. */
export function lineOf(states: Iterable<DeviceState>): Line {
  const seen = new Set(states);
  for (const [line, reaching] of RANKS) if (reaching.some((state) => seen.has(state))) return line;
  return 'unknown';
}

/** A line that only a registered phone can have. */
export function isRegistered(line: Line): boolean {
  return line !== 'unavailable' && line !== 'unknown';
}

function indicatorOf(status: Status, line: Line, online: boolean): Indicator {
  if (status !== 'available') return status;
  if (line === 'ringing') return 'ringing';
  if (line === 'in_use' || line === 'on_hold' || line === 'busy') return 'on_call';
  return online ? 'available' : 'offline';
}

/**
 * The presence of extension `id` at time `now` (ISO 8601). `since` stays that of `before` while the indicator stays.
 * Returns `before` itself when nothing a client sees has changed.
 */
export function derive(id: string, inputs: PresenceInputs, before: Presence | undefined, now: string): Presence {
  const online = inputs.registered || inputs.sessions > 0;
  const indicator = indicatorOf(inputs.status, inputs.line, online);
  const item: Presence = {
    id,
    status: inputs.status,
    ...(inputs.note ? { note: inputs.note } : {}),
    ...(inputs.until ? { until: inputs.until } : {}),
    line: inputs.line,
    online,
    indicator,
    since: before?.indicator === indicator ? before.since : now,
  };
  return before && samePresence(before, item) ? before : item;
}

function samePresence(a: Presence, b: Presence): boolean {
  return (
    a.status === b.status &&
    a.note === b.note &&
    a.until === b.until &&
    a.line === b.line &&
    a.online === b.online &&
    a.indicator === b.indicator &&
    a.since === b.since
  );
}
