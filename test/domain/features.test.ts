import { describe, expect, test } from 'vitest';
import { featuresOf } from '../../src/domain/features.ts';
import type { GateAnswer } from '../../src/domain/version-gate.ts';

const OPEN: GateAnswer = { open: true };
const NOTHING = { view: false, manage: false };
const LATER = { calls: true, chat: true };

describe('the features of a client', () => {
  test.each([
    [NOTHING, { off: 'no_permission' }],
    [
      { view: true, manage: false },
      { view: true, manage: false },
    ],
    [
      { view: true, manage: true },
      { view: true, manage: true },
    ],
  ])('that passes the gate, of a user with %j', (rights, company) => {
    expect(featuresOf(OPEN, 'web', rights)).toEqual({ contacts: true, company, phoneDirectory: false, ...LATER });
  });

  test.each([
    [{ open: false, off: 'client_too_old', needs: '2.9.6' } as const, { off: 'client_too_old', needs: '2.9.6' }],
    [{ open: false, off: 'platform_unsupported' } as const, { off: 'platform_unsupported' }],
  ])('P74: behind a gate that fails (%j) name the gate, whatever the rights', (gate, off) => {
    for (const rights of [NOTHING, { view: true, manage: true }]) {
      expect(featuresOf(gate, 'desk', rights)).toEqual({
        contacts: off,
        company: off,
        phoneDirectory: false,
        ...LATER,
      });
    }
  });

  test('P7: have the directory of the phone on phones alone', () => {
    const withDirectory = (['web', 'android', 'ios', 'windows', 'mac', 'desk', 'sdk', 'other'] as const).filter(
      (platform) => featuresOf(OPEN, platform, NOTHING).phoneDirectory,
    );
    expect(withDirectory).toEqual(['android', 'ios']);
  });
});
