import { describe, expect, test } from 'vitest';
import { patchContact, readContact } from '../../src/domain/contact.ts';
import { Failure } from '../../src/domain/failure.ts';
import { de } from '../../web/src/texts/de.ts';
import { en } from '../../web/src/texts/en.ts';
import { failureText, issueText } from '../../web/src/texts/failure-text.ts';
import { formatOf } from '../../web/src/texts/format.ts';
import { preferredLanguage } from '../../web/src/texts/preferred-language.ts';

/** Every text by its path; functions are called with small numbers and words in turn. */
function said(texts: object, path = ''): [string, unknown][] {
  return Object.entries(texts).flatMap(([key, value]): [string, unknown][] => {
    const at = `${path}${key}`;
    if (typeof value === 'object' && value !== null) return said(value, `${at}.`);
    return [[at, value]];
  });
}

describe('the texts', () => {
  test('are there in each language, none of them empty', () => {
    const paths = (texts: object) => said(texts).map(([path, value]) => `${path} ${typeof value}`);
    expect(paths(de)).toEqual(paths(en));
    for (const texts of [en, de]) {
      const empty = said(texts).filter(([, value]) => typeof value === 'string' && value.trim() === '');
      expect(empty).toEqual([]);
    }
  });
});

describe('the language', () => {
  test('is the chosen one, else the first of the browser that is known, else English', () => {
    const known = ['en', 'de'];
    expect(preferredLanguage(known, 'de', ['en-GB'])).toBe('de');
    expect(preferredLanguage(known, 'xx', ['fr-FR', 'DE-at', 'en'])).toBe('de');
    expect(preferredLanguage(known, null, ['fr', 'en-US'])).toBe('en');
    expect(preferredLanguage(known, null, ['fr'])).toBe('en');
    expect(preferredLanguage(known, null, [])).toBe('en');
  });
});

describe('a refusal', () => {
  test('is told in the language of the user by its reason or code', () => {
    expect(failureText(de, { code: 403, reason: 'wrong_password', message: 'x' })).toBe(
      de.common.failure.wrongPassword,
    );
    expect(failureText(de, { code: 403, reason: 'forbidden', message: 'x' })).toBe(de.common.failure.forbidden);
    expect(failureText(de, { code: 0, reason: 'disconnected', message: 'x' })).toBe(de.common.failure.disconnected);
    expect(failureText(en, { code: 429, message: 'x', retryAfter: 2.2 })).toBe('Too many requests. Try again in 3 s.');
    expect(failureText(de, { code: 507, message: 'x' })).toBe(de.common.failure.storage);
  });

  test('that is not known is told in the server’s words', () => {
    expect(failureText(de, { code: 418, message: 'I am a teapot' })).toBe('I am a teapot');
    expect(failureText(de, { code: -32602, message: 'x', issues: [{ path: 'a', message: 'is odd' }] })).toBe('is odd');
  });

  test('of what is entered in a contact is never told in the server’s words', () => {
    const issues = [
      () => readContact({ numbers: [] }),
      () => readContact({ firstName: 'a', numbers: [{ type: 'mobile', number: '' }] }),
      () => readContact({ firstName: 'a', numbers: [{ type: 'mobile', number: '12/34' }] }),
      () => readContact({ firstName: 'a', numbers: [{ type: 'mobile', number: '---' }] }),
      () => readContact({ firstName: 'a', numbers: [{ type: 'mobile', number: '1'.repeat(32) }] }),
      () => readContact({ firstName: 'a\nb', numbers: [{ type: 'mobile', number: '1' }] }),
      () => readContact({ firstName: 'a', numbers: Array(21).fill({ type: 'mobile', number: '1' }) }),
      () => patchContact({ firstName: 'a', numbers: [] }, { emails: [{ type: 'work', address: 'nobody' }] }),
      () => patchContact({ firstName: 'a', numbers: [] }, { emails: [{ type: 'work', address: '' }] }),
    ].flatMap((refused) => {
      try {
        refused();
      } catch (thrown) {
        if (thrown instanceof Failure) return thrown.detail.issues ?? [];
        throw thrown;
      }
      throw new Error('it was taken');
    });
    expect(issues.length).toBeGreaterThan(9);
    expect(issues.filter(({ message }) => issueText(de.common.issue, message) === message)).toEqual([]);
  });
});

describe('times', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0);
  const format = formatOf('en', ['de-DE', 'en-GB'], () => now);

  test('of today are told without the day, others with it', () => {
    const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    expect(format.moment(at(0))).toMatch(/^\d\d:\d\d$/);
    expect(format.moment(at(48))).toMatch(/^Mon,? \d\d:\d\d$/);
    expect(format.moment(at(24 * 20))).toMatch(/^11 Dec,? \d\d:\d\d$/);
    expect(format.moment(at(24 * 400))).toContain('2027');
    expect(format.full(at(0))).toContain('2026');
  });

  test('of the day alone are told without the day, and days by their names while they are near', () => {
    const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    expect(format.time(at(-24 * 20))).toMatch(/^\d\d:\d\d$/);
    expect([format.day(at(0)), format.day(at(-24))]).toEqual(['Today', 'Yesterday']);
    expect(format.day(at(-24 * 9))).toMatch(/^Thursday,? 12 November$/);
    expect(format.day(at(-24 * 400))).toContain('2025');
  });

  test('and counts are written as in the region of the browser', () => {
    expect(format.count(10_000)).toBe('10,000');
    expect(formatOf('de', ['en-GB', 'de-DE'], () => now).count(10_000)).toBe('10.000');
  });
});
