import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchable } from '../../../src/domain/search.ts';
import { bitsOf, bitsOfWord } from '../../../src/store/postgres/search-bits.ts';

const has = (all: string, some: string): boolean => (BigInt(all) & BigInt(some)) === BigInt(some);
const named = (lastName: string, company = '') =>
  bitsOf(searchable({ lastName, company, numbers: [{ type: 'other', number: '1' }] }, [[]]));
const word = fc
  .array(fc.constantFrom('a', 'b', 'z', '7', '太', '𠮷', '𝒳'), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(''));

describe('the bits of words', () => {
  it('has every beginning of every word, and every word, in the part that has them', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.nat(4), fc.nat(8), (words, at, length) => {
        const contact = searchable({ company: words.join(' '), numbers: [{ type: 'other', number: '1' }] }, [[]]);
        const found = contact.words.company;
        const one = found[at % found.length] ?? '';
        const { company } = bitsOf(contact);
        const beginning = [...one].slice(0, 1 + length).join('');
        expect([has(company, bitsOfWord(one, true)), has(company, bitsOfWord(beginning, false))]).toEqual([true, true]);
      }),
    );
  });

  it('fits a signed integer of eight bytes, whichever bits are set', () => {
    const many = Array.from({ length: 400 }, (_, n) => `${String.fromCharCode(97 + (n % 26))}${n}`).join(' a ');
    expect(named(many).name).toBe('-1');
    const words = Array.from({ length: 300 }, (_, n) => bitsOfWord(`${n}`, true));
    for (const bits of words) expect(BigInt.asIntN(64, BigInt(bits))).toBe(BigInt(bits));
    expect(words.some((bits) => bits.startsWith('-'))).toBe(true);
  });

  it('tells most words from most others, a whole word from a beginning, and a name from a company', () => {
    const { name, company, other } = named('lovelace', 'acme');
    expect([has(name, bitsOfWord('love', false)), has(name, bitsOfWord('love', true))]).toEqual([true, false]);
    expect([company === name, other]).toEqual([false, '0']);
    expect([has(named('fay').name, bitsOfWord('f', true)), has(named('f').name, bitsOfWord('f', true))]).toEqual([
      false,
      true,
    ]);
    const others = Array.from({ length: 500 }, (_, n) => `${String.fromCharCode(97 + (n % 26))}${n}`);
    const mistaken = others.filter((text) => has(name, bitsOfWord(text, false)));
    expect(mistaken.length).toBeLessThan(10);
  });
});
