import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPortal } from '../../src/server/portal.ts';
import { type Edge, NO_HTTP, openEdge } from '../support/edge-server.ts';

const SCRIPT = `console.log('${'x'.repeat(2_000)}');\n`;
const PAGE = `<!doctype html><html lang="en"><title>Rollcall</title><script type="module" src="/assets/index-1a2b.js"></script>${' '.repeat(500)}</html>\n`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-portal-'));
  mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'web', 'index.html'), PAGE);
  writeFileSync(join(folder, 'web', 'assets', 'index-1a2b.js'), SCRIPT);
  writeFileSync(join(folder, 'web', 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'web', 'notes.map'), 'not served');
  writeFileSync(join(folder, 'secret.txt'), 'not served');
  symlinkSync('/etc', join(folder, 'web', 'etc'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(): Promise<Edge> {
  return openEdge({ http: { ...NO_HTTP, portal: readPortal(join(folder, 'web')) } });
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
  "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
  "trusted-types 'none'";

describe('the portal', () => {
  it('is a page that runs its own scripts only, cannot be framed, and is asked for again each time', async () => {
    const edge = await open();
    const response = await edge.fetch('/');
    expect([response.status, await response.text()]).toEqual([200, PAGE]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it('lets its scripts be kept for ever, because their names change with what is in them', async () => {
    const edge = await open();
    const response = await edge.fetch('/assets/index-1a2b.js', { headers: { 'accept-encoding': 'identity' } });
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/javascript; charset=utf-8',
      SCRIPT,
    ]);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const icon = await edge.fetch('/icon.svg');
    expect([icon.headers.get('cache-control'), icon.headers.get('content-type')]).toEqual([
      'no-cache',
      'image/svg+xml',
    ]);
  });

  it('is packed for those who take gzip, and for nobody else', async () => {
    const edge = await open();
    const raw = async (accept: string) => {
      const client = await edge.raw();
      client.write(
        `GET /assets/index-1a2b.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${accept}\r\nConnection: close\r\n\r\n`,
      );
      await client.ended;
      return client.text;
    };
    for (const accept of ['gzip', 'br, gzip;q=0.5', 'GZIP']) {
      expect(await raw(accept)).toMatch(/content-encoding: gzip/i);
    }
    for (const accept of ['br', 'gzip;q=0', 'xgzip', '']) expect(await raw(accept)).not.toMatch(/content-encoding/i);
    const portal = readPortal(join(folder, 'web'));
    expect(gunzipSync(portal.get('/assets/index-1a2b.js')?.gzip ?? '').toString()).toBe(SCRIPT);
  });

  it('is not sent again to a browser that has it', async () => {
    const edge = await open();
    const etag = (await edge.fetch('/')).headers.get('etag') ?? '';
    const again = await edge.fetch('/', { headers: { 'if-none-match': `"other", ${etag}` } });
    expect([again.status, await again.text(), again.headers.get('content-security-policy')]).toEqual([304, '', POLICY]);
    expect((await edge.fetch('/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('answers HEAD without a body, and names the methods to who uses another', async () => {
    const edge = await open();
    const head = await edge.fetch('/', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const put = await edge.fetch('/', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '//index.html',
    '/index.html/',
    '/index.html',
    '/assets',
    '/assets/',
    '/assets/index-1a2b.js%00.html',
    '/assets/index-1a2b.js/',
    '/assets//index-1a2b.js',
    '/notes.map',
    '/etc/passwd',
    '/__proto__',
    '/constructor',
  ])('has no file at %s', async (path) => {
    const edge = await open();
    const client = await edge.raw();
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await client.ended;
    expect(client.text).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('is one label of the metrics, whatever file is asked for', async () => {
    const edge = await open();
    for (const path of ['/', '/icon.svg', '/nothing']) await edge.fetch(path);
    expect(await edge.metric('rollcall_http_requests_total{route="portal",status="200"}')).toBe(2);
  });

  it('is empty where it was not built', () => {
    expect(readPortal(join(folder, 'nowhere')).size).toBe(0);
  });
});
