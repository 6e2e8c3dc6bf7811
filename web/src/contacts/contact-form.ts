// A contact as it stands in the form of the editor, and the way from its fields to there and back. Rows have keys of their own, so
// that what is wrong with one is shown there, whatever rows were left empty. Pure.
import type {
  ContactAddress,
  ContactFields,
  ContactNumber,
  NumberType,
  ParamsOf,
  PlaceType,
} from '../../../client/types.ts';

const LINES = ['firstName', 'lastName', 'company', 'title'] as const;
export type Line = (typeof LINES)[number];
export const PARTS = ['street', 'zip', 'city', 'state', 'country'] as const;
export type Part = (typeof PARTS)[number];

interface NumberRow {
  readonly key: string;
  readonly type: NumberType;
  readonly number: string;
}
interface EmailRow {
  readonly key: string;
  readonly type: PlaceType;
  readonly address: string;
}
export type AddressRow = { readonly key: string; readonly type: PlaceType } & Readonly<Record<Part, string>>;

export interface ContactForm extends Readonly<Record<Line, string>> {
  readonly remark: string;
  readonly numbers: readonly NumberRow[];
  readonly emails: readonly EmailRow[];
  readonly addresses: readonly AddressRow[];
}

export type Patch = ParamsOf<'contacts.update'>['patch'];

let lastKey = 0;
/** A key that no other row has. */
export function rowKey(): string {
  return `row${++lastKey}`;
}

/** Of a contact, or of a new one with at most a number. There is always a row to enter a number in. */
export function formOf(fields: ContactFields | undefined, number = ''): ContactForm {
  const { firstName = '', lastName = '', company = '', title = '', remark = '' } = fields ?? {};
  const numbers: readonly ContactNumber[] = fields?.numbers ?? [{ type: 'business', number }];
  return {
    firstName,
    lastName,
    company,
    title,
    remark,
    numbers: numbers.map(({ type, number: text }) => ({ key: rowKey(), type, number: text })),
    emails: (fields?.emails ?? []).map(({ type, address }) => ({ key: rowKey(), type, address })),
    addresses: (fields?.addresses ?? []).map((address) => addressRow(address)),
  };
}

export function addressRow({
  type,
  street = '',
  zip = '',
  city = '',
  state = '',
  country = '',
}: ContactAddress): AddressRow {
  return { key: rowKey(), type, street, zip, city, state, country };
}

/** What is entered, without rows and lines that are empty. */
export function fieldsOf(form: ContactForm): ContactFields {
  const fields: { -readonly [F in keyof ContactFields]?: ContactFields[F] } = {};
  for (const line of LINES) if (form[line].trim() !== '') fields[line] = form[line].trim();
  if (form.remark.trim() !== '') fields.remark = form.remark.trim();
  const [emails, addresses] = [filled(form.emails), filled(form.addresses)];
  if (emails.length > 0) fields.emails = emails.map(({ type, address }) => ({ type, address: address.trim() }));
  if (addresses.length > 0) fields.addresses = addresses.map(addressOf);
  return { ...fields, numbers: filled(form.numbers).map(({ type, number }) => ({ type, number: number.trim() })) };
}

function addressOf(row: AddressRow): ContactAddress {
  const parts = PARTS.filter((part) => row[part].trim() !== '').map((part) => [part, row[part].trim()] as const);
  return { type: row.type, ...Object.fromEntries(parts) };
}

/** Rows in which something is entered. */
function filled<R extends object>(rows: readonly R[]): R[] {
  const told = (row: R) =>
    Object.entries(row).some(([key, text]) => !['key', 'type'].includes(key) && text.trim() !== '');
  return rows.filter(told);
}

const FIELDS = [...LINES, 'remark', 'numbers', 'emails', 'addresses'] as const;
export type FieldName = (typeof FIELDS)[number];

/** The fields that say something else, in the order of the form. */
export function changedFields(before: ContactFields, after: ContactFields): FieldName[] {
  return FIELDS.filter((name) => textOf(before[name]) !== textOf(after[name]));
}

/** What changes a contact from `before` to `after`: only the fields that differ; null for one that is empty now. */
export function patchOf(before: ContactFields, after: ContactFields): Patch {
  return Object.fromEntries(changedFields(before, after).map((name) => [name, after[name] ?? null]));
}

/** The same text for the same meaning, whatever the order of keys. */
function textOf(value: ContactFields[FieldName]): string {
  if (typeof value === 'string' || value === undefined) return value ?? '';
  if (value.length === 0) return '';
  return JSON.stringify(value.map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Where in the form a thing is wrong: a line, a list, or `numbers.<key of the row>.number`; empty for the whole. */
export type FormIssues = Readonly<Record<string, string>>;

/** The issues of a refused request at their places in the form; `told` puts one into words. */
export function placeIssues(
  form: ContactForm,
  issues: readonly { readonly path: string; readonly message: string }[],
  told: (message: string) => string,
): FormIssues {
  const placed: Record<string, string> = {};
  for (const { path, message } of issues) {
    const [list = '', index = '', part = ''] = path.replace(/^(contact|patch)\.?/, '').split('.');
    const rows =
      list === 'numbers' || list === 'emails' || list === 'addresses' ? filled<{ key: string }>(form[list]) : [];
    const row = rows[Number(index)];
    const at = index !== '' && row ? [list, row.key, part].filter(Boolean).join('.') : list;
    placed[at] ??= told(message);
  }
  return placed;
}
