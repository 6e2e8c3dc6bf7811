import { describe, expect, test } from 'vitest';
import { ADA, OPERATOR } from '../support/contacts-house.ts';
import { MANAGER, openMirrorHouse, spelled, TO_ALL } from '../support/mirror-house.ts';
import { PaperAstdb } from '../support/paper-astdb.ts';
import { extensionWrite } from '../support/sites.ts';

const contact = (firstName: string, ...numbers: string[]) => ({
  contact: { firstName, numbers: numbers.map((number) => ({ type: 'business' as const, number })) },
});
const ada = spelled('2079460000', 'Ada Lovelace');
const sorted = (entries: Record<string, string>) => Object.fromEntries(Object.entries(entries).sort());

/** What is mirrored comes to this, in whatever order it was written. */
async function holds(house: Awaited<ReturnType<typeof openMirrorHouse>>, wanted: Record<string, string>) {
  expect(await house.comesTo(() => sorted(house.names()), sorted(wanted))).toEqual(sorted(wanted));
}

/** It says this, and nothing else. */
async function says(house: Awaited<ReturnType<typeof openMirrorHouse>>, ...wanted: unknown[]) {
  const own = () => house.house.said.filter(([event]) => event.startsWith('mirror.'));
  expect(await house.comesTo(own, wanted)).toEqual(wanted);
  house.said();
}

/** Nothing at all is left. */
async function isEmpty(house: Awaited<ReturnType<typeof openMirrorHouse>>) {
  expect(await house.comesTo(() => [...house.astdb.entries], [])).toEqual([]);
}

describe('the mirror', () => {
  test('holds the numbers of the books that everyone may see, in every spelling, and no others', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, { ...TO_ALL, books: ['company'] }] });
    const { id: secret } = await it.house.books.create(OPERATOR, { name: 'Secret' });
    await it.house.make('1001', 'company');
    await it.house.make('1001', secret, contact('Spy', '020 7946 0007'));
    await it.house.make('1001', 'personal', contact('Mum', '020 7946 0001'));
    it.start();
    await holds(it, ada);
    await says(it, ['mirror.in_step', { numbers: 1, written: 4, removed: 0, foreign: 0 }]);
  });

  test('follows what is made, renamed, moved, given another number and deleted', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    it.start();
    await it.comesTo(() => it.said().length, 1);
    const { contacts } = it.house;
    const as = it.house.as('1001');
    const { id } = await it.house.make('1001', 'company');
    await holds(it, ada);
    await contacts.update(as, { id, patch: { lastName: 'King' } });
    await holds(it, spelled('2079460000', 'Ada King'));
    await contacts.update(as, { id, patch: { numbers: [{ type: 'home', number: '020 7946 0009' }] } });
    await holds(it, spelled('2079460009', 'Ada King'));
    await contacts.move(as, { id, book: 'personal' });
    await holds(it, {});
    await contacts.move(as, { id, book: 'company' });
    await holds(it, spelled('2079460009', 'Ada King'));
    await contacts.remove(as, { id });
    await holds(it, {});
    await isEmpty(it);
  });

  test('empties within the second when a rule is taken back, and fills when it is given', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company');
    it.start();
    await holds(it, ada);
    const before = it.house.clock.now();
    await it.open(MANAGER);
    await holds(it, {});
    expect(it.house.clock.now() - before).toBeLessThan(1_000);
    await it.open(MANAGER, TO_ALL);
    await holds(it, ada);
    // A group that is kept from the book reads AstDB like all others.
    await it.open({ ...TO_ALL, id: 'not', who: { group: 'sales' }, view: false }, TO_ALL);
    await holds(it, {});
    await it.open(TO_ALL, { ...TO_ALL, id: 'not', who: { group: 'sales' }, view: false });
    await holds(it, ada);
  });

  test('empties when the book is deleted', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    const { id } = await it.house.books.create(OPERATOR, { name: 'Clients' });
    await it.house.make('1001', id);
    it.start();
    await holds(it, ada);
    await it.house.books.remove(OPERATOR, { id });
    await holds(it, {});
  });

  test('names the contact that a lookup would name, and the next when that one goes', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    const first = await it.house.make('1001', 'company', contact('First', '+44 20 7946 0001', '020 7946 0000'));
    it.house.clock.pass(1_000);
    const second = await it.house.make('1001', 'company', contact('Second', '020 7946 0000'));
    it.house.clock.pass(1_000);
    await it.house.make('1001', 'company', contact('Third', '020 7946 0000'));
    it.start();
    await holds(it, { ...spelled('2079460000', 'Second'), ...spelled('2079460001', 'First') });
    await it.house.contacts.remove(it.house.as('1001'), { id: second.id });
    await holds(it, { ...spelled('2079460000', 'Third'), ...spelled('2079460001', 'First') });
    await it.house.contacts.remove(it.house.as('1001'), { id: first.id });
    await holds(it, spelled('2079460000', 'Third'));
    const asked = await it.house.lookup.find('anyone', '020 7946 0000');
    expect(asked?.name).toBe('Third');
  });

  test('holds numbers of the house as they are dialled, but none of a colleague', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company', contact('Other House', '2001', '1002', '*30', '7', '020 7946 0000 x12'));
    it.start();
    await holds(it, { ...spelled('2079460000', 'Other House'), '2001': 'Other House' });
    it.house.extensions('2001');
    await holds(it, spelled('2079460000', 'Other House'));
    it.house.store.note([{ table: 'extensions', id: '2001', value: null }]);
    await holds(it, { ...spelled('2079460000', 'Other House'), '2001': 'Other House' });
  });

  test('holds none of a colleague whose number has the digits of the site in front everywhere but at the PBX', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL], prefix: '3' });
    await it.house.make('1001', 'company', contact('Other House', '2001', '2002'));
    it.start();
    await holds(it, { '2001': 'Other House', '2002': 'Other House' });
    it.house.store.note([extensionWrite('32001', 'paris'), extensionWrite('42002', 'rome')]);
    await holds(it, { '2002': 'Other House' });
    it.house.store.note([{ table: 'extensions', id: '32001', value: null }]);
    await holds(it, { '2001': 'Other House', '2002': 'Other House' });
  });
});

