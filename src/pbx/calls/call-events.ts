// Reads Asterisk's events of calls: what is of use of each, within limits. An event that lacks a header it needs is none.
import { type AmiMessage, header } from '../ami/message.ts';
import { NAME_LENGTH, plainText } from '../plain-text.ts';

/** A channel as an event or a list names it. */
export interface SeenChannel {
  readonly id: string;
  /** The call's name, as long as the call is not joined with another. */
  readonly linked: string;
  readonly channel: string;
  /** Asterisk's word, such as `Ring`, `Ringing`, `Up`. */
  readonly state: string;
  readonly number: string;
  readonly name: string;
  readonly exten: string;
}

export type CallEvent =
  | { readonly kind: 'channel'; readonly of: SeenChannel }
  /** A sign of life of a channel: its state and where it is in the dialplan. */
  | { readonly kind: 'state'; readonly of: SeenChannel }
  | { readonly kind: 'withheld'; readonly id: string }
  /** A channel is called; without `by` the PBX does so by itself. */
  | { readonly kind: 'dial'; readonly by?: SeenChannel; readonly to: SeenChannel; readonly shown: string }
  | { readonly kind: 'ringing'; readonly id: string }
  | {
      readonly kind: 'dialled';
      readonly by?: SeenChannel;
      readonly to: SeenChannel;
      readonly status: string;
      readonly forwarded: boolean;
    }
  | { readonly kind: 'request'; readonly id: string }
  | { readonly kind: 'hangup'; readonly of: SeenChannel; readonly cause: number }
  | { readonly kind: 'record'; readonly record: CdrNews };

/** Of a call record, what may name an extension that no event named. */
export interface CdrNews {
  readonly id: string;
  readonly linked?: string;
  readonly destination: string;
  /** A phone was called. */
  readonly reached: boolean;
  /** Those that were to be called last. */
  readonly devices: readonly string[];
  readonly dndBlocked: boolean;
  /** The channel that was called; empty when none was. */
  readonly channel: string;
  /** Whole seconds from the answer to the end, of a call that was answered. */
  readonly talk?: number;
}

const LONGEST = 256;
const LONGEST_NUMBER = 64;
const MOST_DEVICES = 20;

const READERS: ReadonlyMap<string, (message: AmiMessage) => CallEvent | undefined> = new Map([
  ['newchannel', (message: AmiMessage) => ofChannel('channel', message)],
  ['newstate', (message: AmiMessage) => ofChannel('state', message)],
  ['newconnectedline', (message: AmiMessage) => ofChannel('state', message)],
  ['softhanguprequest', (message: AmiMessage) => ofChannel('state', message)],
  ['newcallerid', readCallerId],
  ['dialbegin', readDial],
  ['dialstate', readDialState],
  ['dialend', readDialEnd],
  ['hanguprequest', readRequest],
  ['hangup', readHangup],
  ['cdr', readRecord],
]);

/** Whether this is an event of calls at all. Names are as Asterisk writes them, in lower case. */
export function isCallEvent(name: string): boolean {
  return READERS.has(name);
}

export function readCallEvent(name: string, message: AmiMessage): CallEvent | undefined {
  return READERS.get(name)?.(message);
}

/** A channel of an event; with the prefix `dest` the one that is called. */
export function readChannel(message: AmiMessage, prefix = ''): SeenChannel | undefined {
  const id = word(message, `${prefix}uniqueid`);
  const channel = word(message, `${prefix}channel`);
  const linked = word(message, `${prefix}linkedid`);
  if (!id || !channel || !linked) return undefined;
  return {
    id,
    linked,
    channel,
    state: word(message, `${prefix}channelstatedesc`) ?? '',
    number: numberOf(message, `${prefix}calleridnum`),
    name: known(plainText(header(message, `${prefix}calleridname`)?.slice(0, LONGEST) ?? '', NAME_LENGTH)),
    exten: numberOf(message, `${prefix}exten`),
  };
}

function ofChannel(kind: 'channel' | 'state', message: AmiMessage): CallEvent | undefined {
  const of = readChannel(message);
  return of && { kind, of };
}

function readCallerId(message: AmiMessage): CallEvent | undefined {
  const id = word(message, 'uniqueid');
  const presentation = header(message, 'cid-callingpres');
  return id && presentation?.includes('Prohibited') ? { kind: 'withheld', id } : ofChannel('state', message);
}

function readDial(message: AmiMessage): CallEvent | undefined {
  const [by, to] = [readChannel(message), readChannel(message, 'dest')];
  return to && { kind: 'dial', ...(by ? { by } : {}), to, shown: numberOf(message, 'destconnectedlinenum') };
}

function readDialState(message: AmiMessage): CallEvent | undefined {
  const to = readChannel(message, 'dest');
  if (!to) return undefined;
  if (word(message, 'dialstatus') === 'RINGING') return { kind: 'ringing', id: to.id };
  return { kind: 'state', of: to };
}

function readDialEnd(message: AmiMessage): CallEvent | undefined {
  const [by, to, status] = [readChannel(message), readChannel(message, 'dest'), word(message, 'dialstatus')];
  const forwarded = (header(message, 'forward') ?? '') !== '';
  return to && status ? { kind: 'dialled', ...(by ? { by } : {}), to, status, forwarded } : undefined;
}

function readRequest(message: AmiMessage): CallEvent | undefined {
  const id = word(message, 'uniqueid');
  return id ? { kind: 'request', id } : undefined;
}

function readHangup(message: AmiMessage): CallEvent | undefined {
  const of = readChannel(message);
  const cause = Number(word(message, 'cause') ?? '0');
  return of && Number.isInteger(cause) ? { kind: 'hangup', of, cause } : undefined;
}

function readRecord(message: AmiMessage): CallEvent | undefined {
  const id = word(message, 'uniqueid');
  if (!id) return undefined;
  const linked = word(message, 'linkedid');
  const channel = word(message, 'destinationchannel') ?? '';
  const talk = Number(header(message, 'billableseconds') ?? Number.NaN);
  const isAnswered = header(message, 'disposition') === 'ANSWERED' && Number.isInteger(talk) && talk >= 0;
  const record = {
    id,
    ...(linked ? { linked } : {}),
    destination: numberOf(message, 'destination'),
    ...{ channel, reached: channel !== '' },
    ...(isAnswered ? { talk } : {}),
    devices: header(message, 'lastapplication') === 'Dial' ? devicesIn(header(message, 'lastdata') ?? '') : [],
    dndBlocked: !['', '0'].includes(header(message, 'dndblock') ?? ''),
  };
  return { kind: 'record', record };
}

/** Of what Dial was told, such as `PJSIP/1001&PJSIP/1002/sip:…,20`, the devices. */
function devicesIn(data: string): readonly string[] {
  const dialled = (data.slice(0, LONGEST * 4).split(',', 1)[0] ?? '').split('&', MOST_DEVICES);
  return dialled.map((one) => one.split('/', 2).join('/'));
}

/** A header that is a name; undefined when it is missing or longer than any name. */
function word(message: AmiMessage, name: string): string | undefined {
  const text = header(message, name);
  return text !== undefined && text.length <= LONGEST ? text : undefined;
}

/** A header that is a number; empty when there is none, or when it is longer than any number. */
function numberOf(message: AmiMessage, name: string): string {
  const text = known(header(message, name) ?? '');
  return text.length <= LONGEST_NUMBER ? text : '';
}

function known(text: string): string {
  return text === '<unknown>' ? '' : text;
}
