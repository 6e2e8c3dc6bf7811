import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decidePermission,
  decideVisibility,
  type PermissionRule,
  type VisibilityRule,
  type Who,
} from '../../src/domain/rules.ts';
import { Access } from '../../src/service/access.ts';
import type { Write } from '../../src/service/store.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { OPERATOR, openContactsHouse, openHouseOfFour } from '../support/contacts-house.ts';
import { MemoryStore } from '../support/memory-store.ts';

const viewer = (extension: string, more: Partial<Viewer> = {}): Viewer => ({
  extension,
  admin: false,
  contacts: true,
  ...more,
});

describe('rights', () => {
  test('are those of the first rule that names user and book, with the reason', async () => {
    const { access, as } = await openHouseOfFour();
    const rights = (extension: string, scope: string) => access.rights(as(extension), scope);
    expect(rights('1001', 'company')).toEqual({ view: true, manage: true, reason: 'rule managers' });
    expect(rights('1002', 'company')).toEqual({ view: true, manage: false, reason: 'rule sales' });
    expect(rights('1003', 'company')).toEqual({ view: false, manage: false, reason: 'no rule' });
    expect(rights('1000', 'company')).toEqual({ view: true, manage: true, reason: 'administrator' });
    expect(rights('1001', 'nothing')).toEqual({ view: false, manage: false, reason: 'no such book' });
    expect(rights('4711', 'company')).toEqual({ view: false, manage: false, reason: 'no such user' });
  });

  test('to a personal book has its owner alone, also not an administrator or the operator', async () => {
    const { access, as } = await openHouseOfFour();
    const none = { view: false, manage: false, reason: 'no such book' };
    expect(access.rights(as('1001'), 'personal:1001')).toEqual({ view: true, manage: true, reason: 'own' });
    for (const asker of [as('1002'), as('1000'), OPERATOR]) expect(access.rights(asker, 'personal:1001')).toEqual(none);
    expect(access.rights(OPERATOR, 'personal:')).toEqual(none);
  });

  test('are none for a client that is too old', async () => {
    const { access, as } = await openHouseOfFour();
    const old = as('1000', { contacts: false });
    const none = { view: false, manage: false, reason: 'client' };
    expect(access.rights(old, 'company')).toEqual(none);
    expect(access.rights(old, 'personal:1000')).toEqual(none);
    expect(access.books(old)).toEqual([]);
    expect(access.scopeOf(old, 'personal')).toBe(undefined);
  });

  test('of an administrator end when he is none any more, whatever his session says', async () => {
    const { access, people } = await openHouseOfFour();
    const session = viewer('1000', { admin: true });
    expect(access.rights(session, 'company').reason).toBe('administrator');
    await people({ id: '1000', admin: false });
    expect(access.rights(session, 'company')).toEqual({ view: false, manage: false, reason: 'no rule' });
    await people({ id: '1001', admin: true });
    expect(access.rights(viewer('1001'), 'company').reason).toBe('rule managers');
  });
});

describe('what is open', () => {
  test('to everyone is what a rule for everyone gives, and to an extension what also a rule for its number gives and none takes from its groups', async () => {
    const { access, rules, books } = await openHouseOfFour();
    const { id } = await books.create(OPERATOR, { name: 'Other' });
    const everyone = { everyone: true } as const;
    expect([access.openBooks(), access.openBooks('1002'), access.openBooks('1001')]).toEqual([[], [], ['company']]);
    await rules.setPermissions(OPERATOR, [
      { who: { extension: '1001' }, books: ['company'], view: false, manage: false },
      { who: { group: 'sales' }, books: '*', view: false, manage: false },
      { who: { extension: '1003' }, books: [id], view: false, manage: true },
      { who: everyone, books: ['company'], view: true, manage: false },
      { who: everyone, books: '*', view: false, manage: false },
    ]);
    const both = ['company', id].sort();
    expect(['1001', '1002', '1003', undefined].map((one) => access.openBooks(one))).toEqual([
      ...[[], [], both, ['company']],
    ]);
    expect(access.openBooks()).toBe(access.openBooks('1004'));
    await books.remove(OPERATOR, { id: 'company' });
    expect([access.openBooks('1003'), access.openBooks()]).toEqual([[id], []]);
  });

  test('says whether somebody could be hidden', async () => {
    const { access, rules } = await openHouseOfFour();
    expect(access.hidesSomebody).toBe(false);
    await rules.setVisibility(OPERATOR, [{ who: { everyone: true }, whom: { extension: '1003' }, see: true }]);
    expect(access.hidesSomebody).toBe(true);
    await rules.setVisibility(OPERATOR, []);
    expect(access.hidesSomebody).toBe(false);
  });
});