describe('what somebody else wrote', () => {
  test('is left alone and counted, and ours comes when theirs is gone', async () => {
    const astdb = new PaperAstdb();
    astdb.entries.set('cidname/02079460000', 'Countess').set('cidname/12345', 'Bo');
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL], astdb });
    await it.house.make('1001', 'company');
    it.start();
    await holds(it, { ...ada, '02079460000': 'Countess', '12345': 'Bo' });
    await says(it, ['mirror.in_step', { numbers: 1, written: 3, removed: 0, foreign: 1 }]);
    astdb.entries.delete('cidname/02079460000');
    it.house.clock.pass(60 * 60_000);
    await holds(it, { ...ada, '12345': 'Bo' });
    await it.open(MANAGER);
    await holds(it, { '12345': 'Bo' });
  });

  test('over an entry of ours stays, and stays when ours goes', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    const { id } = await it.house.make('1001', 'company');
    it.start();
    await holds(it, ada);
    it.astdb.entries.set('cidname/02079460000', 'Countess');
    await it.house.contacts.update(it.house.as('1001'), { id, patch: { lastName: 'King' } });
    await holds(it, { ...spelled('2079460000', 'Ada King'), '02079460000': 'Countess' });
    await it.open(MANAGER);
    await holds(it, { '02079460000': 'Countess' });
  });
});

describe('the connection', () => {
  test('that comes back finds what changed meanwhile, also an older AstDB', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    const { id } = await it.house.make('1001', 'company');
    it.start();
    await holds(it, ada);
    const backup = new Map(it.astdb.entries);
    it.cut();
    await it.house.contacts.remove(it.house.as('1001'), { id });
    await it.house.make('1001', 'company', contact('Bo', '020 7946 0005'));
    it.back();
    await holds(it, spelled('2079460005', 'Bo'));
    it.cut();
    it.astdb.entries.clear();
    for (const [path, value] of backup) it.astdb.entries.set(path, value);
    it.back();
    await holds(it, spelled('2079460005', 'Bo'));
    it.cut();
    it.astdb.entries.clear();
    it.back();
    await holds(it, spelled('2079460005', 'Bo'));
  });

  test('that is lost at any write leaves nothing behind that the next does not mend', async () => {
    for (let most = 0; most < 12; most += 1) {
      const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
      await it.house.make('1001', 'company');
      await it.house.make('1001', 'company', contact('Bo', '020 7946 0005'));
      it.astdb.writesLeft = most;
      it.start();
      if (most < 10) await it.comesTo(() => it.astdb.link.generation, null);
      it.cut();
      await it.open(MANAGER);
      it.back();
      await holds(it, {});
      await isEmpty(it);
    }
  });

  test('of a daemon that was restarted writes only differences', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company');
    it.start();
    await holds(it, ada);
    it.mirror.stop();
    it.said();
    const next = await openMirrorHouse({ house: it.house, astdb: it.astdb });
    it.astdb.writes.length = 0;
    next.start();
    await says(next, ['mirror.in_step', { numbers: 1, written: 0, removed: 0, foreign: 0 }]);
    expect(it.astdb.writes).toEqual([]);
  });

  test('after the setting was emptied takes everything of ours away, once', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company');
    it.astdb.entries.set('cidname/12345', 'Bo');
    it.start();
    await holds(it, { ...ada, '12345': 'Bo' });
    it.mirror.stop();
    it.said();
    const off = await openMirrorHouse({ house: it.house, astdb: it.astdb, family: '' });
    off.start();
    await holds(off, { '12345': 'Bo' });
    await says(off, ['mirror.removed', { removed: 4 }]);
    expect([...it.astdb.entries.keys()]).toEqual(['cidname/12345']);
    off.cut();
    await it.house.make('1001', 'company', contact('Bo', '020 7946 0005'));
    off.back();
    await off.comesTo(() => it.astdb.link.sent('DBGetTree').length, -1);
    expect([...it.astdb.entries.keys()]).toEqual(['cidname/12345']);
    expect(off.said()).toEqual([]);
  });
});

