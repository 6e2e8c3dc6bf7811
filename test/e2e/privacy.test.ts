// R12, R13: whatever the daemon says, to anybody, on any way, holds nothing of another's personal contacts.
import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Client } from '../support/client.ts';
import { type Daemon, type Ended, prepareDaemon } from '../support/daemon.ts';
import { create, everyone, makeUsers, withPeople } from './contact-house.ts';

// Many runs of the program, each a process of its own.
vi.setConfig({ testTimeout: 120_000 });

/** Planted in every field of a personal contact, and in what its owner asks and does wrong. */
const SECRETS = [
  'Zyxwvut',
  'Qrstuvw',
  'Geheimfirma',
  'Beichtvater',
  '7946 0988',
  '79460988',
  'geheim@example.org',
  'Verborgenstrasse',
  'Unterwald',
  'Mitternacht',
  'gesuchtes',
  'verlesenes',
];

const secret = {
  firstName: 'Zyxwvut',
  lastName: 'Qrstuvw',
  company: 'Geheimfirma',
  title: 'Beichtvater',
  numbers: [{ type: 'mobile', number: '+44 20 7946 0988' }],
  emails: [{ type: 'home', address: 'geheim@example.org' }],
  addresses: [{ type: 'home', street: 'Verborgenstrasse 1', city: 'Unterwald' }],
  remark: 'Mitternacht',
};

/** Those of the secrets, and of the ids, that a text holds. */
function leaks(text: string, ids: readonly string[]): string[] {
  const folded = text.toLowerCase();
  return [...SECRETS, ...ids].filter((one) => folded.includes(one.toLowerCase()));
}

