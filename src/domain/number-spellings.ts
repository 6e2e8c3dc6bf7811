// The spellings in which a trunk may present the number of a key: what somebody has to look for who cannot read numbers. Pure.
import metadata from 'libphonenumber-js/min/metadata';
import { planOfCountry } from './numbering-plan.ts';
import { type Numbering, numberKey } from './phone-number.ts';

/** The column of libphonenumber-js's table with what is dialled before a national number. */
const TRUNK = 5;
/** Countries in North America write their numbers without the 1 that is dialled. */
const NORTH_AMERICA = '1';
/** What is dialled before an international number; of several ways in one country the first of these is its own. */
const ABROAD = ['00', '001', '011', '0011', '010', '810', '119', '000', '009'] as const;
/** No plan has longer numbers. */
const PUBLIC = /^\+\d{2,20}$/;
const HOUSE = /^#\d{2,20}$/;

/**
 * Of a number of the public network: with + and without it, as it is written in the country, and as it is dialled from there
 * as if it were abroad. Of any other number its digits. All are digits, perhaps with + in front, and each is read back as this
 * key and no other. None for a line behind a number, for a code, and for a single digit or more than 20.
 */
export function trunkSpellings(key: string, numbering: Numbering): readonly string[] {
  if (HOUSE.test(key)) return [key.slice(1)].filter((digits) => numberKey(digits, numbering) === key);
  if (!PUBLIC.test(key)) return [];
  const digits = key.slice(1);
  const plan = planOfCountry(numbering.country);
  const spellings = [key, digits];
  if (plan && digits.startsWith(plan.callingCode)) {
    const before = plan.callingCode === NORTH_AMERICA ? '' : trunkPrefix(numbering.country);
    spellings.push(before + digits.slice(plan.callingCode.length));
  }
  const abroad = ABROAD.find((before) => plan?.abroad?.exec(before)?.[0] === before) ?? '00';
  spellings.push(abroad + digits);
  return [...new Set(spellings)].filter((spelling) => numberKey(spelling, numbering) === key);
}

function trunkPrefix(country: string): string {
  const countries: Readonly<Record<string, unknown>> = metadata.countries;
  const columns = Object.hasOwn(countries, country) ? countries[country] : undefined;
  const prefix = Array.isArray(columns) ? columns[TRUNK] : undefined;
  return typeof prefix === 'string' && /^\d+$/.test(prefix) ? prefix : '';
}
