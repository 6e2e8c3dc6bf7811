// Importing and exporting at a running daemon, as its users do over HTTP and its operator with the commands.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readContact } from '../../src/domain/contact.ts';
import type { ImportReport } from '../../src/domain/contact-import.ts';
import { systemClock } from '../../src/service/clock.ts';
import { keysOf } from '../../src/service/numbering.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { makeUsers, withPeople } from './contact-house.ts';
import { BAD_ROWS, goodRow, HEADER } from './import-bad-rows.ts';
import { type Api, apiOf, countsOf, csvOf, variedContacts, withToken } from './import-house.ts';

vi.setConfig({ testTimeout: 180_000 });

let daemon: Daemon;
const logIn = withPeople(() => daemon);
beforeAll(async () => {
  daemon = await prepareDaemon({
    settings: { pbx: { ami: { port: 1 } }, lookup: { country: 'GB' }, clients: { minimum: { desk: '3.0.0' } } },
  });
  await makeUsers(daemon, '1000', '1001', '1002');
  await storeVaried(daemon.data, 'company', 10_000);
  await daemon.start();
});
afterAll(() => daemon.dispose());

/** Contacts of every shape, in the store of a daemon that does not run. */
async function storeVaried(folder: string, book: string, count: number): Promise<void> {
  const store = await openFilesStore({ folder, clock: systemClock, report: () => undefined });
  const at = '2026-11-21T12:00:00.000Z';
  const writes = variedContacts(count).map((given, n) => {
    const fields = readContact(given);
    const keys = keysOf(fields, { country: 'GB', outsideLine: '' });
    const stamps = { created: at, updated: at, createdBy: '', updatedBy: '' };
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    return { table: 'contacts' as const, id, value: { book, rev: 1, fields, keys, ...stamps } };
  });
  for (let from = 0; from < count; from += 1_000) await store.commit(writes.slice(from, from + 1_000));
  await store.close();
}

describe('10,000 varied contacts', () => {
  const all = { rows: 10_000, added: 0, updated: 0, unchanged: 10_000, skipped: 0, failed: 0 };

  test.each(['csv', 'vcf'] as const)('exported as %s and imported again change nothing', async (format) => {
    const boss = await apiOf(daemon, '1000');
    const file = await boss.text(`/api/books/company/contacts.${format}`);
    const again = await boss.send('company', file);
    expect({ ...countsOf(again), errors: again.errors.slice(0, 3), undoable: again.undoable }).toEqual({
      ...all,
      errors: [],
      undoable: false,
    });
    expect((await boss.text(`/api/books/company/contacts.${format}`)) === file).toBe(true);
  });

  test.each(['csv', 'vcf'] as const)(
    'exported as %s come whole into another book, and from there again',
    async (format) => {
      const [boss, admin] = [await apiOf(daemon, '1000'), await logIn('1000')];
      const { book } = await admin.request<{ book: { id: string } }>('books.create', { name: `As ${format}` });
      const first = await boss.send(book.id, await boss.text(`/api/books/company/contacts.${format}`));
      expect(countsOf(first)).toEqual({ ...all, added: 10_000, unchanged: 0 });
      await admin.until(() => admin.items(`contacts:${book.id}`).size === 10_000, 'the contacts');
      const fieldsOf = (name: string) =>
        [...admin.items(`contacts:${name}`).values()]
          .map(({ id: _id, book: _book, rev: _rev, created: _at, updated: _when, updatedBy: _by, ...fields }) =>
            JSON.stringify(fields),
          )
          .sort();
      expect(fieldsOf(book.id)).toEqual(fieldsOf('company'));
      const undone = await boss.fetch(`/api/imports/${first.id}/undo`, { method: 'POST' });
      expect([undone.status, await undone.json()]).toEqual([200, { removed: 10_000, restored: 0 }]);
      await admin.until(() => admin.items(`contacts:${book.id}`).size === 0, 'the contacts to go');
    },
  );
});

