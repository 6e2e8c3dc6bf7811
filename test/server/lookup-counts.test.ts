import { expect, it } from 'vitest';
import { LookupCounts } from '../../src/server/lookup-counts.ts';

it('is a counter and a histogram as Prometheus reads them', () => {
  const counts = new LookupCounts();
  counts.count('http', 'company', 0.000_25);
  counts.count('http', 'none', 0.003);
  counts.count('http', 'none', 7);
  counts.count('agi', 'late', 1);
  expect(counts.render().split('\n')).toEqual([
    '# HELP rollcall_lookups_total Questions of the dialplan',
    '# TYPE rollcall_lookups_total counter',
    'rollcall_lookups_total{way="http",outcome="company"} 1',
    'rollcall_lookups_total{way="http",outcome="none"} 2',
    'rollcall_lookups_total{way="agi",outcome="late"} 1',
    '',
    '# HELP rollcall_lookup_seconds Time from a question of the dialplan until its answer',
    '# TYPE rollcall_lookup_seconds histogram',
    ...buckets('http', [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]),
    'rollcall_lookup_seconds_sum{way="http"} 7.00325',
    'rollcall_lookup_seconds_count{way="http"} 3',
    ...buckets('agi', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]),
    'rollcall_lookup_seconds_sum{way="agi"} 1',
    'rollcall_lookup_seconds_count{way="agi"} 1',
    '',
  ]);
});

function buckets(way: string, values: readonly number[]): string[] {
  const ends = [
    '0.00025',
    '0.0005',
    '0.001',
    '0.0025',
    '0.005',
    '0.01',
    '0.025',
    '0.05',
    '0.1',
    '0.25',
    '0.5',
    '1',
    '2',
    '+Inf',
  ];
  return ends.map((end, i) => `rollcall_lookup_seconds_bucket{le="${end}",way="${way}"} ${values[i]}`);
}

it('has no label that was not a short word, and few of them', () => {
  const counts = new LookupCounts();
  counts.count('http', '+442079460000', 0.1);
  counts.count('http', 'Ada"} 1', 0.1);
  for (let i = 0; i < 1_000; i++)
    counts.count('http', `x${'abcdefghij'[i % 10]}${'abcdefghij'[Math.floor(i / 10) % 10]}`, 0.1);
  const lines = counts
    .render()
    .split('\n')
    .filter((line) => line.startsWith('rollcall_lookups_total'));
  expect(lines.length).toBe(32);
  expect(lines[0]).toBe('rollcall_lookups_total{way="http",outcome="other"} 692');
});
