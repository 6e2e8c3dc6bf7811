// The type of a number, an e-mail or an address by the label that another cell holds. Pure.
import { firstLabel } from './cell-text.ts';
import { numberTypeOf, placeOf, wordsOf } from './header-words.ts';
import type { NumberType, PlaceType } from './meaning.ts';

/** A label of somebody's own makes it `other`; `unlabelled` is for an empty one. */
export function labelledNumber(label: string, unlabelled: NumberType): NumberType {
  const words = wordsOf(firstLabel(label));
  return words === '' ? unlabelled : numberTypeOf(words, 'other');
}

export function labelledPlace(label: string, unlabelled: PlaceType): PlaceType {
  const words = wordsOf(firstLabel(label));
  return words === '' ? unlabelled : placeOf(words, 'other');
}

/** With `fax` among its flags a number is that of a fax. */
export function faxOf(type: NumberType, flags: string): NumberType {
  if (!/\bfax\b/i.test(flags)) return type;
  return type === 'home' ? 'home_fax' : 'business_fax';
}
