import { describe, expect, it } from 'vitest';
import { originRule } from '../../src/server/origins.ts';

describe('originRule', () => {
  const allowed = originRule(['https://phones.example.com', 'http://localhost:5173/', 'HTTPS://Other.Example:443']);

  it.each([
    ['a program without an origin passes', undefined, true],
    ['a listed page passes', 'https://phones.example.com', true],
    ['capitals and default ports do not matter', 'https://other.example', true],
    ['a page with a port that is listed passes', 'http://localhost:5173', true],
    ['a page of our own address passes', 'https://rollcall.example:8443', true],
    ['a page from elsewhere does not', 'https://evil.example', false],
    ['another scheme does not', 'http://phones.example.com', false],
    ['another port does not', 'https://phones.example.com:8443', false],
    ['a longer name does not', 'https://phones.example.com.evil.example', false],
    ['a page without an origin does not', 'null', false],
    ['a file does not', 'file:///tmp/page.html', false],
    ['garbage does not', 'phones.example.com', false],
  ])('%s', (_title, origin, passes) => {
    expect(allowed(origin, 'rollcall.example:8443')).toBe(passes);
  });

  it('lets every page in when no origin is set', () => {
    expect(originRule([])('https://anywhere.example', 'rollcall.example')).toBe(true);
  });

  it.each(['phones.example.com', 'https://phones.example.com/app', 'https://user@phones.example.com', '*', 'null'])(
    'refuses the setting %j in a clear sentence',
    (entry) => {
      expect(() => originRule([entry])).toThrow(
        `listen.origins: "${entry}" is no origin; write scheme, host and port only, as https://phones.example.com`,
      );
    },
  );
});
