// The tables behind the facts: states of devices and presentities, AstDB's DND, and the extensions whose hints name them.
// Keeps only what an extension refers to; knows no link and tells nobody.
import { type DeviceState, lineOf } from '../domain/presence.ts';
import type { ExtensionFacts, Lamp, Presentity } from '../service/pbx-port.ts';
import { deviceKey, type Hint } from './hint.ts';
import { NO_OPINION, samePresentity } from './presentity.ts';

/** What the PBX says of the person behind an extension. */
export interface Details {
  readonly name?: string;
  readonly email?: string;
  /** FreePBX's devices of the user, whose DND devices are lamps too. */
  readonly devices?: readonly string[];
}

export interface Extension {
  readonly number: string;
  readonly context: string;
  /** As Asterisk writes it. */
  readonly hintText: string;
  readonly hint: Hint;
  /** The DND device: the hint's own spelling, else that of the settings. */
  readonly lamp: string;
  /** The hint's presentity, else that of the settings. */
  readonly presentity: string;
}

const NOBODY: readonly string[] = [];
const NO_DETAILS: Details = {};

export class FactTable {
  readonly #extensions = new Map<string, Extension>();
  readonly #details = new Map<string, Details>();
  readonly #devices = new Map<string, DeviceState>();
  readonly #presentities = new Map<string, Presentity>();
  readonly #blocked = new Set<string>();
  /** Numbers by the key of what they refer to. */
  readonly #byDevice = new Map<string, string[]>();
  readonly #byPresentity = new Map<string, string[]>();
  readonly #facts = new Map<string, ExtensionFacts>();
  /** AstDB cannot be read: DND follows the lamp. */
  readonly #followLamp: boolean;

  constructor(options: { readonly followLamp: boolean }) {
    this.#followLamp = options.followLamp;
  }

  get followsLamp(): boolean {
    return this.#followLamp;
  }

  get size(): number {
    return this.#extensions.size;
  }

  numbers(): Iterable<string> {
    return this.#extensions.keys();
  }

  extension(number: string): Extension | undefined {
    return this.#extensions.get(number);
  }

  details(number: string): Details {
    return this.#details.get(number) ?? NO_DETAILS;
  }

