import { describe, expect, test } from 'vitest';
import { endOf } from '../../web/src/status/end-time.ts';

const now = new Date(2026, 10, 21, 12, 30, 45).getTime();
const end = (choice: Parameters<typeof endOf>[0]['choice'], time = '', kept?: string) =>
  endOf({ choice, time, kept }, now);
const local = (day: number, hours: number, minutes: number) => new Date(2026, 10, day, hours, minutes).toISOString();

describe('the end of a status', () => {
  test('is none, in half an hour, in an hour, or as it was', () => {
    expect(end('none')).toBe('none');
    expect(end('minutes30')).toBe(new Date(now + 1_800_000).toISOString());
    expect(end('hour1')).toBe(new Date(now + 3_600_000).toISOString());
    expect(end('keep', '', '2026-11-21T15:00:00Z')).toBe('2026-11-21T15:00:00Z');
    expect(end('keep')).toBe('none');
  });

  test('at a time of day is today, or tomorrow when that is past', () => {
    expect(end('atTime', '13:05')).toBe(local(21, 13, 5));
    expect(end('atTime', '12:30')).toBe(local(22, 12, 30));
    expect(end('atTime', '07:00')).toBe(local(22, 7, 0));
  });

  test('is missing while no time is given', () => {
    expect(end('atTime')).toBeUndefined();
    expect(end('atTime', 'soon')).toBeUndefined();
  });
});
