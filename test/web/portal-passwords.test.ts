import { expect, test } from 'vitest';
import { checkPasswords } from '../../web/src/account/check-passwords.ts';

test('passwords that the server would refuse, or that differ, are told before it is asked', () => {
  expect(checkPasswords({ current: 'old', next: '12345678', repeat: '12345678' })).toEqual({});
  expect(checkPasswords({ current: '', next: '1234567', repeat: '12345678' })).toEqual({
    current: 'empty',
    next: 'length',
    repeat: 'differs',
  });
  expect(checkPasswords({ current: 'old', next: '😀'.repeat(7), repeat: '😀'.repeat(7) })).toEqual({ next: 'length' });
  expect(checkPasswords({ current: 'old', next: 'x'.repeat(257), repeat: 'x'.repeat(257) })).toEqual({
    next: 'length',
  });
  expect(checkPasswords({ current: 'old', next: 'x'.repeat(256), repeat: 'x'.repeat(256) })).toEqual({});
});
