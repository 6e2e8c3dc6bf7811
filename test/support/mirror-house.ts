// The mirror of company numbers over a house of contacts, an AstDB on paper and a PBX played by hand; and ways to wait for it.
import { AstdbMirror } from '../../src/pbx/astdb-mirror.ts';
import { Mirror } from '../../src/service/mirror.ts';
import type { GivenPermission } from '../../src/service/rules-setting.ts';
import { SiteNumbers } from '../../src/service/site-numbers.ts';
import { type ContactsHouse, NUMBERING, OPERATOR, openHouseOfFour } from './contacts-house.ts';
import { FakePbx } from './fake-pbx.ts';
import { PaperAstdb } from './paper-astdb.ts';

/** Opens the company's books to everyone. */
export const TO_ALL: GivenPermission = { id: 'all', who: { everyone: true }, books: '*', view: true, manage: false };
/** Lets 1001 manage them. */
export const MANAGER: GivenPermission = {
  ...{ id: 'manager', who: { extension: '1001' }, books: '*' as const },
  ...{ view: true, manage: true },
};

interface MirrorHouseParts {
  readonly house?: ContactsHouse;
  readonly astdb?: PaperAstdb;
  readonly family?: string;
  readonly rules?: readonly GivenPermission[];
  /** Digits in front of the numbers of the PBX, at a site of the name paris. */
  readonly prefix?: string;
}

/** The mirror is not started; a daemon after a restart is made of the house and the AstDB of the one before. */
export async function openMirrorHouse({
  family = 'cidname',
  astdb = new PaperAstdb(),
  ...parts
}: MirrorHouseParts = {}) {
  const house = parts.house ?? (await openHouseOfFour());
  const pbx = new FakePbx();
  const place = new AstdbMirror({ link: astdb.link, family });
  const { store, access, clock, said } = house;
  const report = (event: string, fields?: object) => void said.push([event, fields as never]);
  const numbers = parts.prefix && { numbers: new SiteNumbers(store, { name: 'paris', prefix: parts.prefix }) };
  const shared = { store, access, clock, report, numbering: NUMBERING };
  const mirror = new Mirror({ ...shared, ...numbers, pbx, place, isOn: family !== '' });
  const open = (...rules: readonly GivenPermission[]) => house.rules.setPermissions(OPERATOR, rules);
  if (parts.rules) await open(...parts.rules);

  /** Lets time pass until what `look` gives is as wanted; gives what it is in the end. */
  const comesTo = async (look: () => unknown, wanted: unknown): Promise<unknown> => {
    for (let turn = 0; turn < 3_000 && JSON.stringify(look()) !== JSON.stringify(wanted); turn += 1) {
      if (turn % 5 === 0) clock.pass(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return look();
  };
  const names = () => astdb.family('cidname');
  return {
    ...{ house, astdb, pbx, mirror, open, comesTo, names },
    /** Starts and connects. */
    start: () => {
      mirror.start();
      pbx.snapshot();
    },
    /** The link goes, and comes back. */
    cut: () => {
      astdb.link.down();
      pbx.cut();
    },
    back: () => {
      astdb.writesLeft = Number.POSITIVE_INFINITY;
      astdb.link.up();
      pbx.snapshot();
    },
    /** The reports about the mirror, and forgets them. */
    said: () => said.splice(0).filter(([event]) => event.startsWith('mirror.')),
  };
}

/** What AstDB holds of a number of London, by all its spellings. */
export function spelled(national: string, name: string): Record<string, string> {
  return Object.fromEntries(
    [`+44${national}`, `44${national}`, `0${national}`, `0044${national}`].map((key) => [key, name]),
  );
}
