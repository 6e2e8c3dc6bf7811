import { describe, expect, test } from 'vitest';
import { type Seeing, visibleResult } from '../../src/sync/answer.ts';
import { OPEN_GATES } from '../support/gates.ts';
import { LateStore } from '../support/late-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { ask, openSyncHouse } from '../support/sync-house.ts';
import { add, hide, OPERATOR, permit, rename, turns, viewer } from './book-house.ts';

const LONDON = '+442079460000';

/** Everybody views the company book; 1003 is called Carl. */
async function lookupHouse(parts: Parameters<typeof openSyncHouse>[0] = {}) {
  const store = new LateStore(new MemoryStore());
  const house = await openSyncHouse({ ...parts, store });
  await permit(house, 'view company');
  await house.users.set({ id: '1003', name: 'Carl', mobile: '07700 900123' });
  const own = await house.open('1001');
  return { house, store, own };
}

describe('P84: lookup.number', () => {
  test('answers the name and the contact as the viewer sees it', async () => {
    const { house, own } = await lookupHouse();
    const contact = await add(house, 'company', 'Ada');
    expect((await ask(own, 'lookup.number', { number: '(020) 7946-0000' })).result).toEqual({ name: 'Ada', contact });
    const mum = await add(house, 'personal', 'Mum', viewer('1001'));
    expect((await ask(own, 'lookup.number', { number: LONDON })).result).toEqual({ name: 'Mum', contact: mum });
    const other = await house.open('1002');
    expect((await ask(other, 'lookup.number', { number: LONDON })).result).toEqual({ name: 'Ada', contact });
    expect(house.answers.filter((answer) => answer.startsWith('lookup'))).toEqual(Array(3).fill('lookup.number ok'));
  });

  test('leaves out who changed the contact when that colleague is hidden', async () => {
    const { house, own } = await lookupHouse();
    await permit(house, 'manage company');
    await house.tokenOf('1002');
    const { updatedBy, ...contact } = await add(house, 'company', 'Ada', viewer('1002'));
    expect(updatedBy).toBe('1002');
    await hide(house, '1002');
    expect((await ask(own, 'lookup.number', { number: LONDON })).result).toEqual({ name: 'Ada', contact });
  });

  test('answers the extension, also where it has no name', async () => {
    const { house, own } = await lookupHouse();
    for (const number of ['1003', '07700 900123']) {
      expect((await ask(own, 'lookup.number', { number })).result).toEqual({ name: 'Carl', extension: '1003' });
    }
    await house.users.set({ id: '1002', name: '1002' });
    expect((await ask(own, 'lookup.number', { number: '1002' })).result).toEqual({ extension: '1002' });
    const contact = await house.contacts.create(OPERATOR, {
      book: 'company',
      contact: { firstName: 'Bob', numbers: [{ type: 'business', number: '1002' }] },
    });
    expect((await ask(own, 'lookup.number', { number: '1002' })).result).toEqual({
      ...{ name: 'Bob', contact, extension: '1002' },
    });
    await hide(house, '1002', '1003');
    expect((await ask(own, 'lookup.number', { number: '1003' })).result).toEqual({});
    expect((await ask(own, 'lookup.number', { number: '1002' })).result).toEqual({ name: 'Bob', contact });
  });

  test('answers {} for nobody, and for what is no number', async () => {
    const { own } = await lookupHouse();
    for (const number of [LONDON, 'anonymous', '1', ' ']) {
      expect((await ask(own, 'lookup.number', { number })).result).toEqual({});
    }
  });

  test.each([
    [{}],
    [{ number: '' }],
    [{ number: '1'.repeat(65) }],
    [{ number: 1001 }],
    [{ number: '1001', explain: 'yes' }],
    [{ number: '1001', callee: '1002' }],
  ])('refuses %j', async (params) => {
    const { own } = await lookupHouse();
    expect((await ask(own, 'lookup.number', params)).error).toMatchObject({ code: -32602 });
  });

  test('explains at the top of the result', async () => {
    const { house, own } = await lookupHouse();
    const contact = await add(house, 'personal', 'Mum', viewer('1001'));
    expect((await ask(own, 'lookup.number', { number: '020 7946 0000', explain: true })).result).toEqual({
      ...{ name: 'Mum', contact },
      forms: [LONDON, '…9460000'],
      books: ['personal', 'company'],
      rule: `A contact of the personal book has the number ${LONDON}.`,
      steps: [
        'What the client may see counts.',
        'The number is looked for as +442079460000, then …9460000.',
        'extension: no extension has the number, and no colleague has it as mobile.',
        `personal: A contact of the personal book has the number ${LONDON}.`,
      ],
    });
    expect((await ask(own, 'lookup.number', { number: LONDON, explain: false })).result).toEqual({
      name: 'Mum',
      contact,
    });
    expect((await ask(own, 'lookup.number', { number: '4711', explain: true })).result).toMatchObject({
      rule: 'Nobody: no directory that was asked knows the number.',
    });
  });

  test('uses the extensions and no contacts for a client that is too old', async () => {
    const { house, own, store } = await lookupHouse({ gates: { ...OPEN_GATES, web: '99' } });
    await add(house, 'company', 'Ada');
    store.asked = 0;
    expect((await ask(own, 'lookup.number', { number: LONDON })).result).toEqual({});
    expect((await ask(own, 'lookup.number', { number: '1003', explain: true })).result).toMatchObject({
      ...{ name: 'Carl', extension: '1003', books: [] },
    });
    expect(store.asked).toBe(0);
  });

  test('answers a fault of the store as an internal error, and goes on', async () => {
    const { house, store, own } = await lookupHouse();
    store.failing = 1;
    expect((await ask(own, 'lookup.number', { number: LONDON })).error).toMatchObject({ code: -32603 });
    await add(house, 'company', 'Ada');
    expect((await ask(own, 'lookup.number', { number: LONDON })).result).toMatchObject({ name: 'Ada' });
    expect(JSON.stringify(house.reports)).not.toContain('7946');
  });
});

