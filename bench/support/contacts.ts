// Made-up contacts, the same for the same seed: names with accents, firms, numbers in the spellings people use, now and then an
// address or a remark; some 450 bytes each as the store keeps them.
import { type ContactFields, type ContactNumber, NUMBER_TYPES } from '../../src/domain/contact.ts';
import { type ContactRow, FIRST_BOOK } from '../../src/service/contact-row.ts';
import { keysOf } from '../../src/service/numbering.ts';

export interface MadeContact {
  readonly id: string;
  readonly row: ContactRow;
}

export interface Batch {
  readonly count: number;
  readonly book?: string;
  readonly seed?: number;
}

const FIRST_NAMES = (
  'Ada Zoë José Łukasz Søren Amélie Günter Šárka Noël Ramón Ingrid Björn Chloé Dvořák Élodie François Gülşen Håkon Inês Jürgen ' +
  'Katarína Léa Márta Núria Óscar Pénélope Quentin René Siân Tomáš Ulrike Václav Wiesława Xènia Yıldız Zdeněk Alice Benjamin ' +
  'Charlotte Daniel Eleanor Frederick Grace Henry Isabel Jacob Katherine Lawrence Margaret Nathan Olivia Patrick Rosalind Samuel ' +
  'Theodora Victor Winifred Abena Kwame Priya Rajesh Mei Hiroshi Fatima Omar'
).split(' ');

const LAST_NAMES = (
  'Lovelace Müller García Kowalski Sørensen Dubois Weiß Nováková Lefèvre Fernández Lindström Åkesson Moreau Dvořáková Peñalver ' +
  'Öztürk Haugen Gonçalves Schröder Horváth Bécquer Nagy Puigdollers Núñez Châtelain Llewellyn Svoboda Krüger Wiśniewska Ferrer ' +
  'Yılmaz Procházka Hopper Babbage Whitfield Ashworth Pemberton Okonkwo Mensah Chaudhary Banerjee Tanaka Watanabe Nguyen Haddad ' +
  'Rahman MacAllister O’Brien Fitzgerald Van_der_Berg De_la_Cruz Saint-Exupère Smythe Holloway Castellano Bianchi Rossi Ferrari ' +
  'Papadopoulos Ivanova Petrović Kovačević Jõgi Bērziņš Žukauskas Ólafsdóttir Virtanen Mäkinen'
)
  .split(' ')
  .map((name) => name.replaceAll('_', ' '));

const FIRM_NAMES = (
  'Northwind Brightwater Ironbridge Silverleaf Kestrel Harbour Meridian Copperfield Thornbury Larkspur Quayside Elmwood Granite ' +
  'Fjordland Königstein Montségur Bełchatów Malmö Coruña Zürichsee Aurora Beacon Cobalt Drumlin Everglade Foxglove Greyfriars'
).split(' ');
const FIRM_TRADES = (
  'Logistics Engineering Dental_Practice Bakeries Insurance Timber Instruments Catering Solicitors Surveyors Print Software ' +
  'Freight Optics Gardens Roofing Veterinary_Clinic Accountants'
)
  .split(' ')
  .map((trade) => trade.replaceAll('_', ' '));
const FIRM_FORMS = ['Ltd', 'GmbH', 'S.A.', 'AB', '& Sons', 'Group', 's.r.o.', 'plc'];
const TITLES = 'Purchasing|Head of Sales|Reception|Managing Director|Site Engineer|Accounts|Support, second line'.split(
  '|',
);
const REMARKS = [
  'Prefers a call before noon.',
  'Only by appointment; ask for the key at the gate.',
  'Invoices to the head office, deliveries to the yard.',
  'Speaks French and German. Back from leave in spring.',
];
const STREETS = ['Wharf Road', 'Königsallee', 'Rue de la Paix', 'Mill Lane', 'Øster Søgade', 'Calle Mayor'];
const CITIES = ['London', 'Düsseldorf', 'Orléans', 'Leeds', 'København', 'A Coruña'];
/** Of the settings when nothing is set. */
export const NUMBERING = { country: 'GB', outsideLine: '' };
const USERS = 500;
const NEWEST = Date.UTC(2026, 10, 20);
const TWO_YEARS_MS = 730 * 86_400_000;

