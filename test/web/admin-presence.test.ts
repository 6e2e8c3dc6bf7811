import { expect, test } from 'vitest';
import { durationBetween, latest, type NamedPresence, presenceRows } from '../../web/src/admin/presence-list.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const item = (id: string, more: Partial<NamedPresence> = {}): NamedPresence => ({
  ...{ id, name: `Name ${id}`, status: 'available', line: 'idle', online: true, indicator: 'available' },
  since: '2026-11-21T11:00:00Z',
  ...more,
});
const dnd = (id: string, since: string, more: Partial<NamedPresence> = {}) =>
  item(id, { status: 'do_not_disturb', indicator: 'do_not_disturb', since, ...more });

test('those on do not disturb come with the longest first, and the forgotten ones are marked', () => {
  const items = [
    item('1000'),
    dnd('1001', '2026-11-21T11:59:00Z'),
    dnd('1002', '2026-11-20T23:59:00Z'),
    dnd('1003', '2026-11-19T12:00:00Z', { until: '2026-11-22T12:00:00Z' }),
  ];
  expect(presenceRows(items, 'dnd', NOW)).toEqual([
    { ...items[3], stuck: false },
    { ...items[2], stuck: true },
    { ...items[1], stuck: false },
  ]);
});

test('exactly twelve hours are not yet forgotten', () => {
  const [row] = presenceRows([dnd('1001', '2026-11-21T00:00:00Z')], 'dnd', NOW);
  expect(row?.stuck).toBe(false);
});

test('the filter lets through those with a status, or all by number', () => {
  const items = [item('1002'), item('99'), item('1001', { status: 'lunch', indicator: 'lunch' })];
  expect(presenceRows(items, 'chosen', NOW).map(({ id }) => id)).toEqual(['1001']);
  expect(presenceRows(items, 'all', NOW).map(({ id }) => id)).toEqual(['99', '1001', '1002']);
});

test('what came live counts before what was fetched, and only for extensions that were', () => {
  const fetched = [dnd('1001', '2026-11-21T10:00:00Z', { note: 'busy' }), item('1002')];
  const { name: _, ...live } = item('1001', { since: '2026-11-21T11:59:00Z' });
  const { name: __, ...stranger } = item('1009');
  const merged = latest(
    fetched,
    new Map([
      ['1001', live],
      ['1009', stranger],
    ]),
  );
  expect(merged).toEqual([{ ...live, name: 'Name 1001' }, item('1002')]);
});

test('what came live keeps the site that was fetched', () => {
  const { name: _, ...live } = item('31001', { since: '2026-11-21T11:59:00Z' });
  const fetched = [item('31001', { site: 'paris' })];
  expect(latest(fetched, new Map([['31001', live]]))).toEqual([{ ...live, name: 'Name 31001', site: 'paris' }]);
});

test('a duration is told in days, hours and minutes, and is never below nothing', () => {
  expect(durationBetween('2026-11-19T09:58:30Z', NOW)).toEqual({ days: 2, hours: 2, minutes: 1 });
  expect(durationBetween('2026-11-21T12:05:00Z', NOW)).toEqual({ days: 0, hours: 0, minutes: 0 });
});
