// The commands that keep rules and backups, as an operator runs them beside a daemon with people at clients, and without one.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { codeOf, create, makeUsers, person, withPeople } from './contact-house.ts';

vi.setConfig({ testTimeout: 120_000 });

const SALES = `- id: sales
  order: 1
  who: { extension: "1001" }
  books: [company]
  view: true
  manage: true
`;
const NOBODY_SEES_BOSS = `- id: hidden
  order: 1
  who: { everyone: true }
  whom: { extension: "1000" }
  see: false
`;

let daemon: Daemon;
const logIn = withPeople(() => daemon);
beforeAll(async () => {
  daemon = await prepareDaemon({ settings: { pbx: { ami: { port: 1 } } } });
  await makeUsers(daemon, '1000', '1001', '1002');
  await daemon.start();
});
afterAll(() => daemon.dispose());

function held(client: Client, collection: string): readonly unknown[] {
  return [...client.items(collection).values()].sort((a, b) => String(a['id']).localeCompare(String(b['id'])));
}

describe('rules set by the operator', () => {
  test('take effect at once for people at their clients, and come back as they were set', async () => {
    const [boss, anna] = [await logIn('1000'), await logIn('1001')];
    const contact = await create(boss, 'company', person('Ada', '+442079460000'));
    expect(anna.item('books', 'company')).toBeUndefined();
    expect(await daemon.feed(SALES, 'permissions', 'set', '-')).toEqual({
      code: 0,
      out: '1 rule is in force now\n',
      err: '',
    });
    await anna.until(() => anna.item('contacts:company', contact.id) !== undefined, 'the contact');
    expect(anna.item('books', 'company')).toMatchObject({ rights: { view: true, manage: true } });
    await boss.until(() => boss.item('permissions', 'sales') !== undefined, 'the rule');
    const shown = await daemon.run('permissions', 'show');
    expect(shown).toEqual({ code: 0, out: SALES, err: '' });
    const wrong = await daemon.feed('- who: everyone\n', 'permissions', 'set', '-');
    expect([wrong.code, wrong.out, wrong.err.split('\n').length]).toEqual([2, '', 5]);
    expect((await daemon.run('permissions', 'show')).out).toBe(SALES);
    expect((await daemon.feed('[]', 'permissions', 'set', '-')).code).toBe(0);
    await anna.until(() => anna.item('books', 'company') === undefined, 'the book to go');
    expect(await codeOf(anna, 'contacts.update', { id: contact.id, patch: {} })).toBe(404);
  });

  test('are the same with and without a daemon', async () => {
    await daemon.feed(NOBODY_SEES_BOSS, 'visibility', 'set', '-');
    await daemon.feed(SALES, 'permissions', 'set', '-');
    await daemon.stop();
    const file = join(daemon.folder, 'rules.json');
    expect((await daemon.run('visibility', 'show')).out).toBe(NOBODY_SEES_BOSS);
    writeFileSync(file, (await daemon.run('permissions', 'show', '--json')).out);
    expect((await daemon.feed('[]', 'permissions', 'set', '-')).out).toContain('no rules are in force now');
    expect((await daemon.run('permissions', 'set', file)).out).toBe('1 rule is in force now\n');
    expect((await daemon.feed('[]', 'visibility', 'set', '-')).code).toBe(0);
    await daemon.start();
    expect((await daemon.run('permissions', 'show')).out).toBe(SALES);
    expect((await daemon.run('visibility', 'show')).out).toBe('[]\n');
  });
});

