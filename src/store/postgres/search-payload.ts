// What the database indexes of a contact, worked out here so that it follows src/domain/ alone: the second argument of
// `rollcall.index_contacts_1`. Knows no SQL.
import { searchable } from '../../domain/search.ts';
import { type ContactRow, ownerOf } from '../../service/contact-row.ts';
import { formsOf } from './numbers-forms.ts';
import { bitsOf } from './search-bits.ts';
import { digitsText, lexemesOf } from './search-lexemes.ts';
import { ordered } from './search-order.ts';

/** Raised by hand whenever the same contact gets another payload than before: all are then indexed again (search-again.ts). */
export const INDEX_RULES = 1;

/** An entry of an index may have 2,700 bytes. Who is called the same up to here is in the order of ids. */
const LONGEST_NAME = 1500;

/** JSON. `value`: of a row of `contacts`. */
export function contactIndex(value: object): string {
  const {
    book,
    fields,
    keys,
    created = '',
  } = value as Partial<ContactRow> & Pick<ContactRow, 'book' | 'fields' | 'keys'>;
  const contact = searchable(fields, keys);
  return JSON.stringify({
    rules: INDEX_RULES,
    shared: ownerOf(book) === undefined,
    name: bounded(ordered(contact.name)),
    words: lexemesOf(contact),
    bits: Object.values(bitsOf(contact)),
    digits: digitsText(contact.digits),
    created: ordered(created),
    ...formsOf(keys),
  });
}

function bounded(text: string): string {
  if (text.length * 3 <= LONGEST_NAME) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_NAME) return text;
  return bytes
    .subarray(0, LONGEST_NAME)
    .toString()
    .replace(/\ufffd+$/, '');
}