describe('S8: lookup.number', () => {
  test.each(['the right', 'the contact', 'the book'])(
    'says nothing of a contact when %s goes while the store answers',
    async (what) => {
      const { house, store, own } = await lookupHouse();
      const contact = await add(house, 'company', 'Ada');
      const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
      store.late = true;
      const id = own.send('lookup.number', { number: LONDON, explain: true });
      await turns();
      expect(store.waiting).toBe(1);
      store.late = false;
      if (what === 'the right') await permit(house);
      if (what === 'the contact') await house.contacts.move(OPERATOR, { id: contact.id, book: hidden });
      if (what === 'the book') await house.books.remove(OPERATOR, { id: 'company' });
      store.release('all');
      await turns();
      const { name, contact: told, books, rule } = (own.response(id)?.result ?? {}) as Record<string, unknown>;
      expect([name, told, books, rule]).toEqual([
        undefined,
        undefined,
        what === 'the contact' ? ['personal', 'company'] : ['personal'],
        'Nobody: no directory that was asked knows the number.',
      ]);
    },
  );

  test('answers the contact as it is then, when it is changed while the store answers', async () => {
    const { house, store, own } = await lookupHouse();
    const contact = await add(house, 'company', 'Ada');
    store.late = true;
    const id = own.send('lookup.number', { number: LONDON });
    await turns();
    store.late = false;
    const renamed = await rename(house, contact, 'Lovelace');
    store.release('all');
    await turns();
    expect(own.response(id)?.result).toEqual({ name: 'Ada Lovelace', contact: renamed });
  });
});

describe('S8: who a number is, at the moment in which the answer leaves,', () => {
  /** An answer with everything that it may hold. */
  async function answering() {
    const { house } = await lookupHouse();
    await permit(house, 'manage company');
    await house.tokenOf('1002');
    const contact = await add(house, 'company', 'Ada', viewer('1002'));
    const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
    const moves = new Map<string, string>();
    const { access, hub } = house;
    const seeing: Seeing = {
      ...{ access, viewer: viewer('1001'), showCall: hub.showCall },
      movedTo: (id) => moves.get(id),
    };
    const more = { forms: [LONDON], books: ['company'], rule: 'So.', steps: ['So.'] };
    return { house, contact, hidden, moves, seeing, more };
  }

  test('is as it was when nothing has changed', async () => {
    const { contact, seeing, more } = await answering();
    const answers = [
      { name: 'Ada', contact },
      { name: 'Ada', contact, extension: '1003', ...more },
      { name: 'Carl', extension: '1003' },
      { extension: '1003' },
      {},
      more,
    ];
    for (const answer of answers) expect(visibleResult(answer, seeing)).toEqual(answer);
  });

  test.each(['revoked', 'deleted', 'moved', 'disabled', 'removed'])(
    'is nobody when the contact is %s',
    async (what) => {
      const { house, contact, hidden, moves, seeing, more } = await answering();
      if (what === 'revoked') await permit(house);
      if (what === 'deleted') await house.books.remove(OPERATOR, { id: 'company' });
      if (what === 'moved') {
        await permit(house, 'view company');
        moves.set(contact.id, hidden);
      }
      if (what === 'disabled') await house.users.set({ id: '1001', disabled: true });
      if (what === 'removed') await house.users.remove('1001');
      expect(visibleResult({ name: 'Ada', contact, ...more }, seeing)).toEqual({});
    },
  );

  test('explains nothing with a book that is gone from sight, though it names nobody', async () => {
    const { house, seeing, more } = await answering();
    expect(visibleResult({ ...more, books: ['personal'] }, seeing)).toEqual({ ...more, books: ['personal'] });
    await permit(house);
    expect(visibleResult(more, seeing)).toEqual({});
  });

  test('is nobody when the extension is hidden or the user disabled', async () => {
    const { house, contact, seeing } = await answering();
    await hide(house, '1003');
    expect(visibleResult({ name: 'Carl', extension: '1003' }, seeing)).toEqual({});
    expect(visibleResult({ extension: '1003' }, seeing)).toEqual({});
    expect(visibleResult({ name: 'Ada', contact, extension: '1003' }, seeing)).toEqual({});
    await hide(house);
    await house.users.set({ id: '1001', disabled: true });
    expect(visibleResult({ name: 'Carl', extension: '1003' }, seeing)).toEqual({});
  });

  test('does not say who changed the contact when that colleague is hidden', async () => {
    const { house, contact, seeing } = await answering();
    await hide(house, '1002');
    const { updatedBy: _, ...rest } = contact;
    expect(visibleResult({ name: 'Ada', contact }, seeing)).toEqual({ name: 'Ada', contact: rest });
  });
});
