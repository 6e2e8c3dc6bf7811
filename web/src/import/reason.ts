// What the server finds wrong in a file, in the user's language where it is known, else in the server's words. Pure.
import type { Texts } from '../texts/en.ts';
import { issueText } from '../texts/failure-text.ts';

type Reason = keyof Texts['transfer']['reasons'];

const KNOWN: readonly (readonly [RegExp, Reason])[] = [
  [/^the spreadsheet has rounded/, 'rounded'],
  [/^the spreadsheet wrote #/, 'narrow'],
  [/^the spreadsheet has made a date/, 'date'],
  [/lost its leading 0/, 'zero'],
  [/lost its leading \+/, 'plus'],
  [/^holds an error of a formula/, 'formula'],
  [/^is the ID of an earlier row/, 'sameId'],
  [/^has a quotation mark out of place/, 'quote'],
  [/^is far too long/, 'long'],
  [/^is the first line of the table once more/, 'repeated'],
  [/^holds characters that could not be read/, 'unreadable'],
  [/^is the address of an Exchange directory/, 'exchange'],
];

export function reasonText({ transfer, common }: Texts, reason: string): string {
  const known = KNOWN.find(([pattern]) => pattern.test(reason));
  return known ? transfer.reasons[known[1]] : issueText(common.issue, reason);
}

/** What a file was recognised as: the names of programs are the same in all languages. */
export function layoutText({ transfer }: Texts, layout: string): string {
  const known: Readonly<Record<string, string>> = transfer.layouts;
  return Object.hasOwn(known, layout) ? (known[layout] ?? layout) : layout;
}

/** Whether it was taken from the words of its headers alone, so that somebody should look. */
export function isGuessed(layout: string): boolean {
  return layout === 'unknown columns' || layout === 'no header';
}
