// What the world's numbering plans say of digits: which country a number belongs to, what is dialled before it at home, how long
// it may be. Reads the tables of libphonenumber as compiled by libphonenumber-js, by the same rules. Pure.
import metadata from 'libphonenumber-js/min/metadata';

/** The plan of one country, or of several that share a calling code. */
export interface Plan {
  readonly callingCode: string;
  /** What stands before an international number dialled from here, such as 00. */
  readonly abroad: RegExp | undefined;
  /** A whole national number, without what is dialled before it at home. */
  readonly valid: RegExp;
  readonly lengths: readonly number[];
  /** What is dialled before a national number at home, such as 0; may hold groups. */
  readonly trunk: RegExp | undefined;
  /** What the number becomes when the last group of `trunk` was found. */
  readonly rule: string | undefined;
}

/** The columns of libphonenumber-js's table that are needed here; 0 stands for absent. */
type Columns = readonly [code: string, abroad: string | 0, valid: string, lengths: readonly number[], ...unknown[]];
const TRUNK = 5;
const TRUNK_FOR_PARSING = 7;
const TRUNK_RULE = 8;

const MOST_DIGITS = 17;
const plans = new Map<string, Plan | undefined>();

/** The plan of a country (two capitals); `undefined` for an unknown one. */
export function planOfCountry(country: string): Plan | undefined {
  const known = plans.get(country);
  if (known) return known;
  const countries: Readonly<Record<string, unknown>> = metadata.countries;
  const columns = Object.hasOwn(countries, country) ? countries[country] : undefined;
  return columns === undefined ? undefined : keep(country, columns as Columns);
}

/** The plan to which an international number (digits after +) belongs, by its calling code. */
export function planOfNumber(digits: string): Plan | undefined {
  for (let length = 1; length <= 3 && length < digits.length; length += 1) {
    const code = digits.slice(0, length);
    const known = plans.get(code);
    if (known) return known;
    const columns = columnsOfCode(code);
    if (columns) return keep(code, columns);
  }
  return undefined;
}

function columnsOfCode(code: string): Columns | undefined {
  const codes: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;
  const countries: Readonly<Record<string, unknown>> = metadata.countries;
  const apart: Readonly<Record<string, unknown>> = metadata.nonGeographic;
  const main = Object.hasOwn(codes, code) ? codes[code]?.[0] : undefined;
  if (main !== undefined) return countries[main] as Columns | undefined;
  return Object.hasOwn(apart, code) ? (apart[code] as Columns) : undefined;
}

function keep(name: string, columns: Columns): Plan {
  const trunk = columns[TRUNK_FOR_PARSING] || columns[TRUNK];
  const rule = columns[TRUNK_RULE];
  const plan: Plan = {
    callingCode: columns[0],
    abroad: columns[1] ? new RegExp(`^(?:${columns[1]})`) : undefined,
    valid: new RegExp(`^(?:${columns[2]})$`),
    lengths: columns[3],
    trunk: typeof trunk === 'string' ? new RegExp(`^(?:${trunk})`) : undefined,
    rule: typeof rule === 'string' ? rule : undefined,
  };
  plans.set(name, plan);
  return plan;
}

/** The national number proper: without what is dialled before it at home, where leaving that out makes sense. */
export function nationalNumber(plan: Plan, digits: string): string {
  const before = plan.trunk?.exec(digits);
  if (!before || !plan.trunk) return digits;
  const last = before.length > 1 ? before[before.length - 1] : undefined;
  const bare = plan.rule && last ? digits.replace(plan.trunk, plan.rule) : digits.slice(before[0].length);
  if (bare === digits) return digits;
  if (!plan.valid.test(bare) && plan.valid.test(digits)) return digits;
  const shortest = plan.lengths[0] ?? 0;
  const longest = plan.lengths[plan.lengths.length - 1] ?? MOST_DIGITS;
  const fits = bare.length > longest || (bare.length >= shortest && plan.lengths.includes(bare.length));
  return fits ? bare : digits;
}
