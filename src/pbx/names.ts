// Names and e-mail addresses as the PBX has them: FreePBX's AMPUSER in AstDB, the caller id of the phone's endpoint
// or peer, voicemail. The first that knows a name gives it. Knows no extension's state.
import type { Link } from './ami/link-port.ts';
import { type AmiMessage, header } from './ami/message.ts';
import type { Details, Extension } from './fact-table.ts';
import { isSafeDevice } from './hint.ts';
import { getvars } from './lists.ts';
import { NAME_LENGTH, plainText } from './plain-text.ts';
import { inBatches, inSlices } from './slices.ts';

const BATCH = 50;
const MOST_DEVICES = 10;
const EMAIL_LENGTH = 255;
/** FreePBX keeps some forty keys for each user, of which two are of use. */
const SMALL_TREE = 5_000;

/** The name part of a caller id such as `"Ann \"A\" Lee" <1001>`; undefined when it has none. */
export function callerName(callerId: string): string | undefined {
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(callerId);
  const bare = /^[^<]*/.exec(callerId)?.[0] ?? '';
  const name = quoted ? (quoted[1] ?? '').replace(/\\(.)/g, '$1') : bare;
  return personName(name);
}

function personName(text: string): string | undefined {
  const name = plainText(text, NAME_LENGTH);
  return name === '' || name === '<unknown>' ? undefined : name;
}

interface Person {
  name?: string;
  email?: string;
  devices?: readonly string[];
}

/** Reads the tree AMPUSER: `cidname` and `device` by extension. */
export async function readAmpUsers(items: readonly AmiMessage[]): Promise<Map<string, Person>> {
  const users = new Map<string, Person>();
  await inSlices(items, (item) => {
    const [, , number, leaf, rest] = (header(item, 'key') ?? '').split('/', 5);
    const value = header(item, 'val');
    if (!number || !value || rest !== undefined || (leaf !== 'cidname' && leaf !== 'device')) return;
    const user = users.get(number) ?? {};
    users.set(number, user);
    const name = leaf === 'cidname' ? personName(value) : undefined;
    if (name) user.name = name;
    if (leaf === 'device') user.devices = value.split('&', MOST_DEVICES).filter(isSafeDevice);
  });
  return users;
}

/** Reads VoicemailUsersList: full name and e-mail by mailbox. */
export async function readMailboxes(items: readonly AmiMessage[]): Promise<Map<string, Person>> {
  const boxes = new Map<string, Person>();
  await inSlices(items, (item) => {
    const number = header(item, 'voicemailbox');
    if (!number || boxes.has(number)) return;
    const name = personName(header(item, 'fullname') ?? '');
    const email = plainText(header(item, 'email') ?? '', EMAIL_LENGTH);
    boxes.set(number, { ...(name ? { name } : {}), ...(/^[^\s@,]+@[^\s@,]+$/.test(email) ? { email } : {}) });
  });
  return boxes;
}

/** The names known so far; each reading replaces what its source said before. */
export class NameBook {
  #ampUsers = new Map<string, Person>();
  #ampUserItems = 0;
  #mailboxes = new Map<string, Person>();
  /** By the variable that holds it; `undefined` for an endpoint without a name. */
  readonly #endpoints = new Map<string, string | undefined>();

  /** What is known of an extension now. */
  details(extension: Extension): Details {
    const { number } = extension;
    const ampUser = this.#ampUsers.get(number);
    const mailbox = this.#mailboxes.get(number);
    const endpoint = endpointOf(extension);
    const name = ampUser?.name ?? (endpoint ? this.#endpoints.get(endpoint) : undefined) ?? mailbox?.name;
    return {
      ...(name && name !== number ? { name } : {}),
      ...(mailbox?.email ? { email: mailbox.email } : {}),
      ...(ampUser?.devices ? { devices: ampUser.devices } : {}),
    };
  }

  /** Whether AMPUSER is so small that it can be read with every check. */
  get isSmall(): boolean {
    return this.#ampUserItems <= SMALL_TREE;
  }

  /** Reads AMPUSER. Rejects with AmiError. */
  async readAmpUsers(link: Link): Promise<void> {
    const items = await link.list({ Action: 'DBGetTree', Family: 'AMPUSER' });
    this.#ampUserItems = items.length;
    this.#ampUsers = await readAmpUsers(items);
  }

  /** Reads the voicemail users. Rejects with AmiError. */
  async readMailboxes(link: Link): Promise<void> {
    this.#mailboxes = await readMailboxes(await link.list({ Action: 'VoicemailUsersList' }));
  }

  /**
   * Asks for the caller ids of the endpoints of these extensions where AMPUSER gives no name, fifty at a time: of all
   * when `fresh`, else of those never asked. Calls `named` with each extension when its name was asked for.
   */
  async readEndpoints(
    link: Link,
    extensions: Iterable<Extension>,
    fresh: boolean,
    named: (extension: Extension) => void,
  ): Promise<void> {
    const unused = new Set(this.#endpoints.keys());
    const asked: Extension[] = [];
    await inSlices(extensions, (extension) => {
      const endpoint = endpointOf(extension);
      if (endpoint === undefined) return;
      unused.delete(endpoint);
      if (this.#ampUsers.get(extension.number)?.name) return;
      if (fresh || !this.#endpoints.has(endpoint)) asked.push(extension);
    });
    for (const endpoint of unused) this.#endpoints.delete(endpoint);
    await inBatches(asked, BATCH, async (some) => {
      const values = await getvars(
        link,
        some.map((extension) => endpointOf(extension) ?? ''),
      );
      some.forEach((extension, i) => {
        const endpoint = endpointOf(extension);
        const value = values[i];
        if (endpoint === undefined) return;
        this.#endpoints.set(endpoint, value === undefined ? this.#endpoints.get(endpoint) : nameIn(endpoint, value));
      });
      await inSlices(some, named);
    });
  }
}

/** The variables that hold the caller id of an endpoint or peer, by technology. */
const CALLER_IDS: ReadonlyMap<string, (peer: string) => string> = new Map([
  ['pjsip', (peer: string) => `PJSIP_ENDPOINT(${peer},callerid)`],
  ['iax2', (peer: string) => `IAXPEER(${peer},callerid_name)`],
  ['sip', (peer: string) => `SIPPEER(${peer},callerid_name)`],
]);

/** The variable that names the extension: the caller id of its first phone, where the technology has one. */
function endpointOf({ hint }: Extension): string | undefined {
  const [, tech = '', peer = ''] = /^([^/]+)\/(.+)$/.exec(hint.phones[0] ?? '') ?? [];
  return isSafeDevice(peer) ? CALLER_IDS.get(tech.toLowerCase())?.(peer) : undefined;
}

/** PJSIP gives a whole caller id, the others its name. */
function nameIn(endpoint: string, value: string): string | undefined {
  return endpoint.startsWith('PJSIP_') ? callerName(value) : personName(value);
}
