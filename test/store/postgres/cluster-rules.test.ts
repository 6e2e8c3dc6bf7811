import { expect, test } from 'vitest';
import { houseStep, type Member, siteStep } from '../../../src/store/postgres/cluster-rules.ts';
import { StuckDaemons } from '../../../src/store/postgres/cluster-stuck.ts';

function member(serial: number, more: Partial<Member> = {}): Member {
  const nothing = { hasPbx: false, isMine: false, hasSite: false, hasHouse: false, silentMs: 0 };
  return { serial, daemon: `daemon ${serial}`, site: '', ...nothing, ...more };
}

/** What the daemon that looks does, beside others, by how long it has had no link. */
function steps(
  mine: Partial<Member>,
  others: readonly Partial<Member>[],
  unlinked: readonly number[],
  steady: readonly string[] = ['daemon 2'],
): string[] {
  const members = [member(1, { isMine: true, ...mine }), ...others.map((other, index) => member(index + 2, other))];
  return unlinked.map((ms) => siteStep(members, '', { ms, steady: new Set(steady) }));
}

test('a duty that nobody has is taken by those with a link, and by anybody when nobody has one', () => {
  expect(steps({}, [], [0, 1, 5000])).toEqual(['take', 'take', 'take']);
  expect(steps({}, [{ hasPbx: true }], [0, 1, 5000])).toEqual(['take', 'stay', 'stay']);
  expect(steps({}, [{ hasPbx: false }], [0, 1, 5000])).toEqual(['take', 'take', 'take']);
});

test('a duty that another has is left to it, with a link or without', () => {
  expect(steps({}, [{ hasSite: true }], [0, 1])).toEqual(['stay', 'stay']);
  expect(steps({}, [{ hasSite: true, hasPbx: true }], [0, 1])).toEqual(['stay', 'stay']);
});

test('a holder gives its duty back when it has had no link for a while and another has one', () => {
  expect(steps({ hasSite: true }, [{ hasPbx: true }], [0, 1, 1999, 2000])).toEqual(['stay', 'stay', 'stay', 'give']);
  expect(steps({ hasSite: true }, [{ hasPbx: false }], [0, 1, 1999, 2000])).toEqual(['stay', 'stay', 'stay', 'stay']);
});

test('a holder that lost its link with all others is the first again for a while, because it knows what it ordered last', () => {
  expect(steps({ hasSite: true }, [{ hasPbx: true }], [2000, 9999, 10_000], [])).toEqual(['stay', 'stay', 'give']);
});

test('daemons of other sites say nothing about the duty of this one', () => {
  const paris = { site: 'paris', hasPbx: true };
  expect(steps({ hasSite: true }, [paris], [0, 5000])).toEqual(['stay', 'stay']);
  expect(steps({}, [paris], [0, 5000])).toEqual(['take', 'take']);
});

test('the house duty is taken when nobody has it', () => {
  expect(houseStep([member(1, { isMine: true }), member(2)])).toBe('take');
  expect(houseStep([member(1, { isMine: true, hasHouse: true }), member(2)])).toBe('stay');
  expect(houseStep([member(1, { isMine: true }), member(2, { site: 'paris', hasHouse: true })])).toBe('stay');
});

test('a daemon is stuck when three looks in a row show it silent for too long', () => {
  const stuck = new StuckDaemons(10_000);
  const look = (...silentMs: number[]): readonly number[] =>
    stuck.look(silentMs.map((ms, index) => member(index + 1, { isMine: index === 0, silentMs: ms })));
  expect([look(20_000, 10_001, 900), look(0, 11_000, 0)]).toEqual([[], []]);
  expect([look(0, 500, 0), look(0, 10_500, 0), look(0, 11_500, 10_500), look(0, 12_500, 11_500)]).toEqual([
    ...[[], [], []],
    [2],
  ]);
  expect([look(0, 13_000, 12_500), look(0, 14_000, 0)]).toEqual([[3], []]);
  stuck.forget();
  expect([look(0, 15_000), look(0, 16_000), look(0, 17_000)]).toEqual([[], [], [2]]);
});