describe('rows that are wrong', () => {
  test('come back each with row, column, value and reason; the others are in; mended they are taken', async () => {
    const boss = await apiOf(daemon, '1000');
    const admin = await logIn('1000');
    const { book } = await admin.request<{ book: { id: string } }>('books.create', { name: 'Bad rows' });
    const lines: string[] = [HEADER.join(',')];
    BAD_ROWS.forEach(({ cells, line }, n) => {
      const good = goodRow(2 * n, cells);
      lines.push(line ? line(good) : csvOf([good]).trimEnd());
      lines.push(csvOf([goodRow(2 * n + 1)]).trimEnd());
    });
    const wrong = BAD_ROWS.length;
    expect(wrong).toBeGreaterThanOrEqual(30);
    const report = await boss.send(book.id, `﻿${lines.join('\r\n')}\r\n`);
    const faults = BAD_ROWS.map(({ kind }, n) => [kind, report.errors.find(({ row }) => row === 2 + 2 * n)]);
    const expected = BAD_ROWS.map(({ kind, cells, column, reason }, n) => {
      const value = column === '' ? expect.any(String) : (cells[column] ?? '').slice(0, 200);
      return [kind, { row: 2 + 2 * n, column, value, reason: expect.stringMatching(reason) }];
    });
    expect(faults).toEqual(expected);
    expect(countsOf(report)).toEqual({
      ...{ rows: 2 * wrong, added: wrong, updated: 0, unchanged: 0, skipped: 0, failed: wrong },
    });

    const failed = await boss.text(`/api/imports/${report.id}/errors.csv`);
    const [header = [], ...rows] = parse(failed, {
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
    }) as string[][];
    expect([header, rows.length]).toEqual([[...HEADER, 'Reason'], wrong]);
    expect(rows.filter((row) => (row[HEADER.length] ?? '') === '')).toEqual([]);
    const mended = rows.map((row, n) =>
      header.map((name, i) => (name === 'Reason' ? (row[i] ?? '') : (BAD_ROWS[n]?.mended[name] ?? row[i] ?? ''))),
    );
    const again = await boss.send(book.id, `﻿${csvOf([header, ...mended])}`);
    expect([again.errors, countsOf(again)]).toEqual([
      [],
      { rows: wrong, added: wrong, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    ]);
  });
});

describe('the rights over HTTP are those over the WebSocket', () => {
  const ROW = 'First Name,Mobile\r\nAda,+442079460000\r\n';
  const statusOf = async (api: Api, path: string, method = 'GET') =>
    (await api.fetch(path, { method, ...(path.includes('/import?') ? { body: ROW } : {}) })).status;

  test('a book is 404 for those who may not see it, and 403 for an import of those who may only look', async () => {
    const [admin, anna] = [await logIn('1000'), await apiOf(daemon, '1001')];
    const { book } = await admin.request<{ book: { id: string } }>('books.create', { name: 'Rights' });
    const [file, into] = [`/api/books/${book.id}/contacts.csv`, `/api/books/${book.id}/import?dryRun=1`];
    const allow = async (rights: { view: boolean; manage: boolean }) => {
      const rules = [{ who: { extension: '1001' }, books: [book.id], ...rights }];
      await admin.request('permissions.set', { rules });
      return [await statusOf(anna, file), await statusOf(anna, into, 'POST')];
    };
    expect([await statusOf(anna, file), await statusOf(anna, into, 'POST')]).toEqual([404, 404]);
    expect(await allow({ view: true, manage: false })).toEqual([200, 403]);
    expect(await allow({ view: true, manage: true })).toEqual([200, 200]);
    expect(await allow({ view: false, manage: false })).toEqual([404, 404]);
    await admin.request('permissions.set', { rules: [] });
  });

  test('a personal book is its owner’s alone, with its imports', async () => {
    const [boss, anna] = [await apiOf(daemon, '1000'), await apiOf(daemon, '1001')];
    const report = await anna.send('personal', `${ROW}Bob,4.9E+12\r\n`);
    expect(countsOf(report)).toEqual({ rows: 2, added: 1, updated: 0, unchanged: 0, skipped: 0, failed: 1 });
    for (const name of ['personal:1001', 'personal%3A1001', 'personal%253A1001']) {
      expect([name, await statusOf(boss, `/api/books/${name}/contacts.csv`)]).toEqual([name, 404]);
      expect([name, await statusOf(boss, `/api/books/${name}/import?`, 'POST')]).toEqual([name, 404]);
    }
    expect(await boss.text('/api/books/personal/contacts.csv')).not.toContain('Ada');
    expect(await boss.text('/api/imports')).not.toContain(report.id);
    expect(await statusOf(boss, `/api/imports/${report.id}/errors.csv`)).toBe(404);
    expect(await statusOf(boss, `/api/imports/${report.id}/undo`, 'POST')).toBe(404);
    expect(await anna.text('/api/books/personal/contacts.csv')).toContain('Ada');
    expect(await anna.text('/api/imports')).toContain(report.id);
    expect(await anna.text(`/api/imports/${report.id}/errors.csv`)).toContain('4.9E+12');
    expect(await statusOf(anna, `/api/imports/${report.id}/undo`, 'POST')).toBe(200);
  });

  test('a token counts as long as its log-in, and no longer', async () => {
    const bob = await apiOf(daemon, '1002');
    expect(await statusOf(bob, '/api/imports')).toBe(200);
    expect((await daemon.run('user', 'set', '1002', '--disable')).code).toBe(0);
    expect(await statusOf(bob, '/api/imports')).toBe(401);
    expect((await daemon.run('user', 'set', '1002', '--enable')).code).toBe(0);
    expect(await statusOf(bob, '/api/imports')).toBe(401);
    const again = await apiOf(daemon, '1002');
    expect(await statusOf(again, '/api/session', 'DELETE')).toBe(204);
    expect(await statusOf(again, '/api/imports')).toBe(401);
  });

  test('a token of a client that is too old for contacts opens none', async () => {
    const old = await connect(daemon.url);
    const { token } = await old.open({ login: '1000', password: 'correct horse' }, 'desk', '2.9.9');
    old.cut();
    const api = withToken(daemon, token);
    expect(await statusOf(api, '/api/books/company/contacts.csv')).toBe(403);
    expect(await statusOf(api, '/api/books/company/import?dryRun=1', 'POST')).toBe(403);
    expect(await statusOf(api, '/api/presence')).toBe(200);
  });
});

describe('the operator', () => {
  let file: string;
  beforeAll(() => {
    file = join(daemon.folder, 'operator.csv');
    writeFileSync(file, 'First Name;Mobile\r\nÄda;+442079460000\r\nBob;4,9E+12\r\n', 'latin1');
  });

  test.each([
    ['beside a daemon', true],
    ['without one', false],
  ])('imports, keeps what failed, lists, takes back and exports %s', async (_title, runs) => {
    if (!runs) await daemon.stop();
    const errors = join(daemon.folder, `errors-${runs}.csv`);
    const imported = await daemon.run('import', file, '--book', 'Company', '--errors', errors, '--json');
    const report = JSON.parse(imported.out) as ImportReport;
    expect([imported.code, imported.err, countsOf(report), report.file.encoding]).toEqual([
      1,
      `1 row that failed written to ${errors}\n`,
      { rows: 2, added: 1, updated: 0, unchanged: 0, skipped: 0, failed: 1 },
      'Windows-1252',
    ]);
    expect(readFileSync(errors, 'utf8')).toContain('4,9E+12');
    const target = join(daemon.folder, `company-${runs}.csv`);
    expect((await daemon.run('export', target, '--book', 'company')).code).toBe(0);
    expect(readFileSync(target, 'utf8')).toMatch(/^﻿"?ID"?,.*Äda/s);
    expect((await daemon.run('import', '--list')).out).toContain(report.id);
    const undone = await daemon.run('import', '--undo', report.id);
    expect(undone).toEqual({
      code: 0,
      out: `the import ${report.id} was taken back: 1 contact removed, no contacts as before\n`,
      err: '',
    });
    if (!runs) await daemon.start();
  });

  test('puts contacts into a personal book and learns nothing of it', async () => {
    const first = await daemon.run('import', file, '--owner', '1001', '--json');
    const second = await daemon.run('import', file, '--owner', '1001', '--json');
    const counts = { rows: 2, added: 1, updated: 0, unchanged: 0, skipped: 0, failed: 1 };
    expect([first, second].map(({ out }) => countsOf(JSON.parse(out)))).toEqual([counts, counts]);
    const anna = await apiOf(daemon, '1001');
    expect((await anna.text('/api/books/personal/contacts.csv')).split('Äda').length).toBe(2);
    expect((await daemon.run('import', file, '--owner', '1009')).err).toBe('rollcall: there is no user 1009\n');
    const refused = await daemon.run('export', join(daemon.folder, 'p.csv'), '--book', 'personal:1001');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('nobody’s but its owner’s')]);
  });
});

test('the log of all this names no contact', () => {
  const told = JSON.stringify(daemon.logs);
  for (const word of ['Ada', 'Äda', 'Łukasz', '442079460', 'example.com', '4.91512E', 'Street']) {
    expect([word, told.includes(word)]).toEqual([word, false]);
  }
  expect(daemon.logs.filter(({ event }) => event === 'internal')).toEqual([]);
});
