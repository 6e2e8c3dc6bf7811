// What has to be known of an extension's phones before they are made to ring: which are there, where they dial, and as whom they
// call. Asks with Getvar alone, which needs no write class that could read secrets; makes no call.
import type { Link } from '../ami/link-port.ts';
import { getvars } from '../lists.ts';
import type { Phones } from '../phones.ts';

/** The context of config/asterisk/rollcall.conf that rings several phones. */
export const RING_CONTEXT = 'rollcall-dial';

export interface RingingPhones {
  /** Those that are registered, such as `PJSIP/1001`; none: no phone is there. */
  readonly devices: readonly string[];
  /** How many telephones ring when all of them are called: one device may be registered several times. */
  readonly count: number;
  /** Whether the dialplan has RING_CONTEXT. */
  readonly canRingAll: boolean;
  /** The context in which the first of them dials. */
  readonly context: string;
  /** Whether the number that its calls show is another than that of the extension. */
  readonly hasOwnNumber: boolean;
}

const MOST_DEVICES = 10;
/** A phone that can be called by its name; a `Local` one could be any dialplan. */
const DEVICE = /^(?!Local\/)[A-Za-z][A-Za-z0-9]{0,15}\/[0-9A-Za-z_.+-]{1,79}$/i;
const CONTEXT = /^[^\s,;[\](){}&|"$]{1,79}$/;
const AWAY: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INVALID']);

/** Where a technology keeps the context and the caller ID of a phone. */
const ENDPOINTS: Readonly<Record<string, (peer: string) => readonly string[]>> = {
  pjsip: (peer) => [`PJSIP_ENDPOINT(${peer},context)`, `PJSIP_ENDPOINT(${peer},callerid)`],
  sip: (peer) => [`SIPPEER(${peer},context)`, `SIPPEER(${peer},callerid_num)`],
  iax2: (peer) => [`IAXPEER(${peer},context)`, `IAXPEER(${peer},callerid_num)`],
};

/** What is not answered counts as if nothing spoke against the phone. Never rejects. */
export async function askPhones(link: Link, phones: Phones, extension: string): Promise<RingingPhones> {
  const named = phones
    .phonesOf(extension)
    .filter((device) => DEVICE.test(device))
    .slice(0, MOST_DEVICES);
  const [ringContext, ...states] = await getvars(link, [`DIALPLAN_EXISTS(${RING_CONTEXT},s,1)`, ...named.map(stateOf)]);
  const counts = named.map((device, at) => countOf(device, states[at]));
  const devices = named.filter((_, at) => counts[at] !== 0);
  const [context = '', callerId = ''] = await getvars(link, endpointOf(devices[0] ?? ''));
  const number = /<([^<>]*)>\s*$/.exec(callerId)?.[1] ?? (callerId.includes('"') ? '' : callerId);
  return {
    devices,
    count: counts.reduce<number>((sum, count) => sum + count, 0),
    canRingAll: ringContext === '1',
    context: [context, phones.contextOf(extension) ?? ''].find((name) => CONTEXT.test(name)) ?? '',
    hasOwnNumber: /\d/.test(number) && number !== extension,
  };
}

/** The variable that tells whether the phone is there. */
function stateOf(device: string): string {
  const { tech, peer } = partsOf(device);
  return tech === 'pjsip' ? `PJSIP_DIAL_CONTACTS(${peer})` : `DEVICE_STATE(${device})`;
}

function countOf(device: string, state: string | undefined): number {
  if (state === undefined) return 1;
  const { tech, peer } = partsOf(device);
  if (tech !== 'pjsip') return AWAY.has(state) ? 0 : 1;
  const contacts = ['sip:', 'sips:'].map((scheme) => `PJSIP/${peer}/${scheme}`);
  // What a phone has written behind an `&` is no contact, and RING_CONTEXT does not call it.
  return state.split('&').filter((part) => contacts.some((contact) => part.startsWith(contact))).length;
}

function endpointOf(device: string): readonly string[] {
  const { tech, peer } = partsOf(device);
  return Object.hasOwn(ENDPOINTS, tech) ? (ENDPOINTS[tech]?.(peer) ?? []) : [];
}

function partsOf(device: string): { readonly tech: string; readonly peer: string } {
  const [tech = '', peer = ''] = device.split('/', 2);
  return { tech: tech.toLowerCase(), peer };
}
