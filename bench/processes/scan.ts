// The floor of a search: every contact's text is ready, without accents and case, and is looked through from first to last.
import { answering, type Question } from '../support/child.ts';
import { madeContacts } from '../support/contacts.ts';
import type { Searched } from '../support/searched.ts';

let texts: string[] = [];

/** Words without accents, case and signs. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}’']/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

function fill({ count }: Question): void {
  texts = [];
  for (const { row } of madeContacts({ count: Number(count) })) {
    const { firstName, lastName, company, title, emails = [] } = row.fields;
    const parts = [firstName, lastName, company, title, ...emails.map(({ address }) => address), ...row.keys.flat()];
    texts.push(` ${wordsOf(parts.filter(Boolean).join(' ')).join(' ')}`);
  }
}

/** Parts of a text that must all be found: a number without what is dialled before it, or beginnings of words. */
function partsOf(text: string): string[] {
  if (!/^[\d\s()+.-]+$/.test(text)) return wordsOf(text).map((word) => ` ${word}`);
  return [text.replace('(0)', '').replace(/\D/g, '').replace(/^0+/, '')];
}

function search(text: string): Searched {
  const begun = performance.now();
  const parts = partsOf(text);
  let found = 0;
  for (const one of texts) if (parts.every((part) => one.includes(part))) found += 1;
  return { found, millis: performance.now() - begun };
}

answering({ fill, search: ({ text }) => search(String(text)) });
