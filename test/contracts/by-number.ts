// Rules T30 to T32 of docs/store.md: contacts by number, of each book on its own, in one order, as the table is at that moment.
import { expect, it } from 'vitest';
import { suffixOf } from '../../src/domain/phone-number.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { NUMBER_HITS, type NumberQuestion, type Row, type Store, type Write } from '../../src/service/store.ts';

type Own = () => Store;

const LONDON = '+442079460000';
const LEEDS = '+441139460000';
/** Of both. */
const ENDING = '9460000';

/** `numbers`: the keys of each number; a text is a number with this key alone. */
export function holder(
  id: string,
  book: string,
  numbers: readonly (string | readonly string[])[],
  created = '2026-01-01T00:00:00.000Z',
): Write {
  const keys = numbers.map((number) => (typeof number === 'string' ? [number] : number));
  const fields = {
    lastName: 'Lovelace',
    numbers: keys.map(([number = '']) => ({ type: 'business' as const, number })),
  };
  const value: ContactRow = { book, rev: 1, fields, keys, created, updated: created, createdBy: '', updatedBy: '' };
  return { table: 'contacts', id, value };
}

const gone = (id: string): Write => ({ table: 'contacts', id, value: null });
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();

/** Ids in the order of the answer, by book. */
export function byBook(rows: readonly Row[]): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  for (const { id, value } of rows) {
    const { book } = value as ContactRow;
    ids[book] = [...(ids[book] ?? []), id];
  }
  return ids;
}

async function find(store: Store, question: Partial<NumberQuestion>): Promise<Record<string, string[]>> {
  return byBook(await store.byNumber({ scopes: ['a', 'b'], keys: [LONDON], ending: undefined, ...question }));
}

export function numberRules(own: Own): void {
  bookRules(own);
  orderRules(own);
  changeRules(own);
}

function bookRules(store: Own): void {
  it('T30 contacts are found by key in the books that are asked, and in no other', async () => {
    const rev = await store().commit([
      holder('1', 'a', [LONDON]),
      holder('2', 'b', [LEEDS, LONDON]),
      holder('3', 'personal:1001', [LONDON]),
      holder('4', 'a', ['#1001', '+442079460001']),
      holder('5', 'b', [[`${LONDON}x12`, LONDON]]),
    ]);
    expect(await find(store(), {})).toEqual({ a: ['1'], b: ['2', '5'] });
    expect(await find(store(), { scopes: ['personal:1001'] })).toEqual({ 'personal:1001': ['3'] });
    expect(await find(store(), { scopes: ['b', 'nowhere', 'b', 'a', 'b'] })).toEqual({ a: ['1'], b: ['2', '5'] });
    expect(await find(store(), { scopes: [] })).toEqual({});
    expect(await find(store(), { keys: [] })).toEqual({});
    expect(await find(store(), { keys: ['#1001'] })).toEqual({ a: ['4'] });
    expect(await find(store(), { keys: [`${LONDON}x12`] })).toEqual({ b: ['5'] });
    const others = ['', '+', '#', '+44207946000', '#442079460000', '__proto__', 'constructor', ENDING, 'x', '+44x12'];
    expect(await find(store(), { keys: others })).toEqual({});
    const [row] = await store().byNumber({ scopes: ['a'], keys: [LONDON], ending: undefined });
    expect(row).toEqual({ id: '1', value: holder('1', 'a', [LONDON]).value, rev });
  });

  it('T30 of each book the first key counts that anybody there has, and the ending only where nobody has one', async () => {
    await store().commit([
      holder('main', 'a', [LONDON]),
      holder('line', 'a', [[`${LONDON}x12`, LONDON]]),
      holder('elsewhere', 'a', [LEEDS]),
      holder('only main', 'b', [LONDON]),
      holder('by ending', 'c', [LEEDS]),
      holder('unknown', 'd', ['+442079460001']),
    ]);
    const scopes = ['a', 'b', 'c', 'd'];
    const keys = [`${LONDON}x12`, LONDON];
    const answer = { a: ['line'], b: ['only main'] };
    expect(await find(store(), { scopes, keys })).toEqual(answer);
    expect(await find(store(), { scopes, keys, ending: ENDING })).toEqual({ ...answer, c: ['by ending'] });
    expect(await find(store(), { scopes, keys: ['+4930123456'], ending: ENDING })).toEqual({
      a: ['elsewhere', 'line', 'main'],
      b: ['only main'],
      c: ['by ending'],
    });
    expect(await find(store(), { scopes, keys: [LONDON, LONDON, `${LONDON}x12`] })).toEqual({
      a: ['main', 'line'],
      b: ['only main'],
    });
  });

  it('T30 numbers of the house, codes and short ones have no ending, and an ending of another length finds nobody', async () => {
    await store().commit([
      holder('house', 'a', ['#123456']),
      holder('code', 'a', ['#*1234567']),
      holder('short', 'a', ['+460000']),
      holder('unplanned', 'a', [`#1${ENDING}`]),
      holder('zeros', 'b', ['+4420000000']),
    ]);
    const ending = async (text: string) => find(store(), { keys: [], ending: text });
    expect(await ending(ENDING)).toEqual({ a: ['unplanned'] });
    expect(await ending('0000000')).toEqual({ b: ['zeros'] });
    for (const none of ['', '0', '460000', '19460000', '123456', '1234567', '      0', '+000000', '-000000', '0x00000'])
      expect([none, await ending(none)]).toEqual([none, {}]);
  });
}

