// What the PBX's own records of calls say to the history of each extension: one entry for each call and party, as if the call had
// been followed. Pure; what a record cannot tell is left out.
import type { CallEntry, IncomingEntry, MissedReason, OutDisposition, OutgoingEntry } from './call.ts';
import type { CallRecord } from './call-record.ts';
import { groupRecords, isLinked, type RecordGroup } from './record-groups.ts';

/** The extensions as far as records name them. */
export interface RecordedPhones {
  /** The extensions of whose phones a device is one, such as `PJSIP/1001`. */
  extensionsOf(device: string): readonly string[];
  isExtension(number: string): boolean;
}

export interface RecordedCall {
  /** When the last of it was over, in milliseconds since 1970. */
  readonly end: number;
  /** Whether `call` of the entries is the name by which the call would have been told while it went on. */
  readonly linked: boolean;
  readonly entries: readonly CallEntry[];
}

/** Of a call that the daemon had the PBX make. */
const DIALLED = 'rollcall-';
/** What a dialplan does last with a call that reached nobody. */
const ENDINGS = new Set(['Hangup', 'Busy', 'Congestion', 'Dial', 'Return', 'Goto', 'GotoIf', 'NoOp', 'AppDial2']);

/** The calls of some records, in the order of their beginning, each made when it is asked for; calls in which no extension took part are missing. */
export function* recordedCalls(records: readonly CallRecord[], phones: RecordedPhones): Generator<RecordedCall> {
  for (const group of groupRecords(records)) {
    const entries = entriesOf(group, phones);
    const end = Math.max(...group.legs.map((leg) => leg.end));
    if (entries.length > 0) yield { end, linked: isLinked(group), entries };
  }
}

interface Caller {
  /** Undefined for callers from outside. */
  readonly extension: string | undefined;
  readonly number: string;
  /** The records of his own channel. */
  readonly legs: readonly CallRecord[];
  /** His phone was called first, and the number when it was answered. */
  readonly wasCalled: boolean;
}

