import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { CallRow, KnownParty } from '../../src/service/call-row.ts';
import type { Store, Write } from '../../src/service/store.ts';
import { ADA, called, ended, missed } from '../support/call-stories.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { promised } from '../support/promised.ts';
import { openSyncHouse, pbxOf, type SyncHouse } from '../support/sync-house.ts';
import { add, hide, manyContacts, OPERATOR, permit, rename, turns, viewer } from '../sync/book-house.ts';

const OTHER = '020 7946 0111';

async function rowsOf(store: Store, owner: string): Promise<CallRow[]> {
  const limit = Number.MAX_SAFE_INTEGER;
  const { rows } = await store.read({ table: 'calls', scope: owner, since: null, removedSince: null, limit });
  const calls = rows.map(({ value }) => value as CallRow);
  return calls.sort((a, b) => (a.call < b.call ? -1 : 1));
}

/** The names in one history, in the order of the calls; `-` for nobody. */
async function names({ store, history }: SyncHouse, owner = '1001'): Promise<string[]> {
  await history.idle();
  return (await rowsOf(store, owner)).map(({ known }) => known?.name ?? '-');
}

async function knownOf({ store, history }: SyncHouse, owner = '1001'): Promise<(KnownParty | undefined)[]> {
  await history.idle();
  return (await rowsOf(store, owner)).map(({ known }) => known);
}

/** Users 1001 and 1002, who view the company book, with a call of Ada's number each. */
async function namingHouse(parts: Parameters<typeof openSyncHouse<MemoryStore>>[0] = {}) {
  const house = await openSyncHouse(parts);
  for (const id of ['1001', '1002']) await house.tokenOf(id);
  await permit(house, 'view company');
  house.calls.tell(ended(missed('1001', ADA)), ended(called('1002', '+44 20 7946 0000')));
  await house.history.idle();
  return house;
}

/** Writes of `calls` from here on, in short. */
function written({ store }: SyncHouse): [string, string | undefined, true | undefined][] {
  const seen: [string, string | undefined, true | undefined][] = [];
  const commit = store.commit.bind(store);
  store.commit = (writes, guards) => {
    for (const { table, value, erase } of writes) {
      const row = value as CallRow | null;
      if (table === 'calls' && row) seen.push([row.owner, row.known?.name, erase]);
    }
    return commit(writes, guards);
  };
  return seen;
}