function orderRules(store: Own): void {
  it('T31 who has the number earlier among his own comes first, then who was created first, then by id', async () => {
    await store().commit([
      holder('third place', 'a', ['#1', '#2', LONDON], day(0)),
      holder('B', 'a', [LONDON], day(2)),
      holder('ä', 'a', [LONDON], day(2)),
      holder('a', 'a', [LONDON], day(2)),
      holder('second place', 'a', ['#1', LONDON], day(0)),
      holder('younger', 'a', [LONDON], day(3)),
      holder('elder', 'a', [LONDON], day(1)),
    ]);
    const order = ['elder', 'B', 'a', 'ä', 'younger', 'second place', 'third place'];
    expect(await find(store(), {})).toEqual({ a: order });
    expect(await find(store(), { keys: [], ending: ENDING })).toEqual({ a: order });
  });

  it('T31 a contact with the number several times is there once, by the first of them', async () => {
    await store().commit([
      holder('twice', 'a', ['#1', LONDON, [`${LONDON}x1`, LONDON], LONDON, LEEDS], day(5)),
      holder('once', 'a', ['#1', '#2', LONDON], day(1)),
      holder('other first', 'b', [LEEDS, LONDON], day(1)),
      holder('first', 'b', [LONDON], day(2)),
    ]);
    expect(await find(store(), {})).toEqual({ a: ['twice', 'once'], b: ['first', 'other first'] });
    expect(await find(store(), { keys: [], ending: ENDING })).toEqual({
      a: ['twice', 'once'],
      b: ['other first', 'first'],
    });
  });

  it('T31 of each book there are so many at most, the first ones', async () => {
    const some = Array.from({ length: 700 }, (_, n) => n);
    const shared = some.map((n) => holder(`a${n}`, 'a', [LONDON], day((n * 7) % 700)));
    const books = some.map((n) => holder(`own ${n}`, `personal:${n}`, [LONDON], day(n)));
    await store().commit([...shared, ...books, holder('b', 'b', [LEEDS, LONDON], day(0))]);
    const first = shared
      .map(({ id }, n) => ({ id, n: (n * 7) % 700 }))
      .sort((x, y) => x.n - y.n || (x.id < y.id ? -1 : 1));
    const a = first.slice(0, NUMBER_HITS).map(({ id }) => id);
    expect(await find(store(), {})).toEqual({ a, b: ['b'] });
    expect(await find(store(), { keys: ['#7', `${LEEDS}x1`], ending: ENDING })).toEqual({ a, b: ['b'] });
    expect(await find(store(), { keys: [LEEDS], ending: ENDING })).toEqual({ a, b: ['b'] });
    const scopes = some.filter((n) => n % 2 === 0).map((n) => `personal:${n}`);
    const everyOther = Object.fromEntries(scopes.map((scope) => [scope, [`own ${scope.slice('personal:'.length)}`]]));
    expect(await find(store(), { scopes: [...scopes, 'b', 'nowhere', ...scopes] })).toEqual({
      ...everyOther,
      b: ['b'],
    });
  });
}