/** Numbers between 0 and 1, always the same for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  digits(count: number): string {
    return String(this.below(10 ** count)).padStart(count, '0');
  }
}

/** Contacts of one book, in no order. */
export function* madeContacts({ count, book = FIRST_BOOK, seed = 1 }: Batch): Generator<MadeContact> {
  const dice = new Dice(seed);
  for (let i = 0; i < count; i++) yield { id: idOf(dice), row: rowOf(dice, book) };
}

function rowOf(dice: Dice, book: string): ContactRow {
  const fields = fieldsOf(dice);
  const created = NEWEST - dice.below(TWO_YEARS_MS);
  const updated = created + dice.below(NEWEST - created + 1);
  const user = () => String(1_000 + dice.below(USERS));
  return {
    book,
    rev: 1 + dice.below(9),
    fields,
    keys: keysOf(fields, NUMBERING),
    created: new Date(created).toISOString(),
    updated: new Date(updated).toISOString(),
    createdBy: user(),
    updatedBy: user(),
  };
}

function fieldsOf(dice: Dice): ContactFields {
  const firstName = dice.of(FIRST_NAMES);
  const lastName = dice.of(LAST_NAMES);
  const firm = `${dice.of(FIRM_NAMES)} ${dice.of(FIRM_TRADES)}`;
  const domain = `${plain(firm)}.example`;
  return {
    firstName,
    lastName,
    ...(dice.chance(0.8) ? { company: `${firm} ${dice.of(FIRM_FORMS)}` } : {}),
    ...(dice.chance(0.4) ? { title: dice.of(TITLES) } : {}),
    numbers: Array.from({ length: 1 + dice.below(2) + dice.below(2) }, () => numberOf(dice)),
    ...(dice.chance(0.7)
      ? { emails: [{ type: 'work', address: `${plain(firstName)}.${plain(lastName)}@${domain}` }] }
      : {}),
    ...(dice.chance(0.1) ? { addresses: [addressOf(dice)] } : {}),
    ...(dice.chance(0.3) ? { remark: dice.of(REMARKS) } : {}),
  };
}

function addressOf(dice: Dice): NonNullable<ContactFields['addresses']>[number] {
  const at = dice.below(CITIES.length);
  const street = `${STREETS[at]} ${1 + dice.below(200)}`;
  return { type: 'work', street, city: CITIES[at] as string, zip: dice.digits(5) };
}

/** A number as somebody wrote it, in Great Britain, of here or abroad. */
function numberOf(dice: Dice): ContactNumber {
  const four = dice.digits(4);
  const six = dice.digits(6);
  const area = dice.of(['113', '114', '115', '116', '117']);
  const state = dice.of(['212', '415', '617', '305']);
  const [a, b, c, d] = [1, 2, 3, 4].map(() => dice.digits(2));
  const number = dice.of([
    `020 7946 ${four}`,
    `(020) 7946-${four}`,
    `+44 20 7946 ${four}`,
    `00 44 20 7946 ${four}`,
    `0207946${four}`,
    `+44 (0)20 7946 ${four}`,
    `07700 ${six}`,
    `+447700${six}`,
    `07700-${six}`,
    `00447700${six}`,
    `0${area} 496 ${four}`,
    `(0${area}) 496 ${four}`,
    `+44${area}496${four}`,
    `+49 30 2${a}${b} ${four}`,
    `0049 30 2${a}${b}${four}`,
    `+1 (${state}) 555-${four}`,
    `+1 ${state}.555.${four}`,
    `001${state}555${four}`,
    `+33 1 ${a} ${b} ${c} ${d}`,
    `+331${a}${b}${c}${d}`,
  ]);
  return { type: dice.of(NUMBER_TYPES), number };
}

/** A UUID, version 4. */
function idOf(dice: Dice): string {
  const hex = Array.from({ length: 8 }, () => dice.below(0x10000).toString(16).padStart(4, '0'));
  const [a, b, c, d, e, f, g, h] = hex as [string, string, string, string, string, string, string, string];
  return `${a}${b}-${c}-4${d.slice(1)}-a${e.slice(1)}-${f}${g}${h}`;
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 -]/g, '')
    .toLowerCase()
    .replaceAll(' ', '-');
}
