// What is the files store's own about tables that are divided into scopes: what it forgets, what stays out of the files, older
// data.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Stale, type Write } from '../../src/service/store.ts';
import { STEPS, type Step } from '../../src/store/files/format.ts';
import { record } from '../../src/store/files/record.ts';
import { Follower } from '../contracts/follower.ts';
import { contact, contactValue } from '../contracts/large-tables.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { copyOf, newFolder, type OpenedStore, openStore, turn } from './support/places.ts';

const gone = (id: string): Write => ({ table: 'contacts', id, value: null });
const user = (id: string): Write => ({ table: 'users', id, value: {} });
const textIn = (folder: string): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

async function isReset(store: OpenedStore, scope: string, since: number, removedSince: number | null = null) {
  return (await store.read({ table: 'contacts', scope, since, removedSince, limit: 1000 })).reset;
}

describe('removals of a table with scopes', () => {
  it('are forgotten where most are remembered, and the other scopes still tell theirs', async () => {
    const folder = newFolder();
    let store = await openStore(folder, { removalsKept: 20 });
    const small = await store.commit([contact('s', 'small'), contact('t', 'small')]);
    await store.commit([gone('s')]);
    const big = await store.commit(Array.from({ length: 40 }, (_, n) => contact(String(n), 'big')));
    const revs: number[] = [];
    for (let n = 0; n < 40; n += 1) revs.push(await store.commit([gone(String(n))]));
    const look = async () => [
      await isReset(store, 'small', small),
      await isReset(store, 'big', big),
      await isReset(store, 'big', revs[15] ?? 0),
      await isReset(store, 'big', revs[30] ?? 0),
      (await store.read({ table: 'contacts', scope: 'small', since: small, removedSince: null, limit: 9 })).removed,
    ];
    expect(await look()).toEqual([false, true, true, false, ['s']]);
    await store.close();
    store = await openStore(folder, { removalsKept: 20 });
    expect(await look()).toEqual([false, true, true, false, ['s']]);
    await store.close();
  });

  it('of scopes that hold nothing any more take no room for ever, and who had one of these begins anew', async () => {
    const folder = newFolder();
    let store = await openStore(folder, { removalsKept: 10 });
    const since = await store.commit([contact('first', 'book 0')]);
    await store.commit([gone('first')]);
    for (let n = 1; n <= 30; n += 1) {
      await store.commit([contact(`c${n}`, `book ${n}`)]);
      await store.commit([gone(`c${n}`)]);
    }
    expect([await isReset(store, 'book 0', since), await isReset(store, 'never there', since)]).toEqual([true, true]);
    const { rev } = store.changes('users', null);
    expect([await isReset(store, 'book 0', rev), await isReset(store, 'book 30', rev - 1)]).toEqual([false, false]);
    await store.close();
    store = await openStore(folder, { removalsKept: 10 });
    expect([await isReset(store, 'book 0', since), await isReset(store, 'book 30', rev - 1)]).toEqual([true, false]);
    const head = /"floors":\{[^}]*\},"scopes":\{.*?\}\}/.exec(textIn(folder))?.[0] ?? '';
    expect(head.length).toBeLessThan(400);
    await store.close();
  });

  it('do not keep a newcomer from reading a scope of which much was forgotten long ago', async () => {
    const store = await openStore(newFolder(), { removalsKept: 5 });
    const old = await store.commit([contact('old', 'a'), contact('older', 'a')]);
    for (let n = 0; n < 30; n += 1) await store.commit([contact(`c${n % 3}`, 'a', { n })]);
    for (let n = 0; n < 30; n += 1) await store.commit(n % 2 === 0 ? [contact('x', 'a')] : [gone('x')]);
    for (let n = 0; n < 10; n += 1) await store.commit([contact(`y${n}`, 'a'), gone(`y${n}`)]);
    const follower = new Follower('contacts', 'a');
    const held = await follower.finish(store, 1);
    expect(held.map(({ id }) => id)).toEqual(['c0', 'c1', 'c2', 'old', 'older']);
    expect(follower.slices.map(({ reset }) => reset)).toEqual(follower.slices.map((_, index) => index === 0));
    expect(await isReset(store, 'a', old)).toBe(true);
    await store.close();
  });

  it('forgotten while somebody reads slice by slice make him begin anew', async () => {
    const store = await openStore(newFolder(), { removalsKept: 5 });
    for (let n = 0; n < 20; n += 1) await store.commit([contact(String(n), 'a')]);
    const follower = new Follower('contacts', 'a');
    await follower.step(store, 4);
    for (let n = 0; n < 9; n += 1) await store.commit([gone(String(n))]);
    const held = await follower.finish(store, 4);
    expect(held.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(follower.slices.filter(({ reset }) => reset)).toHaveLength(2);
    await store.close();
  });
});

