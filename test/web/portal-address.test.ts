import { describe, expect, test } from 'vitest';
import { parseRoute, place } from '../../web/src/address.ts';

describe('the address of a place', () => {
  test('is read back as it was written, whatever characters it holds', () => {
    const path = ['contacts', 'a/b?c#d', 'Zoë & Söhne %'];
    const href = place(path, { number: '+44 20 7946 0000', left: undefined });
    expect(href).toBe('#/contacts/a%2Fb%3Fc%23d/Zo%C3%AB%20%26%20S%C3%B6hne%20%25?number=%2B44+20+7946+0000');
    expect(parseRoute(href)).toEqual({ path, query: { number: '+44 20 7946 0000' } });
  });

  test('may be anything somebody types', () => {
    expect(parseRoute('')).toEqual({ path: [], query: {} });
    expect(parseRoute('#')).toEqual({ path: [], query: {} });
    expect(parseRoute('#//extensions//')).toEqual({ path: ['extensions'], query: {} });
    expect(parseRoute('#/contacts/%E0%A4%A')).toEqual({ path: ['contacts', '%E0%A4%A'], query: {} });
  });
});
