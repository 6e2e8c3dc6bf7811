// Files of contacts over the control socket: in by pieces, out by pieces, and never more than there is room for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlClient, connectControl } from '../../src/cli/control-client.ts';
import { Failure } from '../../src/domain/failure.ts';
import { type ControlServer, serveControl } from '../../src/server/control.ts';
import { importMethods } from '../../src/server/control-imports.ts';
import type { Asker } from '../../src/server/control-peer.ts';
import { ControlUploads } from '../../src/server/control-uploads.ts';
import { importOperations } from '../../src/service/operations-imports.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { listed, PaperImports, REPORT } from '../support/paper-imports.ts';

const OPERATOR = { extension: '', admin: true, contacts: true };
const GONE = new Failure('not_found', 'there is no such upload: it may have waited too long, begin again');

/** A connection that a test ends. */
class PaperAsker implements Asker {
  readonly #gone = new Set<() => void>();

  onGone(fn: () => void): () => void {
    this.#gone.add(fn);
    return () => this.#gone.delete(fn);
  }

  end(): void {
    for (const fn of [...this.#gone]) fn();
  }

  get listeners(): number {
    return this.#gone.size;
  }
}

describe('uploads over the control socket', () => {
  const LIMITS = { bytes: 10, uploads: 2, idleMs: 60_000 };
  let clock: HandClock;
  let uploads: ControlUploads;
  let one: PaperAsker;
  let other: PaperAsker;
  beforeEach(() => {
    clock = new HandClock();
    uploads = new ControlUploads(LIMITS, clock);
    one = new PaperAsker();
    other = new PaperAsker();
  });

  it('are put together from their pieces, and kept no longer than until they are taken', () => {
    const id = uploads.begin(one);
    uploads.add(id, one, Buffer.from('abc'));
    uploads.add(id, one, Buffer.from('de'));
    expect(Buffer.from(uploads.take(id, one)).toString()).toBe('abcde');
    expect(() => uploads.take(id, one)).toThrow(GONE);
    expect([one.listeners, clock.waiting]).toEqual([0, 0]);
  });

  it('are two at once, of all connections', () => {
    const first = uploads.begin(one);
    uploads.begin(other);
    const full = new Failure('too_many', 'other commands are importing: try again when they are done', {
      retryAfter: 5,
    });
    expect(() => uploads.begin(one)).toThrow(full);
    uploads.take(first, one);
    expect(uploads.begin(one)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('go with their connection', () => {
    const first = uploads.begin(one);
    const second = uploads.begin(other);
    one.end();
    expect(() => uploads.add(first, one, Buffer.from('a'))).toThrow(GONE);
    uploads.add(second, other, Buffer.from('a'));
    expect([one.listeners, other.listeners, clock.waiting]).toEqual([0, 1, 1]);
  });

  it('go when nothing comes for a minute', () => {
    const id = uploads.begin(one);
    for (let n = 0; n < 5; n += 1) {
      clock.pass(59_999);
      uploads.add(id, one, Buffer.from('a'));
    }
    clock.pass(60_000);
    expect(() => uploads.add(id, one, Buffer.from('a'))).toThrow(GONE);
    expect([one.listeners, clock.waiting]).toEqual([0, 0]);
  });

  it('belong to their connection', () => {
    const id = uploads.begin(one);
    expect(() => uploads.add(id, other, Buffer.from('a'))).toThrow(GONE);
    expect(() => uploads.take(id, other)).toThrow(GONE);
    expect(() => uploads.take('another', one)).toThrow(GONE);
    expect(uploads.take(id, one).length).toBe(0);
  });

  it('have a most of bytes, and are forgotten when they exceed it', () => {
    const id = uploads.begin(one);
    uploads.add(id, one, Buffer.alloc(10));
    expect(() => uploads.add(id, one, Buffer.alloc(1))).toThrow('a file has at most 10 bytes: split it into several');
    expect(() => uploads.take(id, one)).toThrow(GONE);
    expect([one.listeners, clock.waiting]).toEqual([0, 0]);
  });
});

describe('the methods', () => {
  let folder: string;
  let server: ControlServer;
  let clock: HandClock;
  let imports: PaperImports;
  const clients: ControlClient[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-imports-'));
    clock = new HandClock();
    imports = new PaperImports();
    const store = new MemoryStore();
    await store.commit([{ table: 'books', id: 'company', value: { id: 'company', name: 'Company' } }]);
    const users = { get: () => undefined };
    const operations = importOperations({ store, users, imports, exports: imports }, OPERATOR);
    server = await serveControl({ folder, methods: importMethods(operations, clock), report: () => undefined });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function connect(): Promise<ControlClient> {
    const client = await connectControl(folder);
    if (!client) throw new Error('not connected');
    clients.push(client);
    return client;
  }

  async function begin(client: ControlClient): Promise<string> {
    return ((await client.request('import.begin')) as { upload: string }).upload;
  }

  async function all(pieces: AsyncIterable<unknown>): Promise<unknown[]> {
    const got = [];
    for await (const piece of pieces) got.push(piece);
    return got;
  }

  const WISH = { book: 'company', dryRun: true, onDuplicate: 'skip' };

  it.each([
    ['no base64', { data: 'a' }],
    ['base64 with spaces', { data: 'YWJj YWJj' }],
    ['too long a piece', { data: 'A'.repeat(699_056) }],
    ['no data', {}],
  ])('take no piece with %s', async (_title, more) => {
    const client = await connect();
    const upload = await begin(client);
    await expect(client.request('import.piece', { upload, ...more })).rejects.toMatchObject({ code: 'params' });
    await client.request('import.piece', { upload, data: 'A'.repeat(699_048) });
  });

  it.each([
    ['another way with duplicates', { onDuplicate: 'merge' }],
    ['something unknown', { owner: '1001' }],
    ['columns that are none', { columns: [1] }],
    ['too many columns', { columns: new Array(501).fill(null) }],
  ])('refuse a wish with %s, and keep its file', async (_title, more) => {
    const client = await connect();
    const upload = await begin(client);
    const refused = all(client.pieces('import.run', { upload, ...WISH, ...more }));
    await expect(refused).rejects.toMatchObject({ code: 'params' });
    expect(await all(client.pieces('import.run', { upload, ...WISH }))).toEqual([{ result: REPORT }]);
  });

  it('tell the progress, and that the import lives when there is none', async () => {
    const client = await connect();
    const upload = await begin(client);
    await client.request('import.piece', { upload, data: Buffer.from('äb').toString('base64') });
    let end: () => void = () => undefined;
    imports.outcome = () =>
      new Promise((resolve) => {
        end = () => resolve(REPORT);
      });
    const pieces = client.pieces('import.run', { upload, ...WISH })[Symbol.asyncIterator]();
    const first = pieces.next();
    await imports.begun(1);
    imports.runs[0]?.progress?.({ phase: 'saving', done: 1, total: 2 });
    const told = { done: false, value: { progress: { phase: 'saving', done: 1, total: 2 } } };
    expect(await first).toEqual(told);
    for (let n = 0; n < 2; n += 1) {
      const next = pieces.next();
      while (clock.waiting === 0) await new Promise(setImmediate);
      clock.pass(250);
      while (clock.waiting === 0) await new Promise(setImmediate);
      clock.pass(10_000);
      expect(await next).toEqual(told);
    }
    end();
    expect([(await pieces.next()).value, (await pieces.next()).done, imports.runs[0]?.text]).toEqual([
      { result: REPORT },
      true,
      'äb',
    ]);
  });

  it('forget the file of a connection that ended', async () => {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    await begin(a);
    await begin(b);
    await expect(begin(c)).rejects.toMatchObject({ code: 'too_many' });
    a.close();
    for (;;) {
      const id = await begin(c).catch(() => undefined);
      if (id !== undefined) break;
    }
  });

  it('bring an export that is taken by one command at a time', async () => {
    let made = 0;
    imports.pieces = async function* () {
      for (; made < 100_000; made += 1) yield 'x'.repeat(100_000);
    };
    const wanted = { book: 'company', format: 'csv' };
    const [a, b] = [await connect(), await connect()];
    const pieces = a.pieces('export.write', wanted)[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toEqual({ name: 'company.csv' });
    const busy = 'another command is exporting: try again when it is done';
    await expect(all(b.pieces('export.write', wanted))).rejects.toThrow(busy);
    a.close();
    imports.pieces = () => listed(['whole']);
    for (;;) {
      const got = await all(b.pieces('export.write', wanted)).catch(() => undefined);
      if (got === undefined) continue;
      expect(got).toEqual([{ name: 'company.csv' }, 'whole']);
      break;
    }
    expect(made).toBeLessThan(1_000);
  });

  it('refuse personal books to the operator who would export them', async () => {
    const client = await connect();
    const refused = all(client.pieces('export.write', { book: 'personal:1001', format: 'csv' }));
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    await expect(all(client.pieces('export.write', { book: 'personal', format: 'csv' }))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(imports.asked).toEqual([]);
  });
});