describe('a guard that does not hold', () => {
  it('leaves nothing of its commit in the files, whatever else is written with it', async () => {
    const folder = newFolder();
    const disk = new FaultyDisk();
    const store = await openStore(folder, { disk });
    const rev = await store.commit([contact('1', 'a')]);
    disk.holdSyncs();
    const underWay = store.commit([contact('1', 'a', { n: 1 })]);
    await turn();
    const late = store.commit([contact('2', 'a', { name: 'Babbage' })], [{ table: 'contacts', id: '1', rev }]);
    const outcome = expect(late).rejects.toBeInstanceOf(Stale);
    const other = store.commit([user('1')], [{ table: 'contacts', id: '2', rev: null }]);
    await turn();
    disk.releaseSyncs();
    await Promise.all([underWay, outcome, other]);
    await turn();
    expect(textIn(folder)).not.toContain('Babbage');
    const killed = await openStore(copyOf(folder));
    expect([await killed.counts('contacts'), killed.get('users', '1')?.value]).toEqual([new Map([['a', 1]]), {}]);
    await killed.close();
    await store.close();
  });

  it('costs the others no write: those that no guard parts go to the disk together', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    const rev = await store.commit(Array.from({ length: 32 }, (_, n) => contact(String(n), 'a')));
    await turn();
    const before = disk.syncs;
    const commits = Array.from({ length: 32 }, (_, n) =>
      store.commit([contact(String(n), 'a', { n })], [{ table: 'contacts', id: String(n), rev: n === 7 ? 0 : rev }]),
    );
    const outcomes = await Promise.allSettled(commits);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(disk.syncs - before).toBe(1);
    await store.close();
  });

  it('of a commit that waits for one that is refused is decided by what is there then', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    const rev = await store.commit([contact('1', 'a')]);
    await turn();
    disk.failWrite = 'EIO';
    const first = store.commit([gone('1')]);
    const second = store.commit([contact('1', 'b')], [{ table: 'contacts', id: '1', rev }]);
    await expect(first).rejects.toMatchObject({ code: 'storage' });
    disk.failWrite = undefined;
    await second;
    expect((await store.find('contacts', ['1'])).get('1')?.value).toEqual(contactValue('b'));
    await store.close();
  });
});

describe('what must not happen', () => {
  it('rows of large tables are noted by nobody', async () => {
    const store = await openStore(newFolder());
    expect(() => store.note([user('1'), contact('1', 'a')])).toThrow(TypeError);
    expect(store.get('users', '1')).toBeUndefined();
    await store.close();
  });
});

describe('data of older formats', () => {
  it('from before tables were divided is read, and written in the new format', async () => {
    const folder = newFolder();
    const texts = [
      {
        rollcall: 'snapshot',
        format: 1,
        epoch: 'e',
        journal: 3,
        rev: 9,
        gaps: [[0, 5]],
        floors: { users: 6, logins: 0 },
      },
      {
        table: 'users',
        rows: [
          ['1', 7, { n: 1 }],
          ['2', 8],
          ['3', 9, { n: 3 }],
        ],
      },
      { end: 3 },
    ];
    writeFileSync(join(folder, 'snapshot'), texts.map((text) => record(JSON.stringify(text))).join(''));
    const head = { rollcall: 'journal', format: 1, epoch: 'e', journal: 3, synced: 0 };
    const put = { commit: 1, writes: [['users', '4', { n: 4 }]] };
    const told = { told: [[1, 1, 10]], synced: 0 };
    writeFileSync(join(folder, 'journal.3'), [head, put, told].map((text) => record(JSON.stringify(text))).join(''));
    for (const start of [1, 2, 3]) {
      const store = await openStore(folder);
      expect([start, store.epoch, store.changes('users', 7), store.changes('users', 5).reset]).toEqual([
        start,
        'e',
        {
          reset: false,
          rows: [
            { id: '3', value: { n: 3 }, rev: 9 },
            { id: '4', value: { n: 4 }, rev: 10 },
          ],
          removed: ['2'],
          rev: store.changes('users', null).rev,
        },
        true,
      ]);
      if (start === 1) await store.commit([contact('1', 'a'), { table: 'statuses', id: '1', value: {} }]);
      if (start === 2) await store.commit([{ table: 'statuses', id: '1', value: null }]);
      expect(await store.counts('contacts')).toEqual(new Map([['a', 1]]));
      await store.close();
    }
    expect(textIn(folder)).toContain('"rollcall":"snapshot","format":3');
  });

  it('are brought up to date in tables with scopes too, also when a row comes to another scope or goes', async () => {
    const folder = newFolder();
    const first = await openStore(folder);
    for (let n = 0; n < 700; n += 7) {
      await first.commit(
        Array.from({ length: 7 }, (_, k) => contact(String(n + k), (n + k) % 2 === 0 ? 'a' : 'b', { n: n + k })),
      );
    }
    await first.commit([contact('0', 'b'), gone('4'), user('1'), user('2')]);
    await first.commit([{ table: 'users', id: '2', value: null }]);
    await first.close();
    const second = await openStore(folder);
    const since = await second.commit([contact('6', 'b', { late: true })]);
    await second.commit([contact('8', 'b', { late: true }), gone('10')]);
    await second.close();
    const step: Step = (write) => {
      if (write.table !== 'contacts' || write.value === null) return write;
      if (Number(write.id) % 5 === 0) return undefined;
      const { book } = write.value as { book: string };
      return { ...write, value: { ...write.value, book: Number(write.id) % 3 === 0 ? 'all' : book } };
    };
    const steps = [...STEPS, step];
    const expected = Array.from({ length: 700 }, (_, n) => n).filter((n) => n % 5 > 0 && n % 3 === 0);
    for (const start of [1, 2, 3]) {
      const store = await openStore(folder, { steps });
      const follower = new Follower('contacts', 'all');
      const held = await follower.finish(store, 10);
      expect([start, held.map(({ id }) => Number(id)).sort((a, b) => a - b)]).toEqual([start, expected]);
      const revs = follower.slices.flatMap(({ rows }) => rows.map(({ rev }) => rev));
      expect(revs).toEqual([...revs].sort((a, b) => a - b));
      const ofB = await store.read({ table: 'contacts', scope: 'b', since, removedSince: null, limit: 9 });
      expect([start, ofB.rows.map(({ id }) => id)]).toEqual([start, ['8']]);
      await store.commit([user('3')]);
      if (start === 1) await store.commit([{ table: 'users', id: '1', value: null }]);
      await store.close();
    }
  });
});