describe('names follow contacts', () => {
  test('that are made, renamed, given another number and deleted', async () => {
    const house = await namingHouse();
    expect(await names(house)).toEqual(['-']);
    const ada = await add(house, 'company', 'Ada');
    expect([await names(house), await names(house, '1002')]).toEqual([['Ada'], ['Ada']]);
    await rename(house, ada, 'Lovelace');
    expect([await names(house), await names(house, '1002')]).toEqual([['Ada Lovelace'], ['Ada Lovelace']]);
    await house.contacts.update(OPERATOR, { id: ada.id, patch: { numbers: [{ type: 'mobile', number: OTHER }] } });
    expect([await names(house), await names(house, '1002')]).toEqual([['-'], ['-']]);
    await house.contacts.addNumber(OPERATOR, { id: ada.id, type: 'mobile', number: ADA });
    expect(await names(house)).toEqual(['Ada Lovelace']);
    await house.contacts.remove(OPERATOR, { ids: [ada.id] });
    expect([await names(house), await names(house, '1002')]).toEqual([['-'], ['-']]);
  });

  test('that move to where one may not look, and back', async () => {
    const house = await namingHouse();
    const { id: secret } = await house.books.create(OPERATOR, { name: 'Secret' });
    await permit(house, 'view company');
    const { id } = await add(house, 'company', 'Ada');
    await house.history.idle();
    await house.contacts.move(OPERATOR, { id, book: secret });
    expect(await knownOf(house)).toEqual([undefined]);
    await house.contacts.move(OPERATOR, { id, book: 'company' });
    expect(await knownOf(house)).toEqual([{ name: 'Ada', contact: id, book: 'company' }]);
  });

  test('of which another is meant now: the one of the personal book before that of the company', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    const own = await add(house, 'personal', 'Mum', viewer('1001'));
    expect([await names(house), await names(house, '1002')]).toEqual([['Mum'], ['Ada']]);
    await house.contacts.remove(viewer('1001'), { ids: [own.id] });
    expect([await names(house), await names(house, '1002')]).toEqual([['Ada'], ['Ada']]);
  });

  test('that are found by the last digits alone', async () => {
    const house = await namingHouse();
    house.calls.tell(ended(missed('1001', '79460000')));
    await add(house, 'company', 'Ada');
    expect(await names(house)).toEqual(['Ada', 'Ada']);
  });

  test('and a change that touches nobody’s numbers writes nothing', async () => {
    const house = await namingHouse();
    const { id } = await add(house, 'company', 'Ada');
    await house.history.idle();
    const seen = written(house);
    const bo = { firstName: 'Bo', numbers: [{ type: 'home', number: OTHER }] };
    await house.contacts.create(OPERATOR, { book: 'company', contact: bo });
    await house.contacts.update(OPERATOR, { id, patch: { remark: 'tall' } });
    await house.history.idle();
    expect(seen).toEqual([]);
  });

  test('and of somebody’s own contact that goes nobody learns who has its number, too', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    const own = await add(house, 'personal', 'Mum', viewer('1001'));
    expect([await names(house), await names(house, '1002')]).toEqual([['Mum'], ['Ada']]);
    const seen = written(house);
    await house.contacts.remove(viewer('1001'), { ids: [own.id] });
    await house.history.idle();
    expect(seen).toEqual([['1001', 'Ada', true]]);
  });

  test('that move away and back before they are followed are told again to those who were named them', async () => {
    const house = await namingHouse();
    const { id: secret } = await house.books.create(OPERATOR, { name: 'Secret' });
    const { id } = await add(house, 'company', 'Ada');
    await add(house, 'personal', 'Mum', viewer('1001'));
    expect([await names(house), await names(house, '1002')]).toEqual([['Mum'], ['Ada']]);
    const seen = written(house);
    const row = (await house.store.find('contacts', [id])).get(id)?.value as object;
    const gate = promised<void>();
    const read = house.store.read.bind(house.store);
    house.store.read = async (question) => {
      if (question.table === 'calls') await gate.promise;
      return read(question);
    };
    for (const book of [secret, 'company']) {
      await house.store.commit([{ table: 'contacts', id, value: { ...row, book } }]);
    }
    gate.resolve();
    await house.history.idle();
    // Once for each move.
    expect(seen).toEqual([
      ['1002', 'Ada', undefined],
      ['1002', 'Ada', undefined],
    ]);
  });

  test('of an import: each history is rewritten with what came', async () => {
    const house = await namingHouse();
    const keys = [['+442079460000']];
    const many = manyContacts('company', 2_500).map(({ value, ...write }, n): Write => {
      const fields = { firstName: `N ${n}`, numbers: [{ type: 'other', number: `020 7947 ${1000 + n}` }] };
      return { ...write, value: { ...value, fields, keys: n === 2_400 ? keys : [[`+4420794${71000 + n}`]] } };
    });
    await house.store.commitMany(many);
    expect([await names(house), await names(house, '1002')]).toEqual([['N 2400'], ['N 2400']]);
    await house.store.commitMany(many.map(({ table, id }) => ({ table, id, value: null })));
    expect([await names(house), await names(house, '1002')]).toEqual([['-'], ['-']]);
  });

  test('what held the name of a contact that went is said to be erased, and nothing else', async () => {
    const house = await namingHouse();
    const ada = await add(house, 'company', 'Ada');
    await house.history.idle();
    const seen = written(house);
    await rename(house, ada, 'Lovelace');
    await house.history.idle();
    await house.contacts.remove(OPERATOR, { ids: [ada.id] });
    await house.history.idle();
    expect(seen).toEqual([
      ['1001', 'Ada Lovelace', undefined],
      ['1002', 'Ada Lovelace', undefined],
      ['1001', undefined, true],
      ['1002', undefined, true],
    ]);
  });

  test('also those of which another row changes at that moment', async () => {
    const house = await namingHouse();
    house.calls.tell(ended(called('1001', ADA)), ended(called('1001', ADA)));
    await house.history.idle();
    const commit = house.store.commit.bind(house.store);
    let isFirst = true;
    house.store.commit = async (writes, guards) => {
      const first = writes.find(({ value }) => (value as CallRow | null)?.owner === '1001');
      if (first && isFirst) {
        isFirst = false;
        const { known: _known, ...row } = first.value as CallRow;
        await commit([{ ...first, value: { ...row, talk: 99 } }]);
      }
      return commit(writes, guards);
    };
    await add(house, 'company', 'Ada');
    expect([await names(house), await names(house, '1002')]).toEqual([['Ada', 'Ada', 'Ada'], ['Ada']]);
    expect((await rowsOf(house.store, '1001')).map(({ talk }) => talk).sort()).toEqual([60, 60, 99]);
  });

  test('that change again while the name is on its way to the store', async () => {
    const house = await namingHouse();
    const patch = { numbers: [{ type: 'home', number: OTHER }] };
    const { id } = await house.contacts.create(OPERATOR, { book: 'company', contact: { firstName: 'Ada', ...patch } });
    const commit = house.store.commit.bind(house.store);
    let named = 0;
    house.store.commit = async (writes, guards) => {
      named += writes.filter(({ value }) => (value as CallRow | null)?.known).length;
      if (named === 1) await house.contacts.update(OPERATOR, { id, patch });
      return commit(writes, guards);
    };
    await house.contacts.addNumber(OPERATOR, { id, type: 'home', number: ADA });
    expect([await names(house), await names(house, '1002'), named > 0]).toEqual([['-'], ['-'], true]);
  });

  test('a call that ends while the contact is written is named by the contact as it is then', async () => {
    const house = await namingHouse();
    const ada = await add(house, 'company', 'Ada');
    await house.history.idle();
    const find = house.store.byNumber.bind(house.store);
    house.store.byNumber = async (question) => {
      const rows = await find(question);
      house.store.byNumber = find;
      await house.contacts.remove(OPERATOR, { ids: [ada.id] });
      return rows;
    };
    house.calls.tell(ended(missed('1003', ADA)), ended(missed('1001', ADA)));
    expect([await names(house), await names(house, '1003')]).toEqual([['-', '-'], ['-']]);
  });
});

