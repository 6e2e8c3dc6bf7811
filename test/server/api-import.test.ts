// Importing over HTTP: what a request may say, what it brings, and what is answered.

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ImportReport } from '../../src/domain/contact-import.ts';
import { Failure } from '../../src/domain/failure.ts';
import { Gathered } from '../../src/server/api-upload.ts';
import { ALICE, type ApiEdge, BOB, openApi, refusal } from '../support/api-edge.ts';
import { HandClock } from '../support/hand-clock.ts';
import { REPORT } from '../support/paper-imports.ts';

const LINES = { accept: 'application/x-ndjson' };
const MIB = 1_048_576;

/** Imports that end when a test says so; those after that end at once. */
function held(api: ApiEdge): { endAll(report?: ImportReport): void } {
  const ends: ((report: ImportReport) => void)[] = [];
  api.imports.outcome = () => new Promise((resolve) => ends.push(resolve));
  return {
    endAll: (report = REPORT) => {
      api.imports.outcome = async () => report;
      for (const end of ends.splice(0)) end(report);
    },
  };
}

/** The head of an upload, to be followed by its body. */
function head(length: number | 'chunked', more = '', token = 'alice'): string {
  const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  return `POST /api/books/company/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${size}\r\n${more}\r\n`;
}

/** The status of what a raw client was answered. */
async function status(raw: { readonly text: string; until(f: (text: string) => boolean): Promise<void> }) {
  await raw.until((text) => /\r\n\r\n/.test(text));
  return /^HTTP\/1\.1 (\d+)/.exec(raw.text)?.[1];
}

describe('P125: an import', () => {
  it('hands over the file byte for byte, and answers the report', async () => {
    const api = await openApi();
    const response = await api.send('﻿First Name,Mobile\r\nÄda,+44 20\r\n');
    expect([response.status, await response.json()]).toEqual([200, REPORT]);
    expect(api.imports.runs).toEqual([
      {
        viewer: ALICE,
        wish: { book: 'company', dryRun: false, onDuplicate: 'update' },
        text: '﻿First Name,Mobile\r\nÄda,+44 20\r\n',
        progress: undefined,
      },
    ]);
  });

  it.each([
    ['', { dryRun: false, onDuplicate: 'update' }],
    ['?dryRun=1', { dryRun: true, onDuplicate: 'update' }],
    ['?dryRun=true&onDuplicate=skip', { dryRun: true, onDuplicate: 'skip' }],
    ['?dryRun=0&onDuplicate=add', { dryRun: false, onDuplicate: 'add' }],
    [
      `?columns=${encodeURIComponent('["firstName",null,"number:mobile"]')}`,
      { dryRun: false, onDuplicate: 'update', columns: ['firstName', null, 'number:mobile'] },
    ],
  ])('with %j in its query is asked so', async (query, asked) => {
    const api = await openApi();
    await api.send('x', { query });
    expect(api.imports.runs.map(({ wish }) => wish)).toEqual([{ book: 'company', ...asked }]);
  });

  const KNOWN = 'is no parameter of an import: there are dryRun, onDuplicate, columns';
  const TARGETS = 'takes a JSON list with a target, such as "firstName" or "number:mobile", or null for each column';
  it.each([
    ['onDuplicates=skip', 'onDuplicates', KNOWN],
    ['dryrun=1', 'dryrun', KNOWN],
    ['__proto__=1', '__proto__', KNOWN],
    ['dryRun=yes', 'dryRun', 'takes 1 (or true) or 0 (or false)'],
    ['dryRun=', 'dryRun', 'takes 1 (or true) or 0 (or false)'],
    ['dryRun=1&dryRun=0', 'dryRun', 'stands there more than once'],
    ['onDuplicate=replace', 'onDuplicate', 'takes skip, update, add'],
    ['onDuplicate=UPDATE', 'onDuplicate', 'takes skip, update, add'],
    ['columns=firstName', 'columns', TARGETS],
    ['columns=[]', 'columns', TARGETS],
    ['columns={"0":"firstName"}', 'columns', TARGETS],
    ['columns=["first name"]', 'columns', TARGETS],
    ['columns=[["firstName"]]', 'columns', TARGETS],
    [`columns=[${new Array(501).fill('null').join()}]`, 'columns', TARGETS],
  ])('with %s is refused, so that it does not import otherwise than was meant', async (query, path, message) => {
    const api = await openApi();
    const response = await api.send('x', { query: `?${query}` });
    const issues = [{ path, message }];
    const why = 'the parameters of the import are wrong: nothing was imported';
    expect([response.status, await response.json()]).toEqual([400, refusal(-32602, 'params', why, { issues })]);
    expect(api.imports.runs).toEqual([]);
  });

  it('names every fault of its query, but no more than twenty', async () => {
    const api = await openApi();
    const response = await api.send('x', { query: `?${Array.from({ length: 500 }, (_, n) => `p${n}=1`).join('&')}` });
    const { error } = (await response.json()) as { error: { data: { issues: { path: string }[] } } };
    expect(error.data.issues.map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, n) => `p${n}`));
  });

  it.each([
    ['not_found', new Failure('not_found', 'there is no such book'), 404],
    ['forbidden', new Failure('forbidden', 'you may only look'), 403],
    ['params', new Failure('params', 'this is a workbook: save it as CSV'), 400],
    ['too_large', new Failure('too_large', 'too many rows'), 413],
    ['storage', new Failure('storage', 'full'), 507],
  ] as const)('that is refused with %s answers so', async (reason, failure, code) => {
    const api = await openApi();
    api.imports.outcome = () => Promise.reject(failure);
    const response = await api.send('x');
    const wire = code === 400 ? -32602 : code;
    expect([response.status, await response.json()]).toEqual([code, refusal(wire, reason, failure.message)]);
  });

  it('that meets a bug answers an id alone, and so does one with progress', async () => {
    const api = await openApi();
    api.imports.outcome = () => Promise.reject(new TypeError('Ada Lovelace is not a function'));
    const plain = await api.send('x');
    const lines = await api.send('x', { headers: LINES });
    const ids = api.reports.map(({ fields }) => fields['id']);
    const where = 'POST /api/books/{book}/import';
    expect(api.reports).toEqual(
      ids.map((id) => ({ event: 'internal', fields: { id, where, error: expect.stringContaining('TypeError') } })),
    );
    const told = (id: unknown) => refusal(-32603, 'internal', `internal error ${id}`);
    expect([plain.status, await plain.json(), await lines.json()]).toEqual([500, told(ids[0]), told(ids[1])]);
  });
});

