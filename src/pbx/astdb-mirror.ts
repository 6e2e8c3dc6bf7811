// Names by number in a family of AstDB, and beside them the markers that say which of the entries are ours. Knows what is
// there only by looking; what is wanted is told by the caller.
import {
  type MirrorEntry,
  MirrorFault,
  type MirrorListing,
  type MirrorPlace,
  type Visit,
} from '../service/mirror-port.ts';
import type { Report } from '../service/report.ts';
import { AmiError, type Link } from './ami/link-port.ts';
import { header } from './ami/message.ts';
import { entryValue, type Held, type Plan, planFor, readMarker, type Wanted } from './mirror-plan.ts';
import { isForbidden, isNotFound, type Privileges, readPrivileges } from './privileges.ts';
import { inSlices } from './slices.ts';

/** The markers are here, by the id of the number. */
const MARKERS = 'ROLLCALL/mirror';
/** Where it is tried whether a part of a family can be listed. */
const TRIAL = 'ROLLCALL/mirror-trial';
/** Numbers in one listing, when it can be had in parts. */
const MOST_LISTED = 5_000;
const LONGEST_ENDING = 2;
const KEY = /^\+?[0-9]{2,34}$/;
const NOTHING_DONE: Visit = { written: 0, removed: 0, foreign: 0 };

/** Families whose entries mean something else to Asterisk and FreePBX: a name there would be a setting. */
const TAKEN = [
  ...['AMPUSER', 'CF', 'CFB', 'CFU', 'CW', 'CustomDevstate', 'CustomPresence', 'DEVICE', 'DND', 'ROLLCALL'],
  ...['registrar', 'SIP', 'IAX', 'pbx', 'Queue', 'dundi', 'RG', 'TC', 'DAYNIGHT', 'blacklist', 'CALLTRACE', 'FM'],
].map((name) => name.toLowerCase());

/** The family to mirror to: that of the settings, or none when it is one that means something else; `dnd` is `pbx.dnd.family`. */
export function mirrorFamily(family: string, dnd: string, report: Report): string {
  const name = family.toLowerCase();
  const isTaken = TAKEN.includes(name) || name === dnd.toLowerCase().split('/')[0];
  if (isTaken) report('mirror.family_taken', { family });
  return isTaken ? '' : family;
}

export interface AstdbMirrorOptions {
  readonly link: Link;
  /** Empty: nothing is mirrored, and what was is only removed. */
  readonly family: string;
}

export class AstdbMirror implements MirrorPlace {
  readonly #link: Link;
  readonly #family: string;
  #listsParts: boolean | undefined;

  constructor({ link, family }: AstdbMirrorOptions) {
    this.#link = link;
    this.#family = family;
  }

  async prepare(): Promise<void> {
    this.#listsParts = undefined;
    const may: Privileges = await this.#try(() => readPrivileges(this.#link));
    const needed = this.#family === '' ? ['DBGet', 'DBGetTree'] : ['DBGet', 'DBGetTree', 'DBPut', 'DBDel'];
    const lacking = needed.filter((action) => !may(action));
    if (lacking.length > 0) throw new MirrorFault('forbidden', `the manager user may not use ${lacking.join(', ')}`);
  }

