// Which of our types a telephone number, an e-mail address and a postal address of a vCard are, by its types and by the label
// that Apple and Google give it; and how ours are written. Pure.
import { labelledNumber, labelledPlace } from './labels.ts';
import type { NumberType, PlaceType } from './meaning.ts';

/** The parameters of a number in vCard 3.0. */
export const NUMBER_PARAMETERS: Readonly<Record<NumberType, string>> = {
  business: ';TYPE=WORK;TYPE=VOICE',
  mobile: ';TYPE=CELL;TYPE=VOICE',
  home: ';TYPE=HOME;TYPE=VOICE',
  business_fax: ';TYPE=WORK;TYPE=FAX',
  home_fax: ';TYPE=HOME;TYPE=FAX',
  other: ';TYPE=VOICE',
};

export const PLACE_PARAMETERS: Readonly<Record<PlaceType, string>> = {
  work: ';TYPE=WORK',
  home: ';TYPE=HOME',
  other: ';TYPE=OTHER',
};

const MOBILE = ['cell', 'cellular', 'mobile', 'iphone', 'pcs'];
/** Of no person's own line, or of one that no type of ours stands for. */
const OTHER = ['pager', 'main', 'car', 'bbs', 'modem', 'isdn', 'video', 'textphone', 'tty-tdd', 'tlx', 'other'];
const WORK = ['work', 'company', 'x-company'];

/** `other` when nothing says what it is. `label`: as the file has it. */
export function numberType(types: ReadonlySet<string>, label: string): NumberType {
  const has = (words: readonly string[]) => words.some((word) => types.has(word));
  if (has(['fax'])) return has(['home']) ? 'home_fax' : has(['other']) ? 'other' : 'business_fax';
  if (has(MOBILE)) return 'mobile';
  if (has(OTHER)) return 'other';
  if (has(WORK)) return 'business';
  return has(['home']) ? 'home' : labelledNumber(plainLabel(label), 'other');
}

/** `work` when nothing says what it is, as vCard 3.0 has it of postal addresses. */
export function placeType(types: ReadonlySet<string>, label: string): PlaceType {
  if (WORK.some((word) => types.has(word))) return 'work';
  if (types.has('home')) return 'home';
  // What Outlook calls the other address is one for the post, neither at home nor at work.
  if (types.has('other') || types.has('postal')) return 'other';
  return labelledPlace(plainLabel(label), 'work');
}

/** Apple writes its own labels as `_$!<HomeFAX>!$_`. */
function plainLabel(label: string): string {
  return label.replace(/^_\$!<|>!\$_$/g, '');
}
