import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUntil } from '../../src/cli/until.ts';

const zone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const noon = Date.parse('2026-11-21T11:00:00Z'); // 12:00 in Berlin

describe('the end of a status as people type it', () => {
  it.each([
    ['+30m', '2026-11-21T11:30:00.000Z'],
    ['+2h', '2026-11-21T13:00:00.000Z'],
    ['+1h30m', '2026-11-21T12:30:00.000Z'],
    ['13:00', '2026-11-21T12:00:00.000Z'],
    ['9:05', '2026-11-22T08:05:00.000Z'],
    ['12:00', '2026-11-22T11:00:00.000Z'],
    ['2026-11-21T13:00:00Z', '2026-11-21T13:00:00.000Z'],
    ['2026-11-21t13:00:00z', '2026-11-21T13:00:00.000Z'],
    ['2026-11-21T13:00+02:00', '2026-11-21T11:00:00.000Z'],
    ['2026-11-21T13:00', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21 13:00', '2026-11-21T12:00:00.000Z'],
    ['2026-11-23', '2026-11-22T23:00:00.000Z'],
    [' 13:00 ', '2026-11-21T12:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    const now = text.includes('+02:00') ? noon - 1 : noon;
    expect(parseUntil(text, now)).toBe(expected);
  });

  it.each([
    '',
    '+',
    '+0m',
    '+5',
    '+5d',
    '30m',
    '24:00',
    '12:60',
    '2026-11-21T10:59:59Z',
    '2026-11-21T11:00:00Z',
    '2026-02-30',
    '2027-02-29T10:00',
    '2026-13-01',
    '2030-01-01',
    '+9999h',
    'tomorrow',
    '1',
  ])('refuses %j', (text) => {
    expect(parseUntil(text, noon)).toBeNull();
  });

  it('takes the next such local time over a change of the clocks', () => {
    const evening = Date.parse('2026-10-24T18:00:00Z'); // 20:00, summer time ends in the night
    expect(parseUntil('08:00', evening)).toBe('2026-10-25T07:00:00.000Z');
  });
});