  async visit(id: string, entry: MirrorEntry | undefined): Promise<Visit> {
    const wanted = wantedOf(entry);
    const text = await this.#get(MARKERS, id);
    if (text === undefined && !wanted) return NOTHING_DONE;
    const marker = text === undefined ? undefined : readMarker(text);
    const values = new Map<string, string | undefined>();
    const look = async (family: string, key: string): Promise<void> => {
      values.set(`${family}/${key}`, await this.#get(family, key));
    };
    const keys = new Map((marker?.keys ?? []).map((key) => [`${marker?.family}/${key}`, [marker?.family ?? '', key]]));
    for (const key of wanted?.keys ?? []) keys.set(`${this.#family}/${key}`, [this.#family, key]);
    await Promise.all([...keys.values()].map(([family = '', key = '']) => look(family, key)));
    return this.#carryOut(
      id,
      this.#plan(text, wanted, (family, key) => values.get(`${family}/${key}`)),
      wanted,
    );
  }

  async list(ending: string): Promise<MirrorListing> {
    if (ending !== '' && !(await this.#mayListParts()))
      throw new MirrorFault('failed', 'AstDB cannot be listed in parts');
    const markers = await this.#tree(MARKERS, ending);
    if (markers.size > MOST_LISTED && ending.length < LONGEST_ENDING && (await this.#mayListParts())) {
      throw new MirrorFault('too_long', `${markers.size} numbers are too many for one listing`);
    }
    const families = new Set(this.#family === '' ? [] : [this.#family]);
    for (const text of markers.values()) families.add(readMarker(text)?.family ?? this.#family);
    const entries = new Map<string, Map<string, string>>();
    for (const family of families) if (family !== '') entries.set(family, await this.#tree(family, ending));
    return {
      ids: markers.keys(),
      visit: async (id, entry) => {
        const wanted = wantedOf(entry);
        const plan = this.#plan(markers.get(id), wanted, (family, key) => entries.get(family)?.get(key));
        const visit = await this.#carryOut(id, plan, wanted);
        for (const { family, key } of plan.drop) entries.get(family)?.delete(key);
        for (const key of plan.put) entries.get(this.#family)?.set(key, wanted?.value ?? '');
        return visit;
      },
    };
  }

  #plan(text: string | undefined, wanted: Wanted | undefined, held: Held): Plan {
    return planFor(this.#family, text, this.#family === '' ? undefined : wanted, held);
  }

  async #carryOut(id: string, { drop, marker, put, foreign }: Plan, wanted: Wanted | undefined): Promise<Visit> {
    await Promise.all(drop.map(({ family, key }) => this.#delete(family, key)));
    if (marker === null) await this.#delete(MARKERS, id);
    else if (marker !== undefined) await this.#put(MARKERS, id, marker);
    await Promise.all(put.map((key) => this.#put(this.#family, key, wanted?.value ?? '')));
    return { written: put.length, removed: drop.length, foreign };
  }

  /** The entries of a family whose keys end with these digits; other keys than those of numbers are left out. */
  async #tree(family: string, ending: string): Promise<Map<string, string>> {
    // Asterisk looks keys up with the LIKE of SQL.
    const part = ending === '' ? {} : { Key: `%${ending}` };
    const items = await this.#try(() => this.#link.list({ Action: 'DBGetTree', Family: family, ...part }), 'too_long');
    const entries = new Map<string, string>();
    const prefix = `/${family}/`;
    await inSlices(items, (item) => {
      const path = header(item, 'key') ?? '';
      const key = path.slice(prefix.length);
      if (path.startsWith(prefix) && KEY.test(key) && key.endsWith(ending)) entries.set(key, header(item, 'val') ?? '');
    });
    return entries;
  }

  /** Whether this Asterisk lists the keys with an ending; tried once for each connection. */
  async #mayListParts(): Promise<boolean> {
    if (this.#listsParts !== undefined) return this.#listsParts;
    await this.#put(TRIAL, '1234', '1');
    const found = await this.#tree(TRIAL, '34');
    const others = await this.#tree(TRIAL, '35');
    await this.#delete(TRIAL, '1234');
    this.#listsParts = found.size === 1 && others.size === 0;
    return this.#listsParts;
  }

  async #get(family: string, key: string): Promise<string | undefined> {
    return this.#try(async () => {
      try {
        const [item] = await this.#link.list({ Action: 'DBGet', Family: family, Key: key });
        return item && (header(item, 'val') ?? '');
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  async #put(family: string, key: string, value: string): Promise<void> {
    await this.#try(() => this.#link.action({ Action: 'DBPut', Family: family, Key: key, Val: value }));
  }

  /** Asterisk refuses when there is no such entry. */
  async #delete(family: string, key: string): Promise<void> {
    try {
      await this.#try(() => this.#link.action({ Action: 'DBDel', Family: family, Key: key }));
    } catch (error) {
      if (!(error instanceof MirrorFault && error.kind === 'failed') || (await this.#get(family, key)) !== undefined) {
        throw error;
      }
    }
  }

  async #try<T>(step: () => Promise<T>, refusal: 'failed' | 'too_long' = 'failed'): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof AmiError)) throw error;
      if (error.kind === 'away') throw new MirrorFault('away', error.message);
      if (isForbidden(error)) throw new MirrorFault('forbidden', error.message);
      throw new MirrorFault(error.kind === 'refused' ? refusal : 'failed', error.message);
    }
  }
}

function wantedOf(entry: MirrorEntry | undefined): Wanted | undefined {
  const value = entry === undefined ? '' : entryValue(entry.name);
  const keys = entry?.spellings.filter((key) => KEY.test(key)) ?? [];
  return value === '' || keys.length === 0 ? undefined : { keys, value };
}
