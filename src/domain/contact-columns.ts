// What a column of a contact file can be taken for. The names are used on the wire of the import, in the portal and by the
// readers of the formats. Pure.

/** Several columns may have the same target of a number, an e-mail or an address: they are taken in the order of the file. `name` is a full name. */
export const COLUMN_TARGETS = [
  'id',
  'name',
  'firstName',
  'middleName',
  'lastName',
  'company',
  'title',
  'number:business',
  'number:mobile',
  'number:home',
  'number:business_fax',
  'number:home_fax',
  'number:other',
  'email:work',
  'email:home',
  'email:other',
  'remark',
  ...['work', 'home', 'other'].flatMap((type) =>
    ['street', 'city', 'state', 'zip', 'country'].map((part) => `address:${type}:${part}`),
  ),
] as readonly string[];

export function isColumnTarget(text: string): boolean {
  return COLUMN_TARGETS.includes(text);
}
