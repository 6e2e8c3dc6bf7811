// The tables of contacts that well-known programs write, told apart by their headers, and what each of their columns means.
// Knows no cell.
import { keyOf, wordsOf } from './header-words.ts';
import { FREEPBX, GOOGLE, NETHVOICE, OUTLOOK, type Table, THREE_CX, XIVO, YEASTAR_S } from './layout-tables.ts';
import { type AddressPart, type Meaning, meaningOf } from './meaning.ts';
import { type TemplateColumn, templateColumn } from './template.ts';

export interface Layout {
  /** For people. */
  readonly name: string;
  /** `keys`: the headers of the file as keyOf gives them. */
  fits(keys: ReadonlySet<string>): boolean;
  /** Null: the column is left aside. Undefined: as its words say. */
  meaning(header: string): Meaning | null | undefined;
}

function fromTable(table: Table): (header: string) => Meaning | null {
  return (header) => {
    const key = keyOf(header);
    const plain = key.replace(/\d+$/, '');
    const target = [key, plain].map((name) => (Object.hasOwn(table, name) ? table[name] : undefined)).find(Boolean);
    // Street, Street 2 and Street 3 are lines of one address.
    return target === undefined ? null : meaningOf(target, target.split(':')[1]);
  };
}

function hasSome(keys: ReadonlySet<string>, ...some: readonly string[]): boolean {
  return some.some((key) => keys.has(key));
}

function hasAll(keys: ReadonlySet<string>, ...all: readonly string[]): boolean {
  return all.every((key) => keys.has(key));
}

const GOOGLE_PARTS: Readonly<Record<string, AddressPart>> = {
  'po box': 'street',
  street: 'street',
  'extended address': 'street',
  formatted: 'street',
  city: 'city',
  region: 'state',
  'postal code': 'zip',
  country: 'country',
};

function google(header: string): Meaning | null {
  const [, kind, slot = '', rest = ''] = /^(phone|e mail|address) (\d+) (.+)$/.exec(wordsOf(header)) ?? [];
  if (kind === undefined) return fromTable(GOOGLE)(header);
  const isLabel = rest === 'label' || rest === 'type';
  if (kind === 'phone') {
    if (isLabel) return { holds: 'numberType', slot };
    return rest === 'value' ? { holds: 'number', type: 'other', slot } : null;
  }
  if (kind === 'e mail') {
    if (isLabel) return { holds: 'emailType', slot };
    return rest === 'value' ? { holds: 'email', type: 'other', slot } : null;
  }
  if (isLabel) return { holds: 'addressType', slot };
  const part = Object.hasOwn(GOOGLE_PARTS, rest) ? GOOGLE_PARTS[rest] : undefined;
  if (!part) return null;
  return { holds: 'address', type: 'other', part, slot, ...(rest === 'formatted' ? { spare: true } : {}) };
}

function freepbx(header: string): Meaning | null {
  const [, slot = '', rest] = /^phone (\d+) (number|type|extension|flags)$/.exec(wordsOf(header)) ?? [];
  switch (rest) {
    case 'number':
      return { holds: 'number', type: 'business', slot };
    case 'type':
      return { holds: 'numberType', slot };
    case 'extension':
      return { holds: 'numberExtension', slot };
    case 'flags':
      return { holds: 'numberFlags', slot };
    default:
      return fromTable(FREEPBX)(header);
  }
}

/** Undefined for what somebody has added to the template. */
function template(header: string): Meaning | null | undefined {
  const column = templateColumn(wordsOf(header));
  return column && ofTemplate(column);
}

function ofTemplate(column: TemplateColumn): Meaning | null {
  switch (column.holds) {
    case 'phonebook':
      return null;
    case 'number':
      return { holds: 'number', type: column.type };
    case 'email':
      return { holds: 'email', type: 'work', slot: String(column.place) };
    case 'emailType':
    case 'addressType':
      return { holds: column.holds, slot: String(column.place) };
    case 'addressPart':
      return { holds: 'address', type: 'work', part: column.part, slot: String(column.place) };
    default:
      return { holds: column.holds };
  }
}

const hasTemplate = (keys: ReadonlySet<string>): boolean =>
  keys.has('businessnumber') && hasSome(keys, 'firstname', 'lastname', 'companyname');
const hasNumbered = (keys: ReadonlySet<string>, end: string): boolean =>
  [...keys].some((key) => /^(?:phone|email)\d+/.test(key) && key.endsWith(end));

/** The first one that fits is taken. */
export const LAYOUTS: readonly Layout[] = [
  { name: 'Google', fits: (keys) => hasNumbered(keys, 'label'), meaning: google },
  {
    name: 'Google',
    fits: (keys) => hasAll(keys, 'phoneticfirstname', 'organizationname'),
    meaning: google,
  },
  {
    name: 'Google (before 2024)',
    fits: (keys) => hasNumbered(keys, 'type') && hasSome(keys, 'givenname', 'name', 'email1value', 'phone1value'),
    meaning: google,
  },
  {
    name: 'FreePBX',
    fits: (keys) => keys.has('phone1number') && hasSome(keys, 'displayname', 'fname', 'lname'),
    meaning: freepbx,
  },
  {
    name: 'new Outlook',
    fits: (keys) => hasAll(keys, 'emailaddress', 'givenyomi', 'nickname'),
    meaning: fromTable(OUTLOOK),
  },
  {
    name: 'Outlook',
    fits: (keys) => hasAll(keys, 'emailaddress', 'firstname') && hasSome(keys, 'businessphone', 'mobilephone'),
    meaning: fromTable(OUTLOOK),
  },
  {
    name: 'Rollcall',
    fits: (keys) => hasTemplate(keys) && hasAll(keys, 'id', 'jobtitle'),
    meaning: template,
  },
  { name: 'Yeastar P-Series', fits: hasTemplate, meaning: template },
  {
    name: 'Yeastar S-Series',
    fits: (keys) => hasAll(keys, 'firstname', 'worknumber'),
    meaning: fromTable(YEASTAR_S),
  },
  {
    name: 'NethVoice',
    fits: (keys) => hasAll(keys, 'name', 'workphone', 'cellphone'),
    meaning: fromTable(NETHVOICE),
  },
  {
    name: 'XiVO',
    fits: (keys) => hasSome(keys, 'displayname', 'lastname') && hasSome(keys, 'officenumber', 'mobilenumber'),
    meaning: fromTable(XIVO),
  },
  {
    name: '3CX',
    fits: (keys) => hasAll(keys, 'firstname', 'business', 'mobile') && hasSome(keys, 'business2', 'businessfax'),
    meaning: fromTable(THREE_CX),
  },
];
