import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { type Seeing, visibleFailure, visibleResult } from '../../src/sync/answer.ts';
import { openSyncHouse } from '../support/sync-house.ts';
import { add, hide, OPERATOR, permit, viewer } from './book-house.ts';

/** A contact that an answer holds, and the house in which things happen before the answer leaves. */
async function answering() {
  const house = await openSyncHouse();
  await permit(house, 'manage company');
  for (const id of ['1001', '1002']) await house.tokenOf(id);
  const contact = await add(house, 'company', 'Ada', viewer('1002'));
  const { id: hidden } = await house.books.create(OPERATOR, { name: 'Hidden' });
  const moves = new Map<string, string>();
  const { access, hub } = house;
  const seeing: Seeing = {
    ...{ access, viewer: viewer('1001'), showCall: hub.showCall },
    movedTo: (id) => moves.get(id),
  };
  const conflict = () => new Failure('conflict', 'changed', { current: contact, reason: 'rev' });
  return { house, contact, hidden, moves, seeing, conflict };
}

describe('S8: an answer at the moment in which it leaves', () => {
  test('is as it was when nothing has changed', async () => {
    const { contact, seeing, conflict } = await answering();
    for (const result of [{ contact }, { contacts: [contact] }, { deleted: 1 }, {}, [1], 'x', null]) {
      expect(visibleResult(result, seeing)).toEqual(result);
    }
    const failure = conflict();
    expect(visibleFailure(failure, seeing)).toMatchObject(failure);
  });

  test.each(['revoked', 'deleted', 'moved', 'moved out of a book that is hidden then', 'disabled', 'removed'])(
    'holds no contact when the book or the right is %s meanwhile',
    async (what) => {
      const { house, contact, hidden, moves, seeing, conflict } = await answering();
      if (what === 'revoked') await permit(house);
      if (what === 'deleted') await house.books.remove(OPERATOR, { id: 'company' });
      if (what === 'moved') {
        await permit(house, 'view company');
        moves.set(contact.id, hidden);
      }
      if (what.startsWith('moved out')) {
        await permit(house, `view ${hidden}`);
        moves.set(contact.id, hidden);
      }
      if (what === 'disabled') await house.users.set({ id: '1001', disabled: true });
      if (what === 'removed') await house.users.remove('1001');
      expect(() => visibleResult({ contact }, seeing)).toThrow(new Failure('not_found', 'there is no such contact'));
      expect(visibleResult({ contacts: [contact, contact] }, seeing)).toEqual({ contacts: [] });
      const failure = visibleFailure(conflict(), seeing);
      expect([failure.code, failure.detail]).toEqual(['conflict', { reason: 'rev' }]);
    },
  );

  test('names the one who was called as the viewer may see him then', async () => {
    const { house, contact, seeing } = await answering();
    const row = { owner: '1001', call: '1', at: '2026-01-05T08:00:00.000Z', direction: 'out', number: '2' } as const;
    const call = {
      id: 'c',
      row: { ...row, known: { name: 'Ada', contact: contact.id, book: 'company' }, ring: 0, talk: 0 },
    };
    const { at, direction, number } = row;
    const bare = { id: 'c', at, direction, number, ring: 0, talk: 0 };
    expect(visibleResult({ call }, seeing)).toEqual({ call: { ...bare, name: 'Ada', contact: contact.id } });
    const closed = { ...seeing, viewer: { ...seeing.viewer, contacts: false } };
    expect(visibleResult({ call }, closed)).toEqual({ call: bare });
    await permit(house);
    expect(visibleResult({ call }, seeing)).toEqual({ call: bare });
  });

  test('does not say who changed a contact when that colleague is hidden meanwhile', async () => {
    const { house, contact, seeing, conflict } = await answering();
    await hide(house, '1002');
    const { updatedBy, ...rest } = contact;
    expect(updatedBy).toBe('1002');
    expect(visibleResult({ contact }, seeing)).toEqual({ contact: rest });
    expect(visibleFailure(conflict(), seeing).detail.current).toEqual(rest);
  });

  test('holds no book of a viewer who is no administrator any more', async () => {
    const { house, hidden, seeing } = await answering();
    await permit(house);
    const book = { id: hidden, kind: 'company', name: 'Hidden', rights: { view: true, manage: true } };
    expect(() => visibleResult({ book }, seeing)).toThrow(new Failure('not_found', 'there is no such book'));
    await house.users.set({ id: '1001', admin: true });
    const admin = { ...seeing, viewer: { ...seeing.viewer, admin: true } };
    expect(visibleResult({ book }, admin)).toEqual({ book });
  });
});