describe('what cannot be done', () => {
  test('for want of a right is said once, and nothing is tried before the next connection', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL], astdb: new PaperAstdb(['DBGet', 'DBGetTree']) });
    await it.house.make('1001', 'company');
    it.start();
    await says(it, ['mirror.forbidden', { error: 'the manager user may not use DBPut, DBDel' }]);
    const sent = it.astdb.link.actions.length;
    await it.house.make('1001', 'company', contact('Bo', '020 7946 0005'));
    await it.comesTo(() => it.astdb.link.actions.length, sent + 1);
    expect(it.astdb.link.actions).toHaveLength(sent);
    it.said();
    it.cut();
    it.back();
    await it.comesTo(() => it.astdb.link.actions.length, sent + 1);
    expect([it.astdb.link.actions.length, it.said()]).toEqual([sent + 1, []]);
  });

  test('without a mirror is not worth a word, but for entries that have to go', async () => {
    const denied = new PaperAstdb([]);
    const quiet = await openMirrorHouse({ astdb: denied, family: '' });
    quiet.start();
    expect(await quiet.comesTo(() => denied.link.actions.length, 1)).toBe(1);
    expect(quiet.said()).toEqual([]);
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company');
    it.start();
    await holds(it, ada);
    it.mirror.stop();
    it.said();
    const astdb = new PaperAstdb(['DBGet', 'DBGetTree']);
    for (const [path, value] of it.astdb.entries) astdb.entries.set(path, value);
    const off = await openMirrorHouse({ house: it.house, astdb, family: '' });
    off.start();
    await says(off, ['mirror.forbidden', { error: 'Asterisk refused DBDel: Permission denied' }]);
  });

  test('with one number keeps no other from its place, and is tried again', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company');
    await it.house.make('1001', 'company', contact('Bo', '020 7946 0005'));
    it.astdb.refuses = (path) => path.endsWith('7946' + '0000');
    it.start();
    await holds(it, spelled('2079460005', 'Bo'));
    await says(
      it,
      ['mirror.in_step', { numbers: 2, written: 4, removed: 0, foreign: 0 }],
      ['mirror.failed', { error: '1 numbers could not be written' }],
    );
    await it.house.make('1001', 'company', contact('Cy', '020 7946 0006'));
    await holds(it, { ...spelled('2079460005', 'Bo'), ...spelled('2079460006', 'Cy') });
    it.astdb.refuses = () => false;
    it.house.clock.pass(10_000);
    await holds(it, { ...ada, ...spelled('2079460005', 'Bo'), ...spelled('2079460006', 'Cy') });
  });

  test('because the store cannot be read is tried again', async () => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    await it.house.make('1001', 'company');
    const { store } = it.house;
    const { read, byNumber } = store;
    store.read = () => Promise.reject(new Error('broken'));
    it.start();
    await it.comesTo(() => it.house.said.length, 1);
    store.read = read.bind(store);
    it.house.clock.pass(10_000);
    await holds(it, ada);
    store.byNumber = () => Promise.reject(new Error('broken'));
    await it.house.make('1001', 'company', contact('Bo', '020 7946 0005'));
    await it.comesTo(() => it.house.said.some(([event]) => event === 'mirror.failed'), true);
    store.byNumber = byNumber.bind(store);
    it.house.clock.pass(10_000);
    await holds(it, { ...ada, ...spelled('2079460005', 'Bo') });
    expect(it.said()).toContainEqual(['mirror.failed', { error: 'the contacts could not be read' }]);
  });
});

