// Finds contacts by number in the database: one question, of a few steps in one index for each book and key, however many share a number.
import type { Sql } from 'postgres';
import { NUMBER_HITS, type NumberQuestion, type Row } from '../../service/store.ts';
import { formOf, formsEnding } from './numbers-forms.ts';
import type { Stored } from './search-contacts.ts';
import { joined } from './wire.ts';

/** The function is in migrations/0002-contact-index.ts. */
const STATEMENT = `select id, value, rev from rollcall.contacts_by_number_1(
  string_to_array($1, e'\\x01'), string_to_array($2, e'\\x01'), $3::text, $4::text, $5::int)`;

/** As byNumber of the port; `scopes` as the table has them, `rowOf` makes rows of what it has,
 * undefined: of what is no row. Rejects as the library does. */
export async function contactsByNumber(
  sql: Sql,
  { scopes, keys, ending }: NumberQuestion,
  lastDigits: number,
  rowOf: (stored: Stored) => Row | undefined,
): Promise<Row[]> {
  if (scopes.length === 0) return [];
  const [low = null, high = null] = ending?.length === lastDigits ? (formsEnding(ending) ?? []) : [];
  const values = [joined([...new Set(scopes)]), joined([...new Set(keys.map(formOf))]), low, high, NUMBER_HITS];
  const stored = await sql.unsafe<Stored[]>(STATEMENT, values, { prepare: true });
  return stored.flatMap((one) => rowOf(one) ?? []);
}
