// Rule T27 of docs/store.md: a search answers as src/domain/search.ts says, whatever the store keeps to be fast.
import { expect, it } from 'vitest';
import { compareHits, readQuery, score, searchable } from '../../src/domain/search.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import type { Store, Write } from '../../src/service/store.ts';

type Own = () => Store;

interface Person {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
}

function person(id: string, book: string, fields: Person, number = '+442079460000'): Write {
  const value = {
    book,
    rev: 1,
    fields: { ...fields, numbers: [{ type: 'business', number }] },
    keys: [[number]],
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
    createdBy: '',
    updatedBy: '',
  };
  return { table: 'contacts', id, value };
}

async function find(store: Store, text: string, scopes: readonly string[], limit = 50): Promise<string[]> {
  const query = readQuery(text);
  if (!query) throw new Error(`nothing to search for in ${text}`);
  return (await store.search({ scopes, query, limit })).map(({ id }) => id);
}

/** The answer of a search that looks at every contact. */
function expected(people: readonly Write[], text: string, scopes: readonly string[], limit: number): string[] {
  const query = readQuery(text);
  const hits = people.flatMap(({ id, value }) => {
    const { book, fields, keys } = value as ContactRow;
    if (!query || !scopes.includes(book)) return [];
    const contact = searchable(fields, keys);
    return { id, score: score(query, contact), name: contact.name };
  });
  return hits
    .filter((hit) => hit.score > 0)
    .sort(compareHits)
    .slice(0, limit)
    .map(({ id }) => id);
}

export function searchRules(store: Own): void {
  it('T27 a search finds contacts of the books it names, the best first, and not more than it asks for', async () => {
    const people = [
      person('1', 'a', { firstName: 'Ada', lastName: 'Lovelace' }),
      person('2', 'a', { company: 'Adamant Ltd' }),
      person('3', 'b', { firstName: 'Adam', lastName: 'Smith' }),
      person('4', 'personal:1001', { firstName: 'Ada', lastName: 'Yonath' }),
      person('5', 'a', { firstName: 'Zoë', lastName: 'Müller' }, '+4930123456'),
    ];
    await store().commit(people);
    expect(await find(store(), 'ada', ['a'])).toEqual(['1', '2']);
    expect(await find(store(), 'ada', ['a', 'b', 'personal:1001'])).toEqual(['1', '4', '3', '2']);
    expect(await find(store(), 'ada', ['a', 'b', 'personal:1001'], 2)).toEqual(['1', '4']);
    expect(await find(store(), 'zoe mul', ['a'])).toEqual(['5']);
    expect(await find(store(), '030 123456', ['a', 'b'])).toEqual(['5']);
    expect(await find(store(), 'nobody', ['a', 'b'])).toEqual([]);
    expect(await find(store(), 'ada', [])).toEqual([]);
    const query = readQuery('zoe');
    const [row] = query ? await store().search({ scopes: ['a'], query, limit: 1 }) : [];
    expect(row).toEqual((await store().find('contacts', ['5'])).get('5'));
  });

  it('T27 a search sees every change that took effect before it', async () => {
    await store().commit([person('1', 'a', { firstName: 'Ada' }), person('2', 'a', { firstName: 'Ada' })]);
    await store().commit([person('1', 'b', { firstName: 'Ada' }), { table: 'contacts', id: '2', value: null }]);
    expect([await find(store(), 'ada', ['a']), await find(store(), 'ada', ['b'])]).toEqual([[], ['1']]);
    await store().commit([person('1', 'b', { firstName: 'Grace' })]);
    expect([await find(store(), 'ada', ['b']), await find(store(), 'grace', ['b'])]).toEqual([[], ['1']]);
  });

  it('T27 many contacts answer as if each had been looked at, also while they change', async () => {
    const names = ['Ada', 'Adam', 'Bo', 'Grace', 'Lin', 'Søren'];
    const nameOf = (n: number): Person => ({ firstName: names[n % 6] as string, lastName: `Name${n % 97}` });
    const people = Array.from({ length: 1500 }, (_, n) =>
      person(String(n), n % 3 === 0 ? 'b' : 'a', nameOf(n), `+4420${7_000_000 + n}`),
    );
    await store().commit(people);
    const texts = ['ada', 'soren name1', 'name', '70011', 'lin name96'];
    for (const text of texts) {
      expect([text, await find(store(), text, ['a', 'b'], 40)]).toEqual([text, expected(people, text, ['a', 'b'], 40)]);
    }
    const moved = people.map((write, n) => (n % 5 === 0 ? person(write.id, 'c', nameOf(n + 1)) : write));
    const changing = store().commit(moved.filter((write, n) => write !== people[n]));
    const during = await find(store(), 'ada', ['a', 'b', 'c'], 40);
    await changing;
    expect([expected(people, 'ada', ['a', 'b', 'c'], 40), expected(moved, 'ada', ['a', 'b', 'c'], 40)]).toContainEqual(
      during,
    );
    for (const text of texts) {
      expect([text, await find(store(), text, ['b', 'c'], 40)]).toEqual([text, expected(moved, text, ['b', 'c'], 40)]);
    }
  });
}

/** The same for stores that keep their data. */
export function durableSearchRules(newPlace: () => Promise<{ open(): Promise<Store> }>): void {
  it('T27 a search that comes right after a restart finds all, and what is changed meanwhile', async () => {
    const place = await newPlace();
    const first = await place.open();
    const people = Array.from({ length: 1300 }, (_, n) =>
      person(String(n), 'a', { firstName: 'Ada', lastName: `Name${n}` }),
    );
    await first.commit(people);
    await first.close();
    const second = await place.open();
    const searches = [find(second, 'ada', ['a'], 2000), find(second, 'name77', ['a'])];
    const [all, some] = await Promise.all(searches);
    expect([new Set(all).size, some]).toEqual([1300, expected(people, 'name77', ['a'], 50)]);
    await second.close();
    const third = await place.open();
    const changing = third.commit([
      person('5', 'b', { firstName: 'Ada' }),
      { table: 'contacts', id: '6', value: null },
    ]);
    const early = find(third, 'ada', ['a', 'b'], 2000);
    await changing;
    expect([(await early).length >= 1299, (await find(third, 'ada', ['a'], 2000)).length]).toEqual([true, 1298]);
    expect(await find(third, 'ada', ['b'])).toEqual(['5']);
    await third.close();
  });
}
