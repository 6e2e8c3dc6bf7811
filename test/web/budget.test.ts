// What the portal weighs: a page that is opened on a slow line is waited for.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const WEB = resolve(import.meta.dirname, '..', '..', 'dist', 'web');

function gzipped(name: string): number {
  return gzipSync(readFileSync(join(WEB, name)), { level: 9 }).length;
}

describe('The portal', () => {
  const page = readFileSync(join(WEB, 'index.html'), 'utf8');

  test('takes less than 60 kB of script, gzipped, until it can be used', () => {
    const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.reduce((sum, name) => sum + gzipped(name), 0)).toBeLessThan(60_000);
  });

  test('brings administration, import and other languages when they are asked for, less than 40 kB more', () => {
    const all = readdirSync(join(WEB, 'assets')).filter((name) => name.endsWith('.js'));
    const later = all.filter((name) => !page.includes(name));
    expect(later.length).toBeGreaterThan(0);
    expect(later.reduce((sum, name) => sum + gzipped(join('assets', name)), 0)).toBeLessThan(40_000);
  });

  test('names nothing from elsewhere, and holds no script of its own in the page', () => {
    expect(
      [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]).filter((url) => !url?.startsWith('/')),
    ).toEqual([]);
    expect([...page.matchAll(/<script\b[^>]*>([^<]*)<\/script>/g)].map((match) => match[1])).toEqual(['']);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });
});
