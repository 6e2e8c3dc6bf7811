// The header by which a column is recognised again as what it was taken for, for files that have none or another one. Pure.

const HEADERS: Readonly<Record<string, string>> = {
  id: 'ID',
  name: 'Name',
  firstName: 'First Name',
  middleName: 'Middle Name',
  lastName: 'Last Name',
  company: 'Company Name',
  title: 'Job Title',
  remark: 'Remark',
  'number:business': 'Business Number',
  'number:mobile': 'Mobile Number',
  'number:home': 'Home Number',
  'number:business_fax': 'Business Fax',
  'number:home_fax': 'Home Fax',
  'number:other': 'Other Number',
};
const PARTS: Readonly<Record<string, string>> = {
  street: 'Street',
  city: 'City',
  state: 'State',
  zip: 'ZIP Code',
  country: 'Country',
};
const PLACES: Readonly<Record<string, string>> = { work: 'Work', home: 'Home', other: 'Other' };

/** `target`: one of COLUMN_TARGETS; null for a column that is left aside, which is named by its place, from 0. */
export function writtenHeader(target: string | null, index: number): string {
  const known = target === null ? `Column ${index + 1}` : HEADERS[target];
  if (known !== undefined) return known;
  const [, type = '', part = ''] = target?.split(':') ?? [];
  return `${PLACES[type]} ${PARTS[part] ?? 'Email'}`;
}
