// What the world's numbering plans say of digits: which country a number belongs to, what is dialled before it at home, how long
// it may be. Reads the tables of libphonenumber as compiled by libphonenumber-js, by the same rules. Pure.
import metadata from 'libphonenumber-js/min/metadata';

/** The plan of one country, or of several that share a calling code. */
export interface Plan {
  readonly callingCode: string;
  /** What stands before an international number dialled from here, such as 00. */
  readonly abroad: RegExp | undefined;
  /** Every beginning that `abroad` and `trunk` stand for, where these are a few texts and no more. */
  readonly abroadTexts: readonly string[] | undefined;
  /** A whole national number, without what is dialled before it at home. */
  readonly valid: RegExp;
  readonly lengths: readonly number[];
  /** What is dialled before a national number at home, such as 0; may hold groups. */
  readonly trunk: RegExp | undefined;
  readonly trunkTexts: readonly string[] | undefined;
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
/** Plans by the first three digits of a number, null where there is none: found by one look, however short the calling code. */
const PLANS_OF_DIGITS: (Plan | null | undefined)[] = Array.from({ length: 1000 });

/** Whether the tables know a country by these two capitals. */
export function isCountry(country: string): boolean {
  return Object.hasOwn(metadata.countries, country);
}

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
  const first = digits.length > 3 ? Number(digits.slice(0, 3)) : Number.NaN;
  if (!Number.isInteger(first)) return planOfCode(digits);
  const known = PLANS_OF_DIGITS[first];
  if (known !== undefined) return known ?? undefined;
  const plan = planOfCode(digits);
  PLANS_OF_DIGITS[first] = plan ?? null;
  return plan;
}

function planOfCode(digits: string): Plan | undefined {
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

/**
 * How two different keys (src/domain/phone-number.ts) are surely two numbers, each of them valid where it belongs: of different
 * `countries` by their calling codes, or of one country and as long as each other, so that none is the other without its `area`.
 * Undefined: they may be one number, written without what belongs before it.
 */
export function differenceOf(a: string, b: string): 'countries' | 'area' | undefined {
  const [one, other] = [planOfKey(a), planOfKey(b)];
  if (!one || !other) return undefined;
  const difference = one.callingCode === other.callingCode ? 'area' : 'countries';
  if (difference === 'area' && nationalLength(a) !== nationalLength(b)) return undefined;
  return isValidKey(a, one) && isValidKey(b, other) ? difference : undefined;
}

/** How many digits a key has after its calling code; those of a line behind it are not counted. */
export function nationalLength(key: string): number {
  const digits = /^\+(\d+)/.exec(key)?.[1] ?? '';
  return digits.length - (planOfNumber(digits)?.callingCode.length ?? 0);
}

function planOfKey(key: string): Plan | undefined {
  return key.startsWith('+') ? planOfNumber(key.slice(1)) : undefined;
}

/** Whether the number is one of those that share the plan's calling code. */
function isValidKey(key: string, plan: Plan): boolean {
  const { callingCode } = plan;
  const national = /^\d+/.exec(key.slice(1 + callingCode.length))?.[0] ?? '';
  if (plan.valid.test(national)) return true;
  const codes: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;
  const countries = Object.hasOwn(codes, callingCode) ? (codes[callingCode] ?? []) : [];
  return countries.some((country) => planOfCountry(country)?.valid.test(national));
}

function keep(name: string, columns: Columns): Plan {
  const trunk = columns[TRUNK_FOR_PARSING] || columns[TRUNK];
  const rule = columns[TRUNK_RULE];
  const plan: Plan = {
    callingCode: columns[0],
    abroad: columns[1] ? new RegExp(`^(?:${columns[1]})`) : undefined,
    abroadTexts: textsOf(columns[1]),
    valid: new RegExp(`^(?:${columns[2]})$`),
    lengths: columns[3],
    trunk: typeof trunk === 'string' ? new RegExp(`^(?:${trunk})`) : undefined,
    trunkTexts: textsOf(trunk),
    rule: typeof rule === 'string' ? rule : undefined,
  };
  plans.set(name, plan);
  return plan;
}

function textsOf(source: unknown): readonly string[] | undefined {
  return typeof source === 'string' && /^\d+(?:\|\d+)*$/.test(source) ? source.split('|') : undefined;
}

/** Digits at the beginning that are dialled before an international number; 0: none. */
export function lengthAbroad({ abroad, abroadTexts }: Plan, digits: string): number {
  return abroadTexts ? lengthOfOne(abroadTexts, digits) : (abroad?.exec(digits)?.[0].length ?? 0);
}

function lengthOfOne(texts: readonly string[], digits: string): number {
  for (const text of texts) if (digits.startsWith(text)) return text.length;
  return 0;
}

/** The national number proper: without what is dialled before it at home, where leaving that out makes sense. */
export function nationalNumber(plan: Plan, digits: string): string {
  const bare = withoutTrunk(plan, digits);
  if (bare === digits) return digits;
  // In this order, because a number with it is mostly none as it stands, and that is soon seen.
  if (plan.valid.test(digits) && !plan.valid.test(bare)) return digits;
  const shortest = plan.lengths[0] ?? 0;
  const longest = plan.lengths[plan.lengths.length - 1] ?? MOST_DIGITS;
  const fits = bare.length > longest || (bare.length >= shortest && plan.lengths.includes(bare.length));
  return fits ? bare : digits;
}

function withoutTrunk({ trunk, trunkTexts, rule }: Plan, digits: string): string {
  if (trunkTexts) return digits.slice(lengthOfOne(trunkTexts, digits));
  const before = trunk?.exec(digits);
  if (!before || !trunk) return digits;
  const last = before.length > 1 ? before[before.length - 1] : undefined;
  return rule && last ? digits.replace(trunk, rule) : digits.slice(before[0].length);
}
