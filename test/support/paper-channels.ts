// Events of channels, as Asterisk sends them, for calls that are made up: of each event the headers that matter.
import type { CallWatchHouse } from './call-watch-house.ts';

interface PaperChannel {
  readonly id: string;
  readonly channel: string;
  readonly linked: string;
  readonly number: string;
  readonly exten: string;
}

/** A channel of a phone, `PJSIP/1001-00000001` for `1001` and the id `1`; `linked` names the call that it is part of. */
export function channelOf(device: string, id: string, linked = id): PaperChannel {
  const name = device.includes('/') ? device : `PJSIP/${device}`;
  return { id, channel: `${name}-0000000${id}`, linked, number: device.replace(/-.*$/, ''), exten: '' };
}

function headersOf({ id, channel, linked, number, exten }: PaperChannel, prefix = ''): Record<string, string> {
  return {
    [`${prefix}Uniqueid`]: id,
    [`${prefix}Linkedid`]: linked,
    [`${prefix}Channel`]: channel,
    [`${prefix}CallerIDNum`]: number,
    [`${prefix}Exten`]: exten,
  };
}

/** Plays the PBX to a house. Time stands still between the events. */
export class PaperChannels {
  readonly #house: CallWatchHouse;

  constructor(house: CallWatchHouse) {
    this.#house = house;
  }

  /** A phone or a trunk calls a number. */
  dials(by: PaperChannel, exten: string, name = '<unknown>'): PaperChannel {
    const caller = { ...by, exten };
    this.#emit('Newchannel', { ...headersOf(caller), ChannelStateDesc: 'Ring', CallerIDName: name });
    return caller;
  }

  /** A phone is called; without a caller the PBX does so by itself. */
  calls(by: PaperChannel | undefined, to: PaperChannel, shown = '<unknown>'): void {
    this.#emit('Newchannel', { ...headersOf({ ...to, exten: 's' }), ChannelStateDesc: 'Down' });
    this.#emit('DialBegin', { ...this.#both(by, to), DestConnectedLineNum: shown });
  }

  rings(to: PaperChannel): void {
    this.#emit('Newstate', { ...headersOf(to), ChannelStateDesc: 'Ringing' });
  }

  up(channel: PaperChannel): void {
    this.#emit('Newstate', { ...headersOf(channel), ChannelStateDesc: 'Up' });
  }

  answers(by: PaperChannel | undefined, to: PaperChannel): void {
    this.up(to);
    this.stops(by, to, 'ANSWER');
    if (by) this.up(by);
  }

  stops(by: PaperChannel | undefined, to: PaperChannel, status: string): void {
    this.#emit('DialEnd', { ...this.#both(by, to), DialStatus: status });
  }

  asksToHangUp(channel: PaperChannel): void {
    this.#emit('HangupRequest', headersOf(channel));
  }

  hangsUp(channel: PaperChannel, cause = 16): void {
    this.#emit('Hangup', { ...headersOf(channel), Cause: String(cause) });
  }

  /** The line of a channel in the list. */
  listed(channel: PaperChannel, more: Readonly<Record<string, string>>): void {
    const line = Object.entries({ Event: 'CoreShowChannel', ...headersOf(channel), ...more });
    const lower = Object.fromEntries(line.map(([name, value]) => [name.toLowerCase(), value]));
    this.#house.channels = [...this.#house.channels, lower];
  }

  #both(by: PaperChannel | undefined, to: PaperChannel): Record<string, string> {
    return { ...(by ? headersOf(by) : {}), ...headersOf(to, 'Dest') };
  }

  #emit(event: string, headers: Readonly<Record<string, string>>): void {
    this.#house.emit({ Event: event, ...headers });
  }
}
