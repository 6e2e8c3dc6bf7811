// A hint taken apart: `PJSIP/1001&Custom:DND1001,CustomPresence:1001` is phones, a DND device and a presentity. Pure.

export interface Hint {
  /** Devices that are phones, of any technology, as the hint writes them. */
  readonly phones: readonly string[];
  /** The DND device as the hint writes it. */
  readonly lamp?: string;
  readonly presentity?: string;
}

/** A hint with more devices than this is not read further. */
const MOST_PARTS = 32;

/**
 * The same device for Asterisk: the technology or provider counts in any case, the name after it as it is.
 * `pjsip/alice` is `PJSIP/alice` and is not `PJSIP/Alice`.
 */
export function deviceKey(name: string): string {
  const end = name.search(/[/:]/);
  return end < 0 ? name.toLowerCase() : name.slice(0, end).toLowerCase() + name.slice(end);
}

/**
 * Reads a hint of an extension whose DND device and presentity would be `dndDevice` and `presentity` by the settings. Of
 * several presentities that one is taken, else the first.
 */
export function parseHint(text: string, dndDevice: string, presentity: string): Hint {
  const [devices = '', presentities = ''] = text.split(',', 2);
  const lampKey = deviceKey(dndDevice);
  const phones: string[] = [];
  let lamp: string | undefined;
  for (const device of parts(devices)) {
    if (deviceKey(device) === lampKey) lamp = device;
    else phones.push(device);
  }
  const offered = parts(presentities);
  const chosen = offered.find((name) => deviceKey(name) === deviceKey(presentity)) ?? offered[0];
  return { phones, ...(lamp ? { lamp } : {}), ...(chosen ? { presentity: chosen } : {}) };
}

function parts(list: string): string[] {
  const byKey = new Map<string, string>();
  for (const part of list.split('&', MOST_PARTS)) {
    const name = part.trim();
    if (name && !byKey.has(deviceKey(name))) byKey.set(deviceKey(name), name);
  }
  return [...byKey.values()];
}

/** Whether an extension number may stand in an action that is sent to Asterisk. */
export function isSafeNumber(number: string): boolean {
  return /^[0-9A-Za-z*#+_.-]{1,40}$/.test(number);
}

/** Whether the name of a device or presentity may stand in an action that is sent to Asterisk. */
export function isSafeDevice(name: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z_.+*#@:/-]{0,79}$/.test(name);
}