describe('names follow rights', () => {
  test('granted, revoked, by group, and with the book', async () => {
    const house = await namingHouse();
    await permit(house);
    await add(house, 'company', 'Ada');
    expect(await names(house)).toEqual(['-']);
    await permit(house, 'view company 1001');
    expect([await names(house), await names(house, '1002')]).toEqual([['Ada'], ['-']]);
    await house.rules.setPermissions(OPERATOR, [{ who: { group: 'sales' }, books: '*', view: true, manage: false }]);
    expect([await names(house), await names(house, '1002')]).toEqual([['-'], ['-']]);
    await house.users.set({ id: '1002', groups: ['sales'] });
    expect([await names(house), await names(house, '1002')]).toEqual([['-'], ['Ada']]);
    await house.users.set({ id: '1001', admin: true });
    expect([await names(house), await names(house, '1002')]).toEqual([['Ada'], ['Ada']]);
  });

  test('a deleted book takes its names along', async () => {
    const house = await namingHouse();
    const { id: book } = await house.books.create(OPERATOR, { name: 'Old' });
    await permit(house, `view ${book}`);
    await add(house, book, 'Ada');
    expect(await names(house)).toEqual(['Ada']);
    await house.books.remove(OPERATOR, { id: book });
    await house.sweeper.idle(book);
    expect(await names(house)).toEqual(['-']);
  });

  test('of who is disabled, what is open to the extension; enabled again, his own', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    await add(house, 'personal', 'Mum', viewer('1001'));
    expect(await names(house)).toEqual(['Mum']);
    await house.users.set({ id: '1001', disabled: true });
    expect(await names(house)).toEqual(['Ada']);
    await house.users.set({ id: '1001', disabled: false });
    expect(await names(house)).toEqual(['Mum']);
  });

  test('only those whose rights have changed are looked at', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    await house.history.idle();
    const asked: string[] = [];
    const find = house.lookup.find.bind(house.lookup);
    house.lookup.find = (asker, number, options) => {
      asked.push(typeof asker === 'object' && 'callee' in asker ? asker.callee : '?');
      return find(asker, number, options);
    };
    await permit(house, 'none company 1002', 'view company');
    expect([await names(house), await names(house, '1002'), new Set(asked)]).toEqual([
      ['Ada'],
      ['-'],
      new Set(['1002']),
    ]);
  });
});