describe('a backup of a running daemon', () => {
  test('is put back whole, and clients get everything anew', async () => {
    const file = join(daemon.folder, 'backup');
    const [boss, anna] = [await logIn('1000'), await logIn('1001')];
    const own = await create(anna, 'personal', person('Own', '1'));
    const kept = await create(boss, 'company', person('Kept', '+442079460001'));
    await anna.request('favorites.add', { id: `contact:${kept.id}` });
    // Two people write while the backup is made, each as much as a client may in a second.
    let running = true;
    const write = async (client: Client, id: string) => {
      for (let n = 0; running && n < 30; n += 1) {
        await client.request('contacts.update', { id, patch: { remark: `${n}` } });
      }
    };
    const writers = [write(boss, kept.id), write(anna, own.id)];
    const made = await daemon.run('backup', file);
    running = false;
    await Promise.all(writers);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(
      /^backup of 2 company contacts, 1 personal contact and 3 users written to \S+ \(\d+ kB\)\n$/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);

    await boss.request('contacts.delete', { id: kept.id });
    await create(anna, 'personal', person('Later', '2'));
    await anna.until(() => anna.items('favorites').size === 0, 'the favourite to go');
    const refused = await daemon.run('restore', file, '--yes');
    expect(refused).toEqual({
      code: 1,
      out: '',
      err: `rollcall: the data folder ${daemon.data} is in use by process ${daemon.pid}: stop the daemon, then restore\n`,
    });
    await daemon.stop();
    const unasked = await daemon.run('restore', file);
    expect([unasked.code, unasked.err]).toEqual([
      2,
      'rollcall: stdin is no terminal to ask at: add --yes to restore without asking\n',
    ]);
    expect(await daemon.run('restore', file, '--yes')).toEqual({
      code: 0,
      out: `restored 2 company contacts, 1 personal contact and 3 users to ${daemon.data}\n`,
      err: '',
    });
    await daemon.start();

    const [later, fresh] = [await logIn('1001', anna), await logIn('1001')];
    expect(
      later.messages.filter(({ params }) => params?.['reset'] === true).map(({ params }) => params?.['collection']),
    ).toEqual(expect.arrayContaining(['contacts:personal', 'contacts:company']));
    for (const name of ['books', 'contacts:personal', 'contacts:company', 'favorites']) {
      expect([name, held(later, name)]).toEqual([name, held(fresh, name)]);
    }
    expect(held(fresh, 'contacts:personal')).toEqual([expect.objectContaining({ id: own.id, firstName: 'Own' })]);
    expect(fresh.item('contacts:company', kept.id)).toMatchObject({ firstName: 'Kept' });
    expect(fresh.item('favorites', `contact:${kept.id}`)).toBeDefined();
    await create(later, 'personal', person('Goes on', '3'));
  });

  test('that was damaged changes nothing', async () => {
    const file = join(daemon.folder, 'damaged');
    await daemon.run('backup', file);
    const whole = readFileSync(file);
    whole[whole.length >> 1] = (whole[whole.length >> 1] ?? 0) ^ 1;
    writeFileSync(file, whole);
    await daemon.stop();
    const before = await daemon.run('user', 'list', '--json');
    const refused = await daemon.run('restore', file, '--yes');
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/^rollcall: The backup is damaged in line \d+\. Nothing was changed\.[^\n]*\n$/);
    expect(await daemon.run('user', 'list', '--json')).toEqual(before);
    await daemon.start();
  });
});

describe('a user who is removed', () => {
  test.each([true, false])(
    'loses personal contacts and favourites, as was said before (with a daemon: %s)',
    async (live) => {
      const [boss, ben] = [await logIn('1000'), await logIn('1002')];
      for (const id of [...ben.items('contacts:personal').keys()]) await ben.request('contacts.delete', { id });
      await create(ben, 'personal', person('One', '1'));
      const two = await create(ben, 'personal', person('Two', '2'));
      await ben.request('favorites.add', { id: `contact:${two.id}` });
      await create(boss, 'personal', person('Another', '1'));
      if (!live) await daemon.stop();
      expect(await daemon.run('user', 'remove', '1002', '--yes')).toEqual({
        code: 0,
        out: expect.stringMatching(
          /^removed user 1002, its password and details, \d open log-ins?, 2 personal contacts, 1 favourite, no calls and no messages\n$/,
        ),
        err: '',
      });
      await daemon.user('1002', 'correct horse');
      if (!live) await daemon.start();
      const anew = await logIn('1002');
      expect([held(anew, 'contacts:personal'), held(anew, 'favorites')]).toEqual([[], []]);
      const again = await logIn('1000');
      expect(held(again, 'contacts:personal')).toEqual(
        expect.arrayContaining([expect.objectContaining({ firstName: 'Another' })]),
      );
    },
  );
});