describe('many numbers', () => {
  const number = (n: number) => `2079${`${n}`.padStart(6, '0')}`;

  /** A book of so many contacts, in a store that finds them without looking at all. */
  const many = async (count: number) => {
    const it = await openMirrorHouse({ rules: [MANAGER, TO_ALL] });
    const stamps = {
      created: '2026-01-01T00:00:00.000Z',
      updated: '2026-01-01T00:00:00.000Z',
      createdBy: '',
      updatedBy: '',
    };
    const rows = Array.from({ length: count }, (_, n) => {
      const fields = { firstName: `Name ${n}`, numbers: [{ type: 'business', number: `0${number(n)}` }] };
      return { book: 'company', rev: 1, fields, keys: [[`+44${number(n)}`]], ...stamps };
    });
    const writes = rows.map((value, n) => ({ table: 'contacts' as const, id: `many-${n}`, value }));
    for (let i = 0; i < count; i += 500) await it.house.store.commit(writes.slice(i, i + 500));
    const { byNumber } = it.house.store;
    it.house.store.byNumber = (question) => {
      const hit = /^\+442079(0\d{5})$/.exec(question.keys[0] ?? '')?.[1];
      if (hit === undefined || question.scopes.length === 0) return byNumber.call(it.house.store, question);
      return it.house.store.find('contacts', [`many-${Number(hit)}`]).then((found) => [...found.values()]);
    };
    const size = async (wanted: number) => {
      for (let go = 0; go < 20 && it.astdb.entries.size !== wanted; go += 1) {
        await it.comesTo(() => it.astdb.entries.size, wanted);
      }
      return it.astdb.entries.size;
    };
    return { it, size };
  };

  test('are written a few at a time, with what has to go in between', async () => {
    const { it, size } = await many(2_100);
    const { id } = await it.house.make('1001', 'company', { contact: { ...ADA } });
    let inFlight = 0;
    let most = 0;
    const { link } = it.astdb;
    const { action } = link;
    link.action = async (fields) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      return action.call(link, fields).finally(() => {
        inFlight -= 1;
      });
    };
    it.start();
    expect(await it.comesTo(() => it.astdb.entries.has('cidname/02079460000'), true)).toBe(true);
    await it.house.contacts.remove(it.house.as('1001'), { id });
    expect(await it.comesTo(() => it.astdb.entries.has('cidname/02079460000'), false)).toBe(false);
    expect(it.astdb.entries.size).toBeLessThan(5_000);
    expect(await size(2_100 * 5)).toBe(2_100 * 5);
    expect(most).toBeLessThanOrEqual(8);
    const wanted = Array.from({ length: 2_100 }, (_, n) => Object.entries(spelled(number(n), `Name ${n}`)));
    expect(sorted(it.names())).toEqual(sorted(Object.fromEntries(wanted.flat())));
    const before = link.sent('DBGetTree').length;
    await it.open(MANAGER);
    expect(await size(0)).toBe(0);
    // A list of everything would keep Asterisk from answering others.
    expect(
      link
        .sent('DBGetTree')
        .slice(before)
        .filter((fields) => fields['Key'] === undefined),
    ).toEqual([]);
  });

  test('that are closed all at once go by a listing, and come by one when they are opened', async () => {
    const { it, size } = await many(300);
    it.start();
    expect(await size(300 * 5)).toBe(300 * 5);
    const looks = () => it.astdb.link.sent('DBGet').length;
    const before = looks();
    await it.open(MANAGER);
    expect(await size(0)).toBe(0);
    await it.open(MANAGER, TO_ALL);
    expect(await size(300 * 5)).toBe(300 * 5);
    expect(looks()).toBe(before);
  });

  test('are told of while they are written, without one of them', async () => {
    const { it } = await many(300);
    it.start();
    await it.comesTo(() => it.astdb.entries.size > 100, true);
    it.house.clock.pass(10_000);
    const told = () => it.house.said.find(([event]) => event === 'mirror.filling');
    await it.comesTo(() => told() !== undefined, true);
    expect(told()).toEqual(['mirror.filling', { done: expect.any(Number), of: 300 }]);
  });
});