describe('P126: the file of an import', () => {
  it.each([
    undefined,
    'text/csv',
    'text/vcard',
    'application/octet-stream',
    'application/vnd.ms-excel',
    'text/plain',
    '*',
  ])('is taken whatever type it is said to be (%s)', async (type) => {
    const api = await openApi();
    const response = await api.send('x', { headers: type === undefined ? {} : { 'content-type': type } });
    expect([response.status, api.imports.runs.length]).toEqual([200, 1]);
  });

  it('is no form', async () => {
    const api = await openApi();
    const response = await api.send('--x', { headers: { 'content-type': 'multipart/form-data; boundary=x' } });
    const hint = 'send the file itself as the body, not a form: Content-Type text/csv or text/vcard';
    expect([response.status, await response.json()]).toEqual([415, refusal(415, 'unsupported_media_type', hint)]);
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'identity, gzip'])('is not compressed (%s)', async (encoding) => {
    const api = await openApi();
    const response = await api.send('x', { headers: { 'content-encoding': encoding } });
    const hint = 'send the file as it is, without Content-Encoding';
    expect([response.status, await response.json()]).toEqual([415, refusal(415, 'unsupported_media_type', hint)]);
    expect((await api.send('x', { headers: { 'content-encoding': 'Identity' } })).status).toBe(200);
  });

  it('may have 64 MiB, all of which arrive', async () => {
    const api = await openApi();
    let length = 0;
    api.imports.outcome = async ({ text }) => {
      length = text.length;
      return REPORT;
    };
    const response = await api.send('a'.repeat(64 * MIB));
    expect([response.status, length]).toEqual([200, 64 * MIB]);
  });

  it('that says it has more is refused before it has come', async () => {
    const api = await openApi();
    const raw = await api.raw();
    raw.write(head(64 * MIB + 1));
    await raw.until((text) => text.includes('}}'));
    expect(raw.text).toMatch(/^HTTP\/1\.1 413 /);
    expect(raw.text).toContain('a file has at most 64 MiB: split it into several');
    await raw.ended;
    expect(api.imports.runs).toEqual([]);
  });

  it('that turns out to have more is refused then, and the connection ended', async () => {
    const api = await openApi({ limits: { uploadBytes: 100_000 } });
    const raw = await api.raw();
    raw.write(head('chunked'));
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const pouring = setInterval(() => raw.write(chunk), 1);
    await raw.ended;
    clearInterval(pouring);
    expect(raw.text).toMatch(/^HTTP\/1\.1 413 /);
    expect(raw.text).toContain('a file has at most 100000 bytes');
    expect((await api.send('x')).status).toBe(200);
  });

  it('is put together as it comes, in memory that does not depend on how small its pieces are', () => {
    const file = new Gathered(1_000_000);
    const piece = Buffer.from('a');
    for (let n = 0; n < 200_000; n += 1) file.add(piece);
    piece.write('b');
    expect([file.length, file.whole().length, new Set(file.whole())]).toEqual([200_000, 200_000, new Set([97])]);
    expect(file.whole().buffer.byteLength).toBeLessThan(600_000);
    expect(() => file.add(Buffer.alloc(800_001))).toThrow('a file has at most 1000000 bytes');
    file.add(Buffer.alloc(800_000));
    expect(file.length).toBe(1_000_000);
  });
});