describe('names follow colleagues', () => {
  test('renamed, hidden, seen again, gone from the PBX', async () => {
    const pbx = pbxOf('1001', '1002', '1003');
    const house = await openSyncHouse({ pbx });
    await house.tokenOf('1001');
    house.calls.tell(ended(missed('1001', '1002')));
    expect(await knownOf(house)).toEqual([{ name: 'User 1002', extension: '1002' }]);
    await house.users.set({ id: '1002', name: 'Bo' });
    await turns();
    expect(await names(house)).toEqual(['Bo']);
    await hide(house, '1002');
    expect(await knownOf(house)).toEqual([undefined]);
    await hide(house);
    expect(await names(house)).toEqual(['Bo']);
    await house.store.commit([{ table: 'extensions', id: '1002', value: null }]);
    expect(await knownOf(house)).toEqual([undefined]);
  });

  test('hidden and seen again in one turn in which they are also renamed', async () => {
    const house = await openSyncHouse();
    await house.tokenOf('1001');
    house.calls.tell(ended(missed('1001', '1002')));
    expect(await names(house)).toEqual(['User 1002']);
    const find = house.lookup.find.bind(house.lookup);
    house.lookup.find = async (asker, number, options) => {
      house.lookup.find = find;
      await hide(house, '1002');
      const caller = await find(asker, number, options);
      await hide(house);
      return caller;
    };
    await house.users.set({ id: '1002', name: 'Bo' });
    expect(await names(house)).toEqual(['Bo']);
  });

  test('by the mobile that they have now', async () => {
    const house = await namingHouse();
    await house.users.set({ id: '1003', name: 'Cy', mobile: ADA });
    await turns();
    expect(await knownOf(house)).toEqual([{ name: 'Cy', extension: '1003' }]);
    await house.users.set({ id: '1003', mobile: OTHER });
    await turns();
    expect(await knownOf(house)).toEqual([undefined]);
  });
});

describe('after a restart', () => {
  /** Stops, lets others change the store as commands do without a daemon, and starts again. */
  async function restarted(house: SyncHouse, change: (store: MemoryStore) => Promise<unknown>) {
    await house.history.stop();
    house.stop();
    await change(house.store);
    const reads: string[] = [];
    const again = await openSyncHouse({ store: house.store });
    const find = again.lookup.find.bind(again.lookup);
    again.lookup.find = (asker, number, options) => {
      reads.push(number);
      return find(asker, number, options);
    };
    return { again, reads };
  }

  test('nothing is looked up when nothing has changed', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    await house.history.idle();
    const { again, reads } = await restarted(house, async () => undefined);
    expect([await names(again), reads]).toEqual([['Ada'], []]);
  });

  test('contacts that were changed, moved and removed meanwhile are followed, and those alone', async () => {
    const house = await namingHouse();
    house.calls.tell(ended(missed('1001', OTHER)), ended(missed('1001', '020 7946 0222')));
    const ada = await add(house, 'company', 'Ada');
    const make = (firstName: string, number: string) =>
      house.contacts.create(OPERATOR, { book: 'company', contact: { firstName, numbers: [{ type: 'home', number }] } });
    const [bo] = [await make('Bo', OTHER), await make('Cy', '020 7946 0222')];
    expect(await names(house)).toEqual(['Ada', 'Bo', 'Cy']);
    const row = (await house.store.find('contacts', [bo.id])).get(bo.id)?.value as object;
    const { again, reads } = await restarted(house, (store) =>
      store.commit([
        { table: 'contacts', id: ada.id, value: null },
        { table: 'contacts', id: bo.id, value: { ...row, book: 'personal:1002' } },
      ]),
    );
    expect([await names(again), [...new Set(reads)].sort()]).toEqual([
      ['-', '-', 'Cy'],
      ['+44 20 7946 0000', ADA, OTHER],
    ]);
  });

  test('the last contact of a book that was removed meanwhile is followed', async () => {
    const house = await namingHouse();
    const mum = await add(house, 'personal', 'Mum', viewer('1001'));
    expect(await names(house)).toEqual(['Mum']);
    const { again } = await restarted(house, (store) => store.commit([{ table: 'contacts', id: mum.id, value: null }]));
    expect(await names(again)).toEqual(['-']);
  });

  test('rules and users that were changed meanwhile are followed', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    await house.history.idle();
    const [rule] = [...house.store.all('permissions')];
    const { again } = await restarted(house, (store) =>
      store.commit([{ table: 'permissions', id: rule?.id ?? '', value: null }]),
    );
    expect(await names(again)).toEqual(['-']);
  });

  test('a daemon that died before it had followed a change follows it then', async () => {
    const house = await namingHouse();
    const ada = await add(house, 'company', 'Ada');
    await house.history.idle();
    house.stop();
    await house.history.stop();
    // The mark is of a moment before the name was written, as after a death.
    await house.store.commit([{ table: 'contacts', id: ada.id, value: null }]);
    const again = await openSyncHouse({ store: house.store });
    expect(await names(again)).toEqual(['-']);
    const before = { name: 'Ada', contact: ada.id, book: 'company' };
    expect([again.moved.isOutdated(before), again.moved.isOutdated({ ...before, contact: 'other' })]).toEqual([
      true,
      false,
    ]);
  });

  test('rules that change while the histories are read are followed', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    await house.history.idle();
    const gate = promised<void>();
    const read = house.store.read.bind(house.store);
    const { again } = await restarted(house, async (store) => {
      store.read = async (question) => {
        if (question.table === 'calls') await gate.promise;
        return read(question);
      };
    });
    await permit(again);
    await turns();
    gate.resolve();
    expect([await names(again), await names(again, '1002')]).toEqual([['-'], ['-']]);
  });

  test('numbers are looked up anew when the settings of lookups are others', async () => {
    const house = await namingHouse();
    await add(house, 'company', 'Ada');
    await house.history.idle();
    const mark = house.store.get('upkeep', 'calls');
    expect(mark).toBeUndefined();
    await house.history.stop();
    house.stop();
    const { value } = house.store.get('upkeep', 'calls') ?? { value: {} };
    await house.store.commit([{ table: 'upkeep', id: 'calls', value: { ...value, rules: 'others' } }]);
    const [row] = await rowsOf(house.store, '1001');
    const { known: _known, ...bare } = row as CallRow;
    const id = [...(await house.store.find('calls', (await idsOf(house.store)).slice(0, 1))).keys()][0] ?? '';
    await house.store.commit([{ table: 'calls', id, value: bare }]);
    const again = await openSyncHouse({ store: house.store });
    expect(await names(again)).toEqual(['Ada']);
  });
});

