// S5: when a request has been answered, the mirrors hold what it did, for each method that changes something; and a refusal says
// all that the server says. Against a real daemon beside a real Asterisk.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../client/api.ts';
import type { Method, ParamsOf } from '../../client/types.ts';
import { settingsFor } from '../e2e/house.ts';
import { withAsterisk } from '../lab/with-asterisk.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, EVERYTHING, itemsOf, PASSWORD, person, RULES, settled, withPeople } from './house.ts';

const lab = withAsterisk({
  version: '22',
  extensions: [
    { number: '1000', name: 'Boss' },
    { number: '1001', name: 'Ann' },
  ],
});
let daemon: Daemon;
let boss: Client;
const meet = withPeople(() => daemon);

beforeAll(async () => {
  daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
  await daemon.user('1000', PASSWORD, '--admin');
  await daemon.user('1001', PASSWORD);
  await daemon.start();
});
afterAll(() => daemon.dispose());
beforeEach(async () => {
  boss = (await meet('1000', { collections: [...EVERYTHING, ...RULES] })).client;
  await boss.start();
  await settled(() => boss.mirror('presence').has('1001') && boss.mirror('pbx').get('pbx')?.connected, 'the PBX');
});

/** What `look` gives in the moment in which the answer comes, and whether listeners were told before. */
async function seenAt<M extends Method, T>(
  mirrors: readonly { subscribe(fn: () => void): () => void }[],
  method: M,
  params: ParamsOf<M>,
  look: () => T,
): Promise<{ seen: T; told: boolean[] }> {
  const told = mirrors.map(() => false);
  const stops = mirrors.map((mirror, n) =>
    mirror.subscribe(() => {
      told[n] = true;
    }),
  );
  await boss.request(method, params);
  for (const stop of stops) stop();
  return { seen: look(), told };
}

describe('an answered request is in the mirrors', () => {
  test('presence.set, of oneself and of another', async () => {
    const presence = boss.mirror('presence');
    for (const extension of ['1000', '1001']) {
      for (const status of ['lunch', 'do_not_disturb', 'available'] as const) {
        const params = { status, note: `note on ${status}`, ...(extension === '1000' ? {} : { extension }) };
        const { seen, told } = await seenAt([presence], 'presence.set', params, () => presence.get(extension)?.status);
        expect([seen, told]).toEqual([status, [true]]);
      }
    }
  });

  test('contacts.create, update, addNumber, move and delete', async () => {
    const [mine, company] = [boss.mirror('contacts:personal'), boss.mirror('contacts:company')];
    const { contact } = await boss.request('contacts.create', { book: 'personal', contact: person('Ada') });
    const { id } = contact;
    expect(mine.get(id)).toEqual(contact);
    const patch = { title: 'Countess', firstName: null, lastName: 'Lovelace' };
    const updated = await seenAt([mine], 'contacts.update', { id, patch, ifRev: 1 }, () => mine.get(id));
    expect([updated.seen, updated.told]).toEqual([
      {
        ...contact,
        rev: 2,
        title: 'Countess',
        lastName: 'Lovelace',
        firstName: undefined,
        updated: expect.any(String),
      },
      [true],
    ]);
    const number = { id, type: 'mobile', number: '0170 1234567' } as const;
    const added = await seenAt([mine], 'contacts.addNumber', number, () => mine.get(id)?.numbers.length);
    expect([added.seen, added.told]).toEqual([2, [true]]);
    const moved = await seenAt([mine, company], 'contacts.move', { id, book: 'company' }, () => [
      mine.has(id),
      company.get(id)?.book,
      boss.contacts.get(id)?.kind,
    ]);
    expect([moved.seen, moved.told]).toEqual([
      [false, 'company', 'company'],
      [true, true],
    ]);
    const two = [await create(boss, 'company', person('B')), await create(boss, 'personal', person('C'))];
    const ids = [id, ...two.map((one) => one.id)];
    const gone = await seenAt([mine, company], 'contacts.delete', { ids }, () =>
      ids.map((one) => boss.contacts.get(one)),
    );
    expect([gone.seen, gone.told]).toEqual([
      [undefined, undefined, undefined],
      [true, true],
    ]);
  });

  test('favorites.add and remove', async () => {
    const favorites = boss.mirror('favorites');
    const id = 'extension:1001';
    expect(await seenAt([favorites], 'favorites.add', { id }, () => favorites.has(id))).toEqual({
      seen: true,
      told: [true],
    });
    expect(await seenAt([favorites], 'favorites.remove', { id }, () => favorites.size)).toEqual({
      seen: 0,
      told: [true],
    });
  });

  test('books.create, rename and delete, with the contacts in them', async () => {
    const books = boss.mirror('books');
    const { book } = await boss.request('books.create', { name: 'Suppliers' });
    expect([books.get(book.id), boss.contacts.books().includes(book.id)]).toEqual([book, true]);
    const { id } = book;
    const name = 'Makers';
    const renamed = await seenAt([books], 'books.rename', { id, name }, () => books.get(id)?.name);
    expect(renamed).toEqual({ seen: name, told: [true] });
    const contacts = boss.mirror(`contacts:${id}`);
    const made = await create(boss, id, person('Ada'));
    const deleted = await seenAt([books], 'books.delete', { id }, () => [
      books.has(id),
      boss.contacts.books().includes(id),
      boss.contacts.get(made.id),
    ]);
    expect(deleted).toEqual({ seen: [false, false, undefined], told: [true] });
    expect([contacts.state, contacts.why, contacts.size]).toEqual(['gone', 'deleted', 0]);
  });

  test('permissions.set, visibility.set and users.set', async () => {
    const [permissions, visibility, users] = [
      boss.mirror('permissions'),
      boss.mirror('visibility'),
      boss.mirror('users'),
    ];
    const rule = { who: { everyone: true }, books: '*', view: true, manage: false } as const;
    const set = await seenAt([permissions], 'permissions.set', { rules: [rule] }, () => [...permissions.values()]);
    expect(set).toEqual({ seen: [{ ...rule, id: expect.any(String), order: expect.any(Number) }], told: [true] });
    const hidden = { who: { extension: '1001' }, whom: { extension: '1000' }, see: false } as const;
    const seen = await seenAt([visibility], 'visibility.set', { rules: [hidden] }, () => [...visibility.values()]);
    expect(seen).toEqual({ seen: [{ ...hidden, id: expect.any(String), order: expect.any(Number) }], told: [true] });
    const user = { id: '1001', email: 'ann@example.com', groups: ['sales'] };
    const changed = await seenAt([users], 'users.set', user, () => users.get('1001'));
    expect(changed).toEqual({ seen: expect.objectContaining(user), told: [true] });
    expect(boss.mirror('extensions').get('1001')?.email).toBe('ann@example.com');
    await boss.request('permissions.set', { rules: [] });
    await boss.request('visibility.set', { rules: [] });
    expect([permissions.size, visibility.size]).toEqual([0, 0]);
  });

  test('also while a mirror is being added', async () => {
    const { client: other } = await meet('1000', { collections: ['books'] });
    await other.start();
    for (let n = 0; n < 10; n++) {
      const name = (['favorites', 'users', 'presence', 'permissions'] as const)[n % 4] ?? 'users';
      other.mirror(name);
      const { book } = await other.request('books.create', { name: `Book ${n}` });
      expect(other.mirror('books').get(book.id)).toEqual(book);
      await other.request('books.delete', { id: book.id });
      expect(other.mirror('books').has(book.id)).toBe(false);
    }
    await settled(() => other.mirror('permissions').state === 'live', 'all are told');
    expect(itemsOf(other.mirror('books'))).toEqual(itemsOf(boss.mirror('books')));
  });
});