  add(extension: Extension, details: Details): void {
    const { number } = extension;
    this.#extensions.set(number, extension);
    for (const name of [...extension.hint.phones, extension.lamp]) refer(this.#byDevice, deviceKey(name), number);
    refer(this.#byPresentity, deviceKey(extension.presentity), number);
    this.setDetails(number, details);
  }

  /** Whether the details of the extension differ from before. */
  setDetails(number: string, details: Details): boolean {
    const before = this.details(number);
    if (sameDetails(before, details)) return false;
    this.#details.set(number, details);
    for (const device of details.devices ?? []) {
      if (!before.devices?.includes(device)) refer(this.#byDevice, deviceKey(userLamp(device)), number);
    }
    this.#facts.delete(number);
    return true;
  }

  /** Sets the state of a device that an extension refers to; the numbers it touches, none when it changes nothing. */
  setDevice(name: string, state: DeviceState): readonly string[] {
    const key = deviceKey(name);
    const numbers = this.#byDevice.get(key);
    if (!numbers || this.#devices.get(key) === state) return NOBODY;
    this.#devices.set(key, state);
    for (const number of numbers) this.#facts.delete(number);
    return numbers;
  }

  /** The known state of a device, if an extension refers to it. */
  device(name: string): DeviceState | undefined {
    return this.#devices.get(deviceKey(name));
  }

  /** The extensions of which this device is a phone. */
  withPhone(name: string): readonly string[] {
    const key = deviceKey(name);
    return (this.#byDevice.get(key) ?? NOBODY).filter((number) =>
      this.#extensions.get(number)?.hint.phones.some((phone) => deviceKey(phone) === key),
    );
  }

  /** The extensions of which this device is a DND lamp. */
  withLamp(name: string): readonly string[] {
    const key = deviceKey(name);
    return (this.#byDevice.get(key) ?? NOBODY).filter((number) =>
      this.#lampNames(number).some((lamp) => deviceKey(lamp) === key),
    );
  }

  /** Sets a presentity that an extension refers to; the numbers it touches, none when it changes nothing. */
  setPresentity(name: string, presentity: Presentity): readonly string[] {
    const key = deviceKey(name);
    const numbers = this.#byPresentity.get(key);
    if (!numbers || samePresentity(this.#presentities.get(key) ?? NO_OPINION, presentity)) return NOBODY;
    this.#presentities.set(key, presentity);
    for (const number of numbers) this.#facts.delete(number);
    return numbers;
  }

  /** The extensions whose presentity this is. */
  withPresentity(name: string): readonly string[] {
    return this.#byPresentity.get(deviceKey(name)) ?? NOBODY;
  }

  presentity(name: string): Presentity {
    return this.#presentities.get(deviceKey(name)) ?? NO_OPINION;
  }

  /** Whether this changes what AstDB is known to say of the extension. */
  setBlocked(number: string, blocked: boolean): boolean {
    if (this.#blocked.has(number) === blocked || !this.#extensions.has(number)) return false;
    if (blocked) this.#blocked.add(number);
    else this.#blocked.delete(number);
    this.#facts.delete(number);
    return true;
  }

  /** All that is known of an extension; the same object until something changes. */
  facts(number: string): ExtensionFacts | undefined {
    const known = this.#facts.get(number);
    if (known) return known;
    const extension = this.#extensions.get(number);
    if (!extension) return undefined;
    const facts = this.#derive(extension);
    this.#facts.set(number, facts);
    return facts;
  }

  /** Keeps `before` as the facts of its extension where nothing differs. */
  share(before: ExtensionFacts): void {
    const facts = this.facts(before.number);
    if (facts && sameFacts(facts, before)) this.#facts.set(before.number, before);
  }

  #derive(extension: Extension): ExtensionFacts {
    const { number } = extension;
    const { name, email } = this.details(number);
    const lamps = this.#lamps(number);
    const states = extension.hint.phones.flatMap((phone) => phoneState(phone, this.device(phone)) ?? []);
    return {
      number,
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      line: lineOf(states),
      blocked: this.#followLamp ? lamps[extension.lamp] === 'on' : this.#blocked.has(number),
      lamps,
      presentity: this.presentity(extension.presentity),
    };
  }

  #lamps(number: string): Record<string, Lamp> {
    return Object.fromEntries(this.#lampNames(number).map((name) => [name, lampOf(this.device(name))]));
  }

  #lampNames(number: string): readonly string[] {
    const lamp = this.#extensions.get(number)?.lamp;
    return [...(lamp ? [lamp] : []), ...(this.details(number).devices ?? []).map(userLamp)];
  }
}

/** FreePBX's DND device of a user's device. */
function userLamp(device: string): string {
  return `Custom:DEVDND${device}`;
}

/** chan_iax2 says UNKNOWN of a phone that is registered and idle, unless it has `qualify`. */
function phoneState(phone: string, state: DeviceState | undefined): DeviceState | undefined {
  return state === 'UNKNOWN' && /^iax2\//i.test(phone) ? 'NOT_INUSE' : state;
}

function lampOf(state: DeviceState | undefined): Lamp {
  if (state === undefined || state === 'UNKNOWN') return 'unset';
  if (state === 'BUSY') return 'on';
  return state === 'UNAVAILABLE' ? 'off' : 'idle';
}

function refer(index: Map<string, string[]>, key: string, number: string): void {
  const numbers = index.get(key);
  if (!numbers) index.set(key, [number]);
  else if (numbers.at(-1) !== number) numbers.push(number);
}

function sameDetails(a: Details, b: Details): boolean {
  return a.name === b.name && a.email === b.email && (a.devices ?? []).join('&') === (b.devices ?? []).join('&');
}

/** Whether two facts of one extension say the same, value by value. */
export function sameFacts(a: ExtensionFacts, b: ExtensionFacts): boolean {
  if (a === b) return true;
  return a.name === b.name && a.email === b.email && a.blocked === b.blocked && sameState(a, b);
}

/** Whether what the PBX tells by events, the line, the lamps and the presentity, is the same. */
export function sameState(a: ExtensionFacts, b: ExtensionFacts): boolean {
  const lamps = a === b ? [] : Object.keys(a.lamps);
  return (
    a === b ||
    (a.line === b.line &&
      samePresentity(a.presentity, b.presentity) &&
      lamps.length === Object.keys(b.lamps).length &&
      lamps.every((lamp) => a.lamps[lamp] === b.lamps[lamp]))
  );
}
