import { describe, expect, test } from 'vitest';
import { type Pbx, pbxOf } from '../../client/index.ts';

const SINCE = '2026-01-05T08:00:00.000Z';
const berlin: Pbx = { id: 'pbx', connected: true, since: SINCE, site: 'berlin' };
const paris: Pbx = { id: 'paris', connected: false, since: SINCE, site: 'paris' };

describe('The PBX that counts for an extension', () => {
  const pbxes = new Map([berlin, paris].map((one) => [one.id, one]));

  test('is that of its site', () => {
    expect(pbxOf(pbxes, { site: 'berlin' })).toBe(berlin);
    expect(pbxOf(pbxes, { site: 'paris' })).toBe(paris);
  });

  test('is the one of the server for an extension that says no site, and for one that is not known', () => {
    expect(pbxOf(pbxes, {})).toBe(berlin);
    expect(pbxOf(pbxes, undefined)).toBe(berlin);
  });

  test('is not known for a site of which nothing was heard', () => {
    expect(pbxOf(pbxes, { site: 'rome' })).toBeUndefined();
    expect(pbxOf(new Map(), { site: 'rome' })).toBeUndefined();
  });

  test('is the only one where there are no sites', () => {
    const only: Pbx = { id: 'pbx', connected: true, since: SINCE };
    expect(pbxOf(new Map([['pbx', only]]), {})).toBe(only);
  });
});