function changeRules(store: Own): void {
  it('T32 every change that took effect before is seen: new numbers, moves, removals', async () => {
    await store().commit([holder('1', 'a', [LONDON]), holder('2', 'a', [LONDON], day(1)), holder('3', 'a', [LEEDS])]);
    await store().commit([holder('1', 'a', ['#1', LONDON]), gone('3')]);
    expect(await find(store(), { ending: ENDING })).toEqual({ a: ['2', '1'] });
    await store().commit([holder('1', 'b', [LEEDS]), holder('2', 'a', ['#1'])]);
    expect(await find(store(), { ending: ENDING })).toEqual({ b: ['1'] });
    expect(await find(store(), { keys: [LEEDS] })).toEqual({ b: ['1'] });
    const rev = await store().commit([holder('1', 'b', [LEEDS], day(9)), holder('2', 'b', [LEEDS], day(8))]);
    expect(await find(store(), { keys: [LEEDS] })).toEqual({ b: ['2', '1'] });
    expect((await store().byNumber({ scopes: ['b'], keys: [LEEDS], ending: undefined })).map((row) => row.rev)).toEqual(
      [rev, rev],
    );
    await store().commit([gone('1'), gone('2')]);
    expect(await find(store(), { keys: [LEEDS], ending: ENDING })).toEqual({});
    await store().commit([holder('1', 'a', [LONDON]), gone('1'), holder('1', 'b', [LONDON])]);
    expect(await find(store(), {})).toEqual({ b: ['1'] });
  });

  it('T32 after any edits the answer is that of looking at every contact', async () => {
    const [books, keys] = [
      ['a', 'b', 'c'],
      [LONDON, LEEDS, '#1001', `${LONDON}x12`, '+4930123456'],
    ];
    let state = 7;
    const below = (end: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % end;
    };
    const held = new Map<string, Write>();
    const pick = (): string => keys[below(keys.length)] as string;
    for (let round = 0; round < 60; round += 1) {
      const writes = Array.from({ length: 1 + below(12) }, () => {
        const id = String(below(40));
        if (below(4) === 0) return gone(id);
        return holder(id, books[below(3)] as string, Array.from({ length: 1 + below(3) }, pick), day(below(4)));
      });
      await store().commit(writes);
      for (const write of writes) held.set(write.id, write);
      const question = { scopes: books.slice(below(2)), keys: [pick(), pick()], ending: below(2) ? ENDING : '0123456' };
      expect([question, await find(store(), question)]).toEqual([question, expected([...held.values()], question)]);
    }
  });
}

/** The answer of looking at every contact, by book. */
function expected(held: readonly Write[], { scopes, keys, ending }: NumberQuestion): Record<string, string[]> {
  const answer: Record<string, string[]> = {};
  const forms = [...keys.map((key) => (own: string) => own === key), (own: string) => suffixOf(own, 7) === ending];
  for (const book of scopes) {
    for (const isForm of forms) {
      const hits = held.flatMap(({ id, value }) => {
        const row = value as ContactRow | null;
        const place = row?.book === book ? row.keys.findIndex((own) => own.some(isForm)) : -1;
        return row && place >= 0 ? [{ id, order: `${place} ${row.created} ${id}` }] : [];
      });
      if (hits.length === 0) continue;
      answer[book] = hits.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ id }) => id);
      break;
    }
  }
  return answer;
}

/** The same for stores that keep their data. */
export function durableNumberRules(newPlace: () => Promise<{ open(): Promise<Store> }>): void {
  it('T32 a question that comes right after a restart is answered whole, also when the store is closed at once', async () => {
    const place = await newPlace();
    const first = await place.open();
    const ids = Array.from({ length: 1300 }, (_, n) => String(n).padStart(4, '0'));
    await first.commit(ids.map((id) => holder(id, 'a', [`+44207946${id}`])));
    await first.close();
    const second = await place.open();
    const early = [ids[0], ids[1299]].map((id) => find(second, { keys: [`+44207946${id}`] }));
    const closing = second.close();
    expect(await Promise.all(early)).toEqual([{ a: ['0000'] }, { a: ['1299'] }]);
    await closing;
    const third = await place.open();
    const changing = third.commit([holder('0005', 'b', [LONDON]), gone('0006')]);
    await find(third, {});
    await changing;
    expect(await find(third, { keys: ['+442079460005', '+442079460006'], ending: ENDING })).toEqual({
      a: ['0000'],
      b: ['0005'],
    });
    await third.close();
  });
}