describe('a refused request', () => {
  test('says what is wrong and where', async () => {
    const contact = { numbers: [{ type: 'business', number: 'x'.repeat(40) }] } as const;
    await expect(boss.request('contacts.create', { book: 'personal', contact })).rejects.toMatchObject({
      name: 'RequestFailure',
      code: -32602,
      reason: 'params',
      issues: expect.arrayContaining([{ path: 'contact.numbers.0.number', message: expect.any(String) }]),
    });
  });

  test('brings the item as it is now, and the mirror has it too', async () => {
    const made = await create(boss, 'personal', person('Ada'));
    const { contact: now } = await boss.request('contacts.update', { id: made.id, patch: { title: 'A' } });
    const late = boss.request('contacts.update', { id: made.id, patch: { title: 'B' }, ifRev: 1 });
    await expect(late).rejects.toMatchObject({ code: 409, reason: 'conflict', current: now });
    expect(boss.contacts.get(made.id)).toEqual(now);
  });

  test('of too many says when to come again, and nothing is tried by itself', async () => {
    const { client: ann, recorder } = await meet('1001', { collections: [] });
    await ann.start();
    const outcomes = await Promise.all(
      Array.from({ length: 90 }, () =>
        ann.request('session.list', {}).then(
          () => 'ok',
          (error: { code: number; retryAfter?: number }) => `${error.code} ${error.retryAfter}`,
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['ok', '429 1']));
    expect(recorder.connections).toBe(1);
    expect(ann.state.kind).toBe('ready');
  });

  test('that is too long is refused without harm to the connection', async () => {
    const { client: ann, recorder } = await meet('1001', { collections: ['contacts'] });
    await ann.start();
    const contact = person('A', '1', { remark: 'é'.repeat(140_000) });
    await expect(ann.request('contacts.create', { book: 'personal', contact })).rejects.toMatchObject({ code: 413 });
    const long = person('A', '1', { remark: 'x'.repeat(100_000) });
    const both = [1, 2].map(() =>
      ann.request('contacts.create', { book: 'personal', contact: long }).catch((e) => e.code),
    );
    expect(await Promise.all(both)).toEqual([-32602, -32602]);
    expect([ann.state.kind, recorder.connections]).toEqual(['ready', 1]);
  });

  test('that is long, among many, is told to the right one', async () => {
    const { client: ann } = await meet('1001', { collections: [] });
    await ann.start();
    const ids = Array.from({ length: 5_000 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
    const codes = await Promise.all(
      Array.from({ length: 12 }, () => ann.request('contacts.delete', { ids }).catch((error) => error.code as number)),
    );
    expect([codes.length, codes.every((code) => code === 404 || code === 429), codes.includes(429)]).toEqual([
      12,
      true,
      true,
    ]);
    expect(ann.state.kind).toBe('ready');
  });
});
