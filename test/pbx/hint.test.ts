import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviceKey, isSafeDevice, isSafeNumber, parseHint } from '../../src/pbx/hint.ts';

const read = (text: string) => parseHint(text, 'Custom:DND1001', 'CustomPresence:1001');

describe('A hint', () => {
  test.each([
    [
      'PJSIP/1001&Custom:DND1001,CustomPresence:1001',
      { phones: ['PJSIP/1001'], lamp: 'Custom:DND1001', presentity: 'CustomPresence:1001' },
    ],
    ['PJSIP/1001', { phones: ['PJSIP/1001'] }],
    ['IAX2/1001&SIP/old&PJSIP/1001-2', { phones: ['IAX2/1001', 'SIP/old', 'PJSIP/1001-2'] }],
    ['Custom:DND1001', { phones: [], lamp: 'Custom:DND1001' }],
    ['custom:DND1001&PJSIP/1001', { phones: ['PJSIP/1001'], lamp: 'custom:DND1001' }],
    ['Custom:dnd1001&PJSIP/1001', { phones: ['Custom:dnd1001', 'PJSIP/1001'] }],
    ['Custom:DND1002&Custom:Night', { phones: ['Custom:DND1002', 'Custom:Night'] }],
    [',CustomPresence:1001', { phones: [], presentity: 'CustomPresence:1001' }],
    [',CustomPresence:9&CustomPresence:1001', { phones: [], presentity: 'CustomPresence:1001' }],
    [',Other:1&CustomPresence:9', { phones: [], presentity: 'Other:1' }],
    ['PJSIP/1001,CustomPresence:1001,more', { phones: ['PJSIP/1001'], presentity: 'CustomPresence:1001' }],
    ['PJSIP/1001&PJSIP/1001&pjsip/1001', { phones: ['PJSIP/1001'] }],
    [' PJSIP/1001 & Custom:DND1001 ', { phones: ['PJSIP/1001'], lamp: 'Custom:DND1001' }],
    ['&&', { phones: [] }],
    ['', { phones: [] }],
  ])('%j is read as its parts', (text, parts) => {
    expect(read(text)).toEqual(parts);
  });

  test('with hundreds of devices is read up to the thirty-second', () => {
    const devices = Array.from({ length: 500 }, (_, i) => `PJSIP/${i}`);
    expect(read(devices.join('&'))).toEqual({ phones: devices.slice(0, 32) });
  });

  test('of any text is read without an error, and no part is invented', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { phones, lamp, presentity } = read(text);
        for (const part of [...phones, lamp ?? '', presentity ?? '']) expect(text).toContain(part);
      }),
    );
  });
});

test('Two spellings are one device when only the technology differs in case', () => {
  expect(deviceKey('pjsip/Alice')).toBe(deviceKey('PJSIP/Alice'));
  expect(deviceKey('CUSTOM:DND1')).toBe(deviceKey('Custom:DND1'));
  expect(deviceKey('PJSIP/alice')).not.toBe(deviceKey('PJSIP/Alice'));
});

test.each(['1001', '*45', '1001-2', 'alice.b', '+49'])('The number %j may stand in an action', (number) => {
  expect(isSafeNumber(number)).toBe(true);
});

test.each(['', '1001\r\nAction: x', '10 01', '1/1', '$X', '1001)', 'ü', '1,2', '1'.repeat(41)])(
  'The number %j may not stand in an action',
  (number) => {
    expect(isSafeNumber(number)).toBe(false);
  },
);

test.each(['PJSIP/1001', 'Custom:DND1001', 'Local/1001@internal', 'CustomPresence:1001'])(
  'The device %j may stand in an action',
  (name) => {
    expect(isSafeDevice(name)).toBe(true);
  },
);

test.each(['', 'Custom:DND1001)', 'Custom:X,Y', 'PJSIP/1\r\nX: y', 'PJSIP/$(SHELL)', '(x', `PJSIP/${'1'.repeat(99)}`])(
  'The device %j may not stand in an action',
  (name) => {
    expect(isSafeDevice(name)).toBe(false);
  },
);