describe('books', () => {
  test('come with the personal one first and those of the company by name', async () => {
    const { access, as, books } = await openHouseOfFour();
    const beta = await books.create(OPERATOR, { name: 'beta' });
    const alpha = await books.create(OPERATOR, { name: 'Alpha' });
    const all = { view: true, manage: true };
    const personal = { id: 'personal', kind: 'personal', name: 'Personal', rights: all };
    expect(access.books(as('1000'))).toEqual([
      { scope: 'personal:1000', item: personal },
      { scope: alpha.id, item: { id: alpha.id, kind: 'company', name: 'Alpha', rights: all } },
      { scope: beta.id, item: { id: beta.id, kind: 'company', name: 'beta', rights: all } },
      { scope: 'company', item: { id: 'company', kind: 'company', name: 'Company', rights: all } },
    ]);
    expect(access.books(as('1002')).map(({ item }) => [item.id, item.rights])).toEqual([
      ['personal', all],
      ['company', { view: true, manage: false }],
    ]);
    expect(access.books(as('1003')).map(({ item }) => item.id)).toEqual(['personal']);
    expect(access.books(OPERATOR).map(({ item }) => item.name)).toEqual(['Alpha', 'beta', 'Company']);
    expect(access.books(viewer('4711'))).toEqual([]);
  });

  test('are found by the name of the wire, which never names the personal book of somebody else', async () => {
    const { access, as } = await openHouseOfFour();
    expect(access.scopeOf(as('1001'), 'personal')).toBe('personal:1001');
    expect(access.scopeOf(as('1001'), 'company')).toBe('company');
    for (const name of ['personal:1001', 'personal:1002', 'nothing', '__proto__', '']) {
      expect(access.scopeOf(as('1001'), name)).toBe(undefined);
    }
    expect(access.scopeOf(as('1003'), 'company')).toBe(undefined);
    expect(access.scopeOf(OPERATOR, 'personal')).toBe(undefined);
  });
});

describe('a change', () => {
  test('is answered anew within the feed, before those who listen later hear of it', async () => {
    const house = await openContactsHouse();
    await house.people({ id: '1001' });
    const { store, access, rules, books, as, people } = house;
    const heard: boolean[] = [];
    store.subscribe(() => heard.push(access.rights(as('1001'), 'company').view));
    await rules.setPermissions(OPERATOR, [{ who: { group: 'x' }, books: '*', view: true, manage: false }]);
    await people({ id: '1001', groups: ['x'] });
    await people({ id: '1001', groups: [] });
    await people({ id: '1001', groups: ['x'] });
    await books.remove(OPERATOR, { id: 'company' });
    expect(heard.slice(0, 5)).toEqual([false, true, false, true, false]);
  });

  test('is told when an answer may be another, and only then', async () => {
    const house = await openHouseOfFour();
    const { access, rules, books, people, extensions, store, make } = house;
    let told = 0;
    const stop = access.subscribe(() => {
      told += 1;
    });
    const toldOf = async (work: () => unknown): Promise<number> => {
      const before = told;
      await work();
      return told - before;
    };
    expect(await toldOf(() => books.rename(OPERATOR, { id: 'company', name: 'Firm' }))).toBe(1);
    expect(await toldOf(() => rules.setPermissions(OPERATOR, []))).toBe(1);
    expect(await toldOf(() => people({ id: '1003', groups: ['x'] }))).toBe(1);
    expect(await toldOf(() => people({ id: '1003', groups: ['x'], name: 'Carol', password: 'hash' }))).toBe(0);
    expect(await toldOf(() => people({ id: '1004' }))).toBe(1);
    expect(await toldOf(() => extensions('1009'))).toBe(0);
    expect(await toldOf(() => make('1000', 'company'))).toBe(0);
    expect(await toldOf(() => store.note([{ table: 'presence', id: '1001', value: {} }]))).toBe(0);
    const hide = [{ who: { everyone: true } as const, whom: { extension: '1009' }, see: false }];
    expect(await toldOf(() => rules.setVisibility(OPERATOR, hide))).toBe(1);
    expect(await toldOf(() => extensions('1010'))).toBe(1);
    expect(await toldOf(() => extensions('1010'))).toBe(0);
    stop();
    expect(await toldOf(() => rules.setVisibility(OPERATOR, []))).toBe(0);
  });

  test('is seen by one that is opened on the same store', async () => {
    const { store, as } = await openHouseOfFour();
    const again = new Access(store);
    expect(again.rights(as('1002'), 'company')).toEqual({ view: true, manage: false, reason: 'rule sales' });
    again.close();
  });
});

