// Contacts of whom each has a London number of its own, and the spellings in which a PBX gives such a number. Numbers are eight
// digits: those behind 020.

import { numberKeys } from '../../src/domain/phone-number.ts';
import { type MadeContact, madeContacts, NUMBERING } from './contacts.ts';

/** Where 9 is dialled for an outside line. */
export const OFFICE = { ...NUMBERING, outsideLine: '9' };

/** Coprime to the count of numbers: neighbours are far apart, and no two are the same. */
const STEP = 7_368_787;

export interface Spelling {
  readonly name: string;
  readonly text: (number: string) => string;
  /** Goals hold people to the floor of plain digits, or of a library that reads every spelling. */
  readonly isUsual: boolean;
}

const halves = (number: string): readonly [string, string] => [number.slice(0, 4), number.slice(4)];

export const SPELLINGS: readonly Spelling[] = [
  { name: '+442079460000', isUsual: true, text: (number) => `+4420${number}` },
  { name: '00 44 20 7946 0000', isUsual: true, text: (number) => `00 44 20 ${halves(number).join(' ')}` },
  { name: '020 7946 0000', isUsual: true, text: (number) => `020 ${halves(number).join(' ')}` },
  { name: '(020) 7946-0000', isUsual: true, text: (number) => `(020) ${halves(number).join('-')}` },
  { name: '9 020 7946 0000', isUsual: false, text: (number) => `9 020 ${halves(number).join(' ')}` },
  { name: '7946 0000', isUsual: false, text: (number) => halves(number).join(' ') },
];

export interface MadeCaller extends MadeContact {
  readonly number: string;
}

export function* madeCallers(count: number): Generator<MadeCaller> {
  let i = 0;
  for (const { id, row } of madeContacts({ count })) {
    const number = `7${String((i * STEP) % 10_000_000).padStart(7, '0')}`;
    const text = `020 ${halves(number).join(' ')}`;
    const [first, ...others] = row.fields.numbers;
    const numbers = [{ type: first?.type ?? ('other' as const), number: text }, ...others];
    const keys = [numberKeys(text, OFFICE), ...row.keys.slice(1)];
    yield { id, number, row: { ...row, fields: { ...row.fields, numbers }, keys } };
    i += 1;
  }
}
