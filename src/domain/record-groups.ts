// Which records of the PBX belong to one call, and what that call is named. Pure; knows no extension.
import type { CallRecord } from './call-record.ts';

/** The records of one call, the earliest first. */
export interface RecordGroup {
  /** The name of the call: Asterisk's linked id, or what comes nearest to it in records that have none. */
  readonly call: string;
  readonly legs: readonly CallRecord[];
}

/** A record without ids begins at most so long after the one before it in the same call has ended. */
const PAUSE_MS = 2_000;

/** In the order of their beginning. */
export function groupRecords(records: readonly CallRecord[]): RecordGroup[] {
  const sorted = [...records].sort((a, b) => a.start - b.start || a.end - b.end);
  const linked = new Map<string, CallRecord[]>();
  for (const leg of sorted) push(linked, linkOf(leg), leg);
  const calls = new Map<string, CallRecord[]>();
  for (const [link, legs] of linked) {
    const called = new Set(legs.map(({ destinationChannel }) => destinationChannel));
    for (const leg of legs) push(calls, nameOf(link, leg, called), leg);
  }
  const named = [...calls].flatMap(([call, legs]) => (hasIds(legs) ? [{ call, legs }] : runs(legs)));
  return named.sort((a, b) => beginOf(a) - beginOf(b));
}

/** Whether the call has the name by which it is told while it goes on. */
export function isLinked({ legs }: RecordGroup): boolean {
  return legs.some(({ linkedId }) => linkedId !== undefined);
}

function linkOf({ linkedId, uniqueId, channel }: CallRecord): string {
  // The other end of a station that the PBX was told to make has the id of the near end and this.
  return linkedId ?? uniqueId?.replace(/;2$/, '') ?? channel;
}

/**
 * Calls that were joined by a transfer share the linked id of the older one; each is told by the name it began with. A channel that was called, and one
 * that is only a station, belongs to the call that reached it.
 */
function nameOf(link: string, { channel, uniqueId }: CallRecord, called: ReadonlySet<string>): string {
  return uniqueId === undefined || channel.startsWith('Local/') || called.has(channel) ? link : uniqueId;
}

function hasIds([first]: readonly CallRecord[]): boolean {
  return first?.uniqueId !== undefined || first?.linkedId !== undefined;
}

/** Records of one channel's name, which Asterisk gives out again after it was restarted. */
function runs(legs: readonly CallRecord[]): RecordGroup[] {
  const groups: { call: string; legs: CallRecord[]; end: number }[] = [];
  for (const leg of legs) {
    const last = groups.at(-1);
    if (last && leg.start <= last.end + PAUSE_MS) {
      last.legs.push(leg);
      last.end = Math.max(last.end, leg.end);
    } else groups.push({ call: `${leg.channel} ${leg.start}`, legs: [leg], end: leg.end });
  }
  return groups.map(({ call, legs: own }) => ({ call, legs: own }));
}

function beginOf({ legs }: RecordGroup): number {
  return legs[0]?.start ?? 0;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