async function idsOf(store: Store): Promise<string[]> {
  const { rows } = await store.read({ table: 'calls', scope: '1001', since: null, removedSince: null, limit: 10 });
  return rows.map(({ id }) => id);
}

describe('when the store takes nothing', () => {
  test('names follow later, which is said once', async () => {
    const house = await namingHouse();
    const commit = house.store.commit.bind(house.store);
    let isFull = false;
    house.store.commit = (writes, guards) =>
      isFull && writes.some(({ table }) => table === 'calls')
        ? Promise.reject(new Failure('storage', 'full'))
        : commit(writes, guards);
    isFull = true;
    const ada = await add(house, 'company', 'Ada');
    expect(await names(house)).toEqual(['-']);
    await rename(house, ada, 'Lovelace');
    house.clock.pass(10_000);
    expect(await names(house)).toEqual(['-']);
    isFull = false;
    house.clock.pass(10_000);
    expect(await names(house)).toEqual(['Ada Lovelace']);
    expect(house.reports.filter(([event]) => event.startsWith('calls'))).toEqual([['calls.naming_failed', {}]]);
  });

  test('a history that cannot be read at the start is read later', async () => {
    const house = await namingHouse();
    await house.history.stop();
    house.stop();
    const { store } = house;
    const counts = store.counts.bind(store);
    store.counts = (table) => (table === 'calls' ? Promise.reject(new Error('not now')) : counts(table));
    const again = await openSyncHouse({ store });
    await add(again, 'company', 'Ada');
    expect(await names(again)).toEqual(['-']);
    store.counts = counts;
    again.clock.pass(10_000);
    expect(await names(again)).toEqual(['Ada']);
  });
});

describe('a history that lost rows', () => {
  test('is not looked at for their numbers any more', async () => {
    const house = await namingHouse();
    house.calls.tell(ended(missed('1001', OTHER)));
    await house.history.idle();
    const ids = await idsOf(house.store);
    await house.store.commit([{ table: 'calls', id: ids[0] ?? '', value: null }]);
    await house.history.idle();
    const read = house.store.read.bind(house.store);
    const asked: string[] = [];
    house.store.read = (question) => {
      if (question.table === 'calls') asked.push(question.scope);
      return read(question);
    };
    await add(house, 'company', 'Ada');
    expect([await names(house, '1002'), asked]).toEqual([['Ada'], ['1002', '1002']]);
  });
});
