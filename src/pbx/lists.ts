// The lists a snapshot is made of, read from Asterisk and turned from AMI's words into ours. Decides nothing.
import { DEVICE_STATES, type DeviceState } from '../domain/presence.ts';
import type { Presentity } from '../service/pbx-port.ts';
import type { Link } from './ami/link-port.ts';
import { type AmiMessage, header } from './ami/message.ts';
import { deviceKey, isSafeDevice } from './hint.ts';
import { readPresentity } from './presentity.ts';
import { inBatches, inSlices } from './slices.ts';

/** One line of ExtensionStateList, or one ExtensionStatus event. */
export interface HintLine {
  readonly number: string;
  readonly context: string;
  readonly hintText: string;
  readonly status: number;
}

const KNOWN_STATES: ReadonlySet<string> = new Set(DEVICE_STATES);
const BATCH = 50;

/** Reads ExtensionStatus. Undefined when headers are missing. */
export function readHintLine(message: AmiMessage): HintLine | undefined {
  const number = header(message, 'exten');
  const context = header(message, 'context');
  const hintText = header(message, 'hint');
  if (!number || !context || hintText === undefined) return undefined;
  return { number, context, hintText, status: Number.parseInt(header(message, 'status') ?? '', 10) };
}

/** Reads DeviceStateChange, live or of a list. Undefined when headers are missing or the state is not Asterisk's. */
export function readDevice(message: AmiMessage): { name: string; state: DeviceState } | undefined {
  const name = header(message, 'device');
  const state = header(message, 'state');
  return name && state && KNOWN_STATES.has(state) ? { name, state: state as DeviceState } : undefined;
}

/** All hints, in Asterisk's order. */
export async function listHints(link: Link): Promise<readonly HintLine[]> {
  const lines: HintLine[] = [];
  await inSlices(await link.list({ Action: 'ExtensionStateList' }), (item) => {
    const line = readHintLine(item);
    if (line) lines.push(line);
  });
  return lines;
}

/** The devices of which Asterisk knows a state, by key. */
export async function listDevices(link: Link): Promise<Map<string, DeviceState>> {
  const devices = new Map<string, DeviceState>();
  await inSlices(await link.list({ Action: 'DeviceStateList' }), (item) => {
    const device = readDevice(item);
    if (device) devices.set(deviceKey(device.name), device.state);
  });
  return devices;
}

/** The presentities that were ever set, by key. */
export async function listPresentities(link: Link): Promise<Map<string, Presentity>> {
  const presentities = new Map<string, Presentity>();
  await inSlices(await link.list({ Action: 'PresenceStateList' }), (item) => {
    const read = readPresentity(item);
    if (read) presentities.set(deviceKey(read.name), read.presentity);
  });
  return presentities;
}

/**
 * Asks for the states of devices that no list shows (an IAX2 phone before its first change), fifty at a time. A device
 * that Asterisk does not answer for is left out.
 */
export async function askDevices(link: Link, names: readonly string[]): Promise<Map<string, DeviceState>> {
  const states = new Map<string, DeviceState>();
  await inBatches(names.filter(isSafeDevice), BATCH, async (batch) => {
    const answers = await getvars(
      link,
      batch.map((name) => `DEVICE_STATE(${name})`),
    );
    batch.forEach((name, i) => {
      const state = answers[i];
      if (state !== undefined && KNOWN_STATES.has(state)) states.set(deviceKey(name), state as DeviceState);
    });
  });
  return states;
}

/** The values of several variables or functions, asked together; undefined where one was refused. */
export async function getvars(link: Link, variables: readonly string[]): Promise<readonly (string | undefined)[]> {
  const answers = await Promise.allSettled(variables.map((Variable) => link.action({ Action: 'Getvar', Variable })));
  return answers.map((answer) => (answer.status === 'fulfilled' ? header(answer.value, 'value') : undefined));
}