describe('sight', () => {
  const see = (who: Who, whom: Who, seen: boolean) => ({ who, whom, see: seen });
  const everyone: Who = { everyone: true };

  test('is of everyone without rules, and with rules that hide nobody', async () => {
    const { access, as, rules } = await openHouseOfFour();
    expect(access.sight(as('1001')).key).toBe('everyone');
    await rules.setVisibility(OPERATOR, [see(everyone, { extension: '1002' }, true)]);
    expect(access.sight(as('1001')).key).toBe('everyone');
    expect(access.sight(as('1001')).sees('4711')).toBe(true);
  });

  test('binds administrators, and neither the operator nor oneself', async () => {
    const { access, as, rules } = await openHouseOfFour();
    await rules.setVisibility(OPERATOR, [see(everyone, everyone, false)]);
    const sight = access.sight(as('1000'));
    expect(['1000', '1001', '4711'].map(sight.sees)).toEqual([true, false, false]);
    expect(access.sight(OPERATOR).sees('1001')).toBe(true);
    expect(access.sight(as('1001')).key).not.toBe(sight.key);
  });

  test('has the same key for those from whom the same are hidden, by whatever rules, in every daemon', async () => {
    const { store, access, as, rules } = await openHouseOfFour();
    await rules.setVisibility(OPERATOR, [
      see({ extension: '1003' }, { extension: '1000' }, false),
      see({ group: 'sales' }, { extension: '1000' }, false),
    ]);
    expect(access.sight(as('1002')).key).toBe(access.sight(as('1003')).key);
    expect(new Access(store).sight(as('1002')).key).toBe(access.sight(as('1002')).key);
    expect(access.sight(as('1001')).key).toBe('everyone');
  });

  test('tells two apart from whom others are hidden that nothing is known of', async () => {
    const { access, as, rules } = await openHouseOfFour();
    await rules.setVisibility(OPERATOR, [see({ extension: '1001' }, { extension: '9999' }, false)]);
    expect(access.sight(as('1001')).sees('9999')).toBe(false);
    expect(access.sight(as('1002')).sees('9999')).toBe(true);
    expect(access.sight(as('1001')).key).not.toBe(access.sight(as('1002')).key);
  });
});

describe('any rules', () => {
  const EXTENSIONS = ['1001', '1002', '1003', '1004'];
  const GROUPS = ['a', 'b'];
  const BOOKS = ['company', 'x', 'y'];
  const who = fc.oneof(
    fc.constant<Who>({ everyone: true }),
    fc.constantFrom(...EXTENSIONS, '9999').map((extension): Who => ({ extension })),
    fc.constantFrom(...GROUPS, 'none').map((group): Who => ({ group })),
  );
  const groupsOf = fc.tuple(...EXTENSIONS.map(() => fc.subarray(GROUPS)));
  const put = (table: Write['table'], id: string, value: object): Write => ({ table, id, value });

  function storeWith(groups: readonly string[][], rules: readonly Write[]): MemoryStore {
    const store = new MemoryStore();
    store.note([
      ...EXTENSIONS.map((id, i) => put('users', id, { id, groups: groups[i] ?? [], admin: false, disabled: false })),
      ...EXTENSIONS.slice(1).map((id) => put('extensions', id, {})),
      ...BOOKS.map((id) => put('books', id, { id, name: id })),
      ...rules,
    ]);
    return store;
  }

  test('give each viewer the books that reading them from the top gives', () => {
    const rule = fc.record({
      who,
      books: fc.oneof(fc.constant('*' as const), fc.subarray([...BOOKS, 'gone'], { minLength: 1 })),
      view: fc.boolean(),
      manage: fc.boolean(),
    });
    fc.assert(
      fc.property(groupsOf, fc.array(rule, { maxLength: 6 }), (groups, given) => {
        const rules: PermissionRule[] = given.map((one, i) => ({ ...one, id: `r${i}` }));
        const rows = rules.map((one, i) => put('permissions', one.id, { ...one, order: i + 1 }));
        const access = new Access(storeWith(groups, rows.reverse()));
        EXTENSIONS.forEach((extension, i) => {
          for (const book of BOOKS) {
            const { rule: by, ...right } = decidePermission(rules, { extension, groups: groups[i] ?? [] }, book);
            expect(access.rights(viewer(extension), book)).toEqual({
              ...right,
              reason: by === undefined ? 'no rule' : `rule ${by}`,
            });
          }
        });
      }),
    );
  });

  test('show each viewer the extensions that reading them from the top shows, under a key of their own', () => {
    const rule = fc.record({ who, whom: who, see: fc.boolean() });
    fc.assert(
      fc.property(groupsOf, fc.array(rule, { maxLength: 6 }), (groups, given) => {
        const rules: VisibilityRule[] = given.map((one, i) => ({ ...one, id: `r${i}` }));
        const rows = rules.map((one, i) => put('visibility', one.id, { ...one, order: i + 1 }));
        const access = new Access(storeWith(groups, rows));
        const person = (extension: string) => ({ extension, groups: groups[EXTENSIONS.indexOf(extension)] ?? [] });
        const all = [...EXTENSIONS, '9999', '8888'];
        const keys = new Map<string, string>();
        for (const extension of EXTENSIONS) {
          const { key, sees } = access.sight(viewer(extension));
          const expected = all.map((other) => decideVisibility(rules, person(extension), person(other)).see);
          expect(all.map(sees)).toEqual(expected);
          expect(key === 'everyone').toBe(expected.every(Boolean));
          expect(keys.get(key) ?? expected.join()).toBe(expected.join());
          keys.set(key, expected.join());
        }
        expect(new Set(keys.values()).size).toBe(keys.size);
      }),
    );
  });
});