describe('What everybody but the owner of a personal contact gets to see', () => {
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  const ids: string[] = [];
  const outputs: { readonly from: string; readonly text: string }[] = [];
  const keep = (from: string, { out, err }: Ended) => outputs.push({ from, text: out + err });

  beforeAll(async () => {
    // Nothing answers there: the PBX is away, and what the daemon says of that is said too.
    daemon = await prepareDaemon({ settings: { log: { level: 'trace' }, pbx: { ami: { port: 1 } } } });
    await makeUsers(daemon, '1000', '1001', '1002');
    await daemon.start();
  });
  afterAll(() => daemon.dispose());

  async function live(owner: Client, boss: Client, other: Client): Promise<void> {
    const kept = await create(owner, 'personal', secret);
    const gone = await create(owner, 'personal', secret);
    const moved = await create(owner, 'personal', secret, randomUUID());
    ids.push(kept.id, gone.id);
    await owner.request('favorites.add', { id: `contact:${kept.id}` });
    await owner.request('contacts.update', { id: kept.id, patch: { remark: 'Mitternacht zwei' } });
    await owner.request('contacts.search', { text: 'gesuchtes Zyxwvut' });
    const wrong: [string, object][] = [
      ['contacts.create', { book: 'personal', contact: { ...secret, verlesenes: 1 } }],
      ['contacts.create', { book: 'personal', contact: { ...secret, numbers: 'verlesenes' } }],
      ['contacts.create', { book: 'company', contact: secret }],
      ['contacts.update', { id: kept.id, ifRev: 1, patch: { title: 'Beichtvater' } }],
      ['contacts.update', { id: kept.id, patch: { numbers: [{ type: 'Zyxwvut', number: 'Verborgenstrasse!' }] } }],
      ['contacts.delete', { ids: [kept.id, 'verlesenes'] }],
      ['contacts.move', { id: kept.id, book: 'company' }],
      ['verlesenes', secret],
    ];
    for (const [method, params] of wrong) await expect(owner.request(method, params)).rejects.toThrow();
    owner.send(`{"jsonrpc":"2.0","id":7,"method":"contacts.create","params":{"verlesenes": Zyxwvut`);
    await owner.request('contacts.delete', { id: gone.id });
    for (const client of [boss, other]) {
      for (const id of [kept.id, gone.id]) {
        await expect(client.request('contacts.update', { id, patch: {} })).rejects.toThrow();
        await expect(client.request('favorites.add', { id: `contact:${id}` })).rejects.toThrow();
      }
      await client.request('contacts.search', { text: '0988' });
    }
    // What its owner makes a company contact of his own will is no secret any more, but its past is.
    await owner.request('contacts.delete', { id: moved.id });
  }

  /** The number of the contact calls, and everybody is asked who that is. */
  async function call(owner: Client, ...others: readonly Client[]): Promise<void> {
    const number = '02079460988';
    expect(await owner.request('lookup.number', { number, explain: true })).toMatchObject({ name: 'Zyxwvut Qrstuvw' });
    for (const client of others) expect(await client.request('lookup.number', { number })).toEqual({});
    const { url } = await daemon.line(({ event, url }) => event === 'listening' && String(url).endsWith('/lookup'));
    const name = async (callee: string) => (await fetch(`${url}?number=${number}&name=Nobody&callee=${callee}`)).text();
    expect(await name('1001')).toBe('Zyxwvut Qrstuvw');
    for (const callee of ['', '1000', '1002', '4711', 'personal:1001']) {
      const text = await name(callee);
      expect([callee, text]).toEqual([callee, 'Nobody']);
    }
    const { out, err } = await daemon.run('lookup', number, '--callee', '1001', '--json');
    outputs.push({ from: 'lookup', text: (out + err).replaceAll('79460988', '') });
  }

  test('is nothing of it, in any message, log, metric, page, command or error', async () => {
    const [boss, owner, other] = [await logIn('1000'), await logIn('1001'), await logIn('1002')];
    await boss.request('permissions.set', {
      rules: [
        { who: { extension: '1002' }, books: '*', view: true, manage: true },
        { who: everyone, books: '*', view: true, manage: false },
      ],
    });
    await live(owner, boss, other);
    await call(owner, boss, other);
    for (const path of ['/', '/healthz', '/readyz', '/metrics', '/api/books', '/api/books/personal/contacts.csv']) {
      const headers = { authorization: `Bearer ${boss.session?.token}` };
      const response = await fetch(daemon.url + path, { headers });
      outputs.push({ from: path, text: [...response.headers].join() + (await response.text()) });
    }
    const file = join(daemon.folder, 'backup');
    keep('backup', await daemon.run('backup', file));
    for (const command of [
      ['user', 'list'],
      ['user', 'list', '--json'],
      ['permissions', 'show'],
      ['presence'],
      ['check'],
    ]) {
      keep(command.join(' '), await daemon.run(...command));
    }
    await daemon.kill();
    await daemon.start();
    const [bossAgain, otherAgain] = [await logIn('1000', boss), await logIn('1002', other)];
    keep('stop', await daemon.stop());
    for (const client of [boss, other, bossAgain, otherAgain]) {
      outputs.push({ from: `client ${client.session?.extension}`, text: JSON.stringify(client.messages) });
    }
    keep('restore', await daemon.run('restore', file, '--yes'));
    keep('user remove', await daemon.run('user', 'remove', '1001', '--yes'));
    outputs.push({ from: 'the names of files', text: (await readdir(daemon.folder, { recursive: true })).join('\n') });
    outputs.push({ from: 'the log', text: daemon.logs.map((line) => JSON.stringify(line)).join('\n') });

    expect(outputs.filter(({ text }) => text !== '').length).toBeGreaterThan(15);
    expect(outputs.map(({ from, text }) => ({ from, leaks: leaks(text, ids) }))).toEqual(
      outputs.map(({ from }) => ({ from, leaks: [] })),
    );
    const inBackup = leaks(await readFile(file, 'utf8'), ids);
    expect(inBackup).toContain('Zyxwvut'); // the search can find what is there
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('A damaged store', () => {
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  beforeAll(async () => {
    daemon = await prepareDaemon({ settings: { pbx: { ami: { port: 1 } } } });
    await makeUsers(daemon, '1001');
    await daemon.start();
  });
  afterAll(() => daemon.dispose());

  test('is refused without a word of what it holds', async () => {
    const owner = await logIn('1001');
    const made = await create(owner, 'personal', secret);
    const again = await create(owner, 'personal', secret);
    await daemon.kill();
    for (const name of await readdir(daemon.data)) {
      const path = join(daemon.data, name);
      if (!name.startsWith('journal.')) continue;
      const bytes = await readFile(path);
      const at = bytes.indexOf('Zyxwvut');
      if (at >= 0) bytes[at] = 0x41;
      await writeFile(path, bytes);
    }
    const ended = await daemon.runToEnd();
    expect(ended.code).not.toBe(0);
    expect(ended.err).toContain('damaged');
    expect(leaks(ended.out + ended.err, [made.id, again.id])).toEqual([]);
  });
});