describe('P127: uploads that take their time', () => {
  it('may take longer than other requests', async () => {
    const api = await openApi({ tuning: { requestMs: 50, checkMs: 10 } });
    const raw = await api.raw();
    raw.write(`${head(6)}First,`.slice(0, -1));
    // Another request that is as slow is let go meanwhile.
    const other = await api.raw();
    other.write(
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await other.ended;
    expect(other.text).toMatch(/^HTTP\/1\.1 408 /);
    raw.write(',');
    expect([await status(raw), api.imports.runs[0]?.text]).toEqual(['200', 'First,']);
  });

  it('but not for ever', async () => {
    const api = await openApi({ tuning: { headersMs: 100, uploadMs: 200, checkMs: 20 } });
    const raw = await api.raw();
    raw.write(head(1_000_000));
    const dripping = setInterval(() => raw.write('x'), 5);
    await raw.ended;
    clearInterval(dripping);
    expect(raw.text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are dropped when they stall, drop by drop too, and leave their place to others', async () => {
    const api = await openApi({ limits: { uploads: 1, stallMs: 40, stallBytes: 1_000 } });
    const raw = await api.raw();
    raw.write(head(1_000_000));
    const dripping = setInterval(() => raw.write('x'), 5);
    await raw.ended;
    clearInterval(dripping);
    expect([raw.text, (await api.send('x', { token: 'bob' })).status, api.reports]).toEqual(['', 200, []]);
  });

  it('are forgotten when the client goes', async () => {
    const api = await openApi({ limits: { uploads: 1 } });
    const raw = await api.raw();
    raw.write(`${head(1_000)}half`);
    while ((await api.send('x', { token: 'bob' })).status !== 429) await setImmediate();
    raw.reset();
    while ((await api.send('x', { token: 'bob' })).status !== 200) await setImmediate();
    expect(api.imports.runs.map(({ viewer }) => viewer)).toContainEqual(BOB);
    expect(api.imports.runs.map(({ viewer }) => viewer)).not.toContainEqual(ALICE);
    expect(api.reports.map(({ event }) => event)).not.toContain('internal');
  });

  it('count with the token as it is when the file has come', async () => {
    const api = await openApi();
    const raw = await api.raw();
    raw.write(`${head(4)}abc`);
    while (api.addresses.length === 0) await setImmediate();
    api.tokens.delete('alice');
    raw.write('d');
    expect([await status(raw), api.imports.runs]).toEqual(['401', []]);
    api.tokens.set('alice', { ...ALICE, contacts: false });
    await api.send('x');
    expect(api.imports.runs[0]?.viewer).toEqual({ ...ALICE, contacts: false });
  });
});

describe('P128: imports at once', () => {
  it('are one of each user and two in all, from the first byte to the report', async () => {
    const api = await openApi();
    api.tokens.set('c', { extension: 'c', admin: false, contacts: true });
    const imports = held(api);
    const first = api.send('x');
    await api.imports.begun(1);
    const own = await api.send('x');
    const other = api.send('x', { token: 'bob' });
    await api.imports.begun(2);
    const third = await api.send('x', { token: 'c' });
    const told = async (response: Response) => [
      response.status,
      response.headers.get('retry-after'),
      await response.json(),
    ];
    const retryAfter = { retryAfter: 5 };
    expect([await told(own), await told(third)]).toEqual([
      [429, '5', refusal(429, 'too_many', 'you are importing already: wait until that is done', retryAfter)],
      [429, '5', refusal(429, 'too_many', 'others are importing: try again soon', retryAfter)],
    ]);
    imports.endAll();
    expect([(await first).status, (await other).status]).toEqual([200, 200]);
    expect((await api.send('x', { token: 'c' })).status).toBe(200);
  });

  it('give their place back when they fail', async () => {
    const api = await openApi({ limits: { uploads: 1 } });
    api.imports.outcome = () => Promise.reject(new Failure('storage', 'full'));
    expect([(await api.send('x')).status, (await api.send('x')).status]).toEqual([507, 507]);
    api.tokens.delete('bob');
    expect([(await api.send('x', { token: 'bob' })).status, (await api.send('x')).status]).toEqual([401, 507]);
  });

  it('that nobody waits for any more go on, and keep their place', async () => {
    const api = await openApi({ limits: { uploads: 1 } });
    const imports = held(api);
    const raw = await api.raw();
    raw.write(`${head(1)}x`);
    await api.imports.begun(1);
    raw.reset();
    await api.until(() => api.reports.some(({ event }) => event === 'http.client_error'), 'the end of the client');
    expect((await api.send('x', { token: 'bob' })).status).toBe(429);
    imports.endAll();
    while ((await api.send('x', { token: 'bob' })).status === 429) await setImmediate();
    expect(api.imports.runs.length).toBe(2);
  });
});

describe('P129: the answer to a long import', () => {
  it('is waited for longer than a connection is kept on which nothing moves', async () => {
    const api = await openApi({ tuning: { idleMs: 60 } });
    const imports = held(api);
    const sent = api.send('x');
    await api.imports.begun(1);
    // Another connection that is as still is dropped meanwhile.
    const still = await api.raw();
    await still.ended;
    imports.endAll();
    expect(await (await sent).json()).toEqual(REPORT);
  });

  it('is not kept for a client that does not take it', async () => {
    const api = await openApi({ tuning: { idleMs: 100 } });
    const imports = held(api);
    const raw = await api.raw();
    raw.write(`${head(1)}x`);
    await api.imports.begun(1);
    raw.socket.pause();
    const gone = new Promise((resolve) => raw.socket.once('close', resolve));
    imports.endAll({ ...REPORT, errors: new Array(100_000).fill(REPORT.errors[0]) });
    // A socket that does not read learns of its end by writing.
    const asking = setInterval(() => raw.write('GET'), 50);
    await gone;
    clearInterval(asking);
  });

  it('tells the progress by lines, if these are wanted: not too often, and never silent for long', async () => {
    const clock = new HandClock();
    const api = await openApi({ clock });
    const imports = held(api);
    const response = await api.send('x', { headers: LINES });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => JSON.parse((await reader.read()).value ?? '""');
    const [run] = api.imports.runs;
    const tell = (done: number) => run?.progress?.({ phase: 'saving', done, total: 9 });

    tell(1);
    expect(await next()).toEqual({ progress: { phase: 'saving', done: 1, total: 9 } });
    tell(2);
    tell(3);
    while (clock.waiting === 0) await setImmediate();
    clock.pass(249);
    tell(4);
    clock.pass(1);
    expect(await next()).toEqual({ progress: { phase: 'saving', done: 4, total: 9 } });
    while (clock.waiting === 0) await setImmediate();
    clock.pass(250);
    while (clock.waiting === 0) await setImmediate();
    clock.pass(10_000);
    expect(await next()).toEqual({ progress: { phase: 'saving', done: 4, total: 9 } });
    imports.endAll();
    expect([await next(), await reader.read()]).toEqual([{ report: REPORT }, { done: true, value: undefined }]);
  });

  it('ends with an error as a line', async () => {
    const api = await openApi();
    api.imports.outcome = () => Promise.reject(new Failure('params', 'this is a PDF'));
    const response = await api.send('x', { headers: { accept: 'application/json;q=0.1, application/x-ndjson' } });
    const line = `${JSON.stringify(refusal(-32602, 'params', 'this is a PDF'))}\n`;
    expect([response.status, await response.text()]).toEqual([200, line]);
  });

  it('goes on when nobody reads its lines, and holds none of them', async () => {
    const api = await openApi({ limits: { progressMs: 0 } });
    const imports = held(api);
    const raw = await api.raw();
    raw.write(`${head(1, 'Accept: application/x-ndjson\r\n')}x`);
    await api.imports.begun(1);
    raw.reset();
    const [run] = api.imports.runs;
    for (let done = 0; done < 10_000; done += 1) run?.progress?.({ phase: 'saving', done, total: 9 });
    imports.endAll();
    while ((await api.send('x')).status === 429) await setImmediate();
    expect(api.reports.map(({ event }) => event)).not.toContain('internal');
  });
});
