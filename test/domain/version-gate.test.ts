import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featuresOf } from '../../src/domain/features.ts';
import { compareVersions, passGate, type VersionGates } from '../../src/domain/version-gate.ts';

const GATES: VersionGates = {
  android: '2.9.6',
  ios: '2.9.10',
  mac: 'unsupported',
  windows: '1.10.3',
  web: '0',
  desk: '0',
  sdk: '0',
  other: '0',
};

describe('versions', () => {
  const ordered: [string, string, number][] = [
    ['2.9.10', '2.9.6', 1],
    ['2.9.6', '2.9.10', -1],
    ['2.9', '2.9.0', 0],
    ['2.10', '2.9.99', 1],
    ['3', '2.99.99', 1],
    ['02.9', '2.9', 0],
    ['2.9.6-beta', '2.9.6', 0],
    ['2.9.6+7', '2.9.6', 1],
    ['', '0', 0],
    ['abc', '0', 0],
    ['1..2', '1.0.2', 0],
    ['9'.repeat(64), '9'.repeat(63), 1],
  ];
  test.each(ordered)('%s against %s is %i', (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
  });

  test('are ordered number by number, whatever their length', () => {
    const version = fc.array(fc.nat(30), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const at = [...Array(5).keys()].find((i) => (a[i] ?? 0) !== (b[i] ?? 0));
        const expected = at === undefined ? 0 : Math.sign((a[at] ?? 0) - (b[at] ?? 0));
        expect(compareVersions(a.join('.'), b.join('.'))).toBe(expected);
      }),
    );
  });

  test('of any text compare without an error and both ways round', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
      }),
    );
  });
});

describe('a gate', () => {
  test('is open from its version on', () => {
    expect(passGate(GATES, 'ios', '2.9.10')).toEqual({ open: true });
    expect(passGate(GATES, 'android', '2.9.10')).toEqual({ open: true });
  });

  test('names the version that is needed', () => {
    expect(passGate(GATES, 'ios', '2.9.9')).toEqual({ open: false, off: 'client_too_old', needs: '2.9.10' });
  });

  test('says that a platform is not supported, whatever its version', () => {
    expect(passGate(GATES, 'mac', '99')).toEqual({ open: false, off: 'platform_unsupported' });
  });
});

describe('features', () => {
  const open = { open: true } as const;
  const none = { view: false, manage: false };

  test('of calls and chat are for everybody', () => {
    const viewer = { view: true, manage: false };
    expect(featuresOf(open, 'web', viewer)).toEqual({
      contacts: true,
      company: viewer,
      phoneDirectory: false,
      calls: true,
      chat: true,
    });
  });

  test('R14 R27: name the right that is missing', () => {
    expect(featuresOf(open, 'web', none)).toMatchObject({ contacts: true, company: { off: 'no_permission' } });
  });

  test('name the gate that failed before anything else', () => {
    const old = { off: 'client_too_old', needs: '2.9.6' };
    const tooOld = featuresOf(passGate(GATES, 'android', '2.9.5'), 'android', none);
    expect(tooOld).toMatchObject({ contacts: old, company: old, phoneDirectory: true });
    const unsupported = { off: 'platform_unsupported' };
    const mac = featuresOf(passGate(GATES, 'mac', '3'), 'mac', { view: true, manage: true });
    expect(mac).toMatchObject({ contacts: unsupported, company: unsupported });
  });

  test('P7: tell only phones that they have a directory of their own', () => {
    const platforms = ['web', 'android', 'ios', 'windows', 'mac', 'desk', 'sdk', 'other'] as const;
    expect(platforms.filter((platform) => featuresOf(open, platform, none).phoneDirectory)).toEqual(['android', 'ios']);
  });
});
