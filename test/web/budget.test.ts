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

  const all = readdirSync(join(WEB, 'assets')).filter((name) => name.endsWith('.js'));
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + gzipped(join('assets', name)), 0);
  const named = all.filter((name) => page.includes(name));
  const languages = all.filter((name) => /^[a-z]{2}-/.test(name));

  test('takes less than 60 kB of script, gzipped, until it can be used, in any language', () => {
    expect([named.length, languages.length]).toEqual([1, 2]);
    for (const language of languages) expect(sum([...named, language])).toBeLessThan(60_000);
  });

  test('brings the other pages when they are asked for, less than 55 kB more', () => {
    const later = all.filter((name) => !named.includes(name) && !languages.includes(name));
    expect(later.length).toBeGreaterThan(0);
    expect(sum(later)).toBeLessThan(55_000);
  });

  test('names nothing from elsewhere, and holds no script of its own in the page', () => {
    expect(
      [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]).filter((url) => !url?.startsWith('/')),
    ).toEqual([]);
    expect([...page.matchAll(/<script\b[^>]*>([^<]*)<\/script>/g)].map((match) => match[1])).toEqual(['']);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });
});
