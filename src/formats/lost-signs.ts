// Whether a number of digits alone has probably lost what stood before it: a spreadsheet that takes it for a sum drops a 0 or
// a + in front. Pure.
import { nationalNumber, type Plan, planOfCountry, planOfNumber } from '../domain/numbering-plan.ts';

/** Shorter ones are those of the house. */
const SHORTEST = 7;
const SHORTEST_ABROAD = 11;
const LONGEST_ABROAD = 15;
/** From so many digits on, a calling code in front is taken for that, even where such numbers could be national ones. */
const SURELY_WITH_CODE = 12;

/** `digits`: the whole cell. `country`: where the PBX stands, two capitals. */
export function lostSign(digits: string, country: string): '0' | '+' | undefined {
  const home = planOfCountry(country);
  if (!home || digits.length < SHORTEST || digits.startsWith('0')) return undefined;
  const isOurs = isNational(home, digits);
  if (digits.length >= SHORTEST_ABROAD && digits.length <= LONGEST_ABROAD) {
    const plan = planOfNumber(digits);
    const isWhole = plan !== undefined && isNational(plan, digits.slice(plan.callingCode.length));
    if (isWhole && (!isOurs || digits.length >= SURELY_WITH_CODE)) return '+';
  }
  const zero = `0${digits}`;
  // Where a 0 is dialled before the number at home, or, as in Italy, is a part of it.
  const isBefore = isOurs && home.valid.test(digits) && nationalNumber(home, zero) === digits;
  return isBefore || (!isOurs && home.valid.test(zero)) ? '0' : undefined;
}

function isNational(plan: Plan, digits: string): boolean {
  return plan.valid.test(nationalNumber(plan, digits));
}