function entriesOf(group: RecordGroup, phones: RecordedPhones): CallEntry[] {
  const caller = callerOf(group, phones);
  const number = dialled(caller, phones);
  if (/^[*#]/.test(number)) return [];
  const incoming = incomingOf(group, caller, phones);
  if (caller.extension === undefined || number === '') return incoming;
  return [outgoing(group.call, caller.extension, number, caller), ...incoming];
}

function callerOf({ call, legs }: RecordGroup, phones: RecordedPhones): Caller {
  const called = new Set(legs.map(({ destinationChannel }) => destinationChannel));
  const isFirst = ({ channel }: CallRecord) => !channel.startsWith('Local/') && !called.has(channel);
  const first = legs.find(({ uniqueId }) => uniqueId === call) ?? legs.find(isFirst) ?? legs[0];
  const channel = first?.channel ?? '';
  const own = legs.filter((leg) => leg.channel === channel);
  const wasCalled = call.startsWith(DIALLED) || own.some(({ lastApplication }) => lastApplication === 'AppDial2');
  const source = first?.source ?? '';
  const extension = channel.startsWith('Local/')
    ? behindStation(call, legs, phones)
    : oneOf(phones.extensionsOf(deviceOf(channel)), source);
  return { extension, number: extension ?? source, legs: own, wasCalled };
}

/** Whose phones were called by way of a station, of a call that began with them. */
function behindStation(call: string, legs: readonly CallRecord[], phones: RecordedPhones): string | undefined {
  const far = legs.filter(({ uniqueId }) => uniqueId === `${call};2`);
  return far.flatMap(({ destinationChannel }) => phones.extensionsOf(deviceOf(destinationChannel)))[0];
}

/** What the caller dialled; where the dialplan went on elsewhere, the extension that it called. Empty: not known. */
function dialled({ legs, extension }: Caller, phones: RecordedPhones): string {
  const number = legs.find(({ destination }) => /^[+*#0-9]/.test(destination))?.destination;
  if (number !== undefined) return number;
  const reached = legs.flatMap((leg) => [deviceOf(leg.destinationChannel), ...devicesIn(leg)]);
  return reached.flatMap((device) => phones.extensionsOf(device)).find((one) => one !== extension) ?? '';
}

function outgoing(call: string, owner: string, number: string, { legs, wasCalled }: Caller): OutgoingEntry {
  const at = legs[0]?.start ?? 0;
  const end = Math.max(...legs.map((leg) => leg.end));
  const answers = legs.flatMap((leg) => (isAnswered(leg, wasCalled) ? [leg.answer ?? leg.start] : []));
  const answer = answers.length > 0 ? Math.min(...answers) : undefined;
  const disposition = answer === undefined ? unanswered(legs) : 'answered';
  return { owner, call, at, direction: 'out', number, disposition, ...spans(at, answer, end) };
}

/** The channel of a caller who was called himself is up whatever became of the number. */
function isAnswered({ disposition, destinationChannel, lastApplication }: CallRecord, wasCalled: boolean): boolean {
  if (disposition !== 'ANSWERED') return false;
  return !wasCalled || destinationChannel !== '' || !ENDINGS.has(lastApplication);
}

/** How the last try ended; of several phones that were called at once the best end counts, as for the one who listens. */
function unanswered(legs: readonly CallRecord[]): OutDisposition {
  const tries = legs.filter((leg) => leg.destinationChannel !== '' || leg.lastApplication === 'Dial');
  const begun = Math.max(...tries.map(({ start }) => start));
  const last = tries.length > 0 ? tries.filter(({ start }) => start === begun) : legs.slice(0, 1);
  const has = (disposition: string) => last.some((leg) => leg.disposition === disposition);
  return has('NO ANSWER') ? 'no_answer' : has('BUSY') ? 'busy' : 'failed';
}

/** Everybody who was called: whose phones rang, and whose number was dialled and did not get that far. */
function incomingOf({ call, legs }: RecordGroup, caller: Caller, phones: RecordedPhones): IncomingEntry[] {
  const entries = new Map<string, IncomingEntry>();
  const put = (owner: string, leg: CallRecord, how: Pick<IncomingEntry, 'disposition' | 'reason'>) => {
    if (owner === caller.extension) return;
    const answer = how.disposition === 'answered' ? (leg.answer ?? leg.start) : undefined;
    const from = { number: caller.number, ...(caller.extension === undefined ? { outside: true } : {}) };
    const entry = {
      owner,
      call,
      at: leg.start,
      direction: 'in',
      ...from,
      ...how,
      ...spans(leg.start, answer, leg.end),
    };
    entries.set(owner, better(entries.get(owner), entry as IncomingEntry));
  };
  for (const leg of legs) {
    const owner = oneOf(phones.extensionsOf(deviceOf(leg.destinationChannel)), leg.destination);
    if (owner !== undefined) put(owner, leg, taken(leg));
  }
  for (const leg of legs) {
    for (const { owner, reason } of notReached(leg, phones)) {
      if (!entries.has(owner)) put(owner, { ...leg, end: leg.answer ?? leg.end }, missed(reason));
    }
  }
  return [...entries.values()];
}

function taken({ disposition }: CallRecord): Pick<IncomingEntry, 'disposition' | 'reason'> {
  return disposition === 'ANSWERED' ? { disposition: 'answered' } : missed(disposition === 'BUSY' ? 'busy' : undefined);
}

function missed(reason: MissedReason | undefined): Pick<IncomingEntry, 'disposition' | 'reason'> {
  return { disposition: 'missed', ...(reason === undefined ? {} : { reason }) };
}

interface NotReached {
  readonly owner: string;
  readonly reason: MissedReason | undefined;
}

/** The extensions that a record names without a phone of theirs having rung in it. */
function notReached(leg: CallRecord, phones: RecordedPhones): NotReached[] {
  const { destination, destinationChannel, dndBlocked } = leg;
  const gone = destinationChannel === '' && leg.lastApplication === 'Dial' && leg.disposition === 'FAILED';
  const away = gone ? devicesIn(leg).flatMap((device) => phones.extensionsOf(device)) : [];
  const number = phones.isExtension(destination) && !away.includes(destination) ? [destination] : [];
  return [
    ...number.map((owner) => ({ owner, reason: dndBlocked ? ('dnd' as const) : undefined })),
    ...away.map((owner) => ({ owner, reason: 'unregistered' as const })),
  ];
}

/** Of two records of one party: the one that was answered, else the longer one, and its reason only if both give the same. */
function better(before: IncomingEntry | undefined, now: IncomingEntry): IncomingEntry {
  if (!before || now.disposition === 'answered') return before?.disposition === 'answered' ? joined(before, now) : now;
  if (before.disposition === 'answered') return before;
  const { reason, ...longer } = now.ring > before.ring ? now : before;
  return { ...longer, at: before.at, ...(before.reason === now.reason && reason ? { reason } : {}) };
}

/** A party who was called twice in one call, such as again after a transfer, has one entry. */
function joined(before: IncomingEntry, now: IncomingEntry): IncomingEntry {
  return { ...before, talk: Math.max(before.talk, now.talk) };
}

function spans(at: number, answer: number | undefined, end: number): { ring: number; talk: number } {
  const seconds = (ms: number) => Math.max(0, Math.round(ms / 1000));
  return { ring: seconds((answer ?? end) - at), talk: answer === undefined ? 0 : seconds(end - answer) };
}

/** `PJSIP/1001` of `PJSIP/1001-0000002a`. */
function deviceOf(channel: string): string {
  return channel.replace(/-[0-9a-z]+$/, '');
}

/** What `Dial(PJSIP/1001&PJSIP/1002/sip:…,20)` was to call. */
function devicesIn({ lastApplication, lastData }: CallRecord): string[] {
  if (lastApplication !== 'Dial') return [];
  const [targets = ''] = lastData.split(',', 1);
  return targets.split('&').map((target) => target.split('/').slice(0, 2).join('/'));
}

function oneOf(extensions: readonly string[], preferred: string): string | undefined {
  return extensions.includes(preferred) ? preferred : extensions[0];
}
