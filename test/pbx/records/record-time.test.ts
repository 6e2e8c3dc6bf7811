import { afterEach, expect, test } from 'vitest';
import { readTime, timeInId, writeTime } from '../../../src/pbx/records/record-time.ts';

const own = process.env['TZ'];
afterEach(() => {
  if (own === undefined) delete process.env['TZ'];
  else process.env['TZ'] = own;
});

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

test('times are read in the zone of the machine, or in UTC', () => {
  process.env['TZ'] = 'Europe/Berlin';
  expect(iso(readTime('2026-07-01 08:00:00', false))).toBe('2026-07-01T06:00:00.000Z');
  expect(iso(readTime('2026-01-05 08:00:00', false))).toBe('2026-01-05T07:00:00.000Z');
  expect(iso(readTime('2026-07-01 08:00:00', true))).toBe('2026-07-01T08:00:00.000Z');
  process.env['TZ'] = 'America/St_Johns';
  expect(iso(readTime('2026-01-05 08:00:00', false))).toBe('2026-01-05T11:30:00.000Z');
});

test.each(['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'])(
  'a time that is written is read again in %s, all year, by when the channel began',
  (zone) => {
    process.env['TZ'] = zone;
    for (let ms = Date.parse('2026-01-01T00:07:13Z'); ms < Date.parse('2027-01-01T00:00:00Z'); ms += 4_713_000) {
      expect(iso(readTime(writeTime(ms, false), false, ms))).toBe(iso(ms));
      expect(iso(readTime(writeTime(ms, true), true))).toBe(iso(ms));
    }
  },
);

test('of two readings in the night in which clocks are set back it is the earlier, unless the channel began after it', () => {
  process.env['TZ'] = 'Europe/Berlin';
  const text = '2026-10-25 02:30:00';
  expect(iso(readTime(text, false))).toBe('2026-10-25T00:30:00.000Z');
  expect(iso(readTime(text, false, Date.parse('2026-10-25T00:29:59Z')))).toBe('2026-10-25T00:30:00.000Z');
  expect(iso(readTime(text, false, Date.parse('2026-10-25T01:29:59Z')))).toBe('2026-10-25T01:30:00.000Z');
  // An id of another machine, whose clock is wrong.
  expect(iso(readTime(text, false, Date.parse('2030-01-01')))).toBe('2026-10-25T01:30:00.000Z');
  expect(iso(readTime('2026-10-25 04:30:00', false, Date.parse('2030-01-01')))).toBe('2026-10-25T03:30:00.000Z');
});

test.each([
  '',
  'now',
  '2026-13-01 00:00:00',
  '2026-00-01 00:00:00',
  '2026-01-32 00:00:00',
  '2026-01-01 24:00:00',
  '2026-01-01',
  '1795336577',
  '2026-01-01 00:00:00; drop',
])('%j is no time', (text) => {
  expect(readTime(text, false)).toBeUndefined();
  expect(readTime(text, true)).toBeUndefined();
});

test('an id of Asterisk tells when its channel began', () => {
  expect(timeInId('1795336577.0')).toBe(1_795_336_577_000);
  expect(timeInId('my-pbx-1795336577.12')).toBe(1_795_336_577_000);
  expect(timeInId('rollcall-6f1d')).toBeUndefined();
  expect(timeInId('1.5')).toBeUndefined();
});
