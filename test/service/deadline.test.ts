import { expect, test } from 'vitest';
import { Deadline } from '../../src/service/deadline.ts';
import { turn } from '../support/board-house.ts';
import { HandClock } from '../support/hand-clock.ts';
import { promised } from '../support/promised.ts';

function open(most = 10) {
  const clock = new HandClock();
  return { clock, deadline: new Deadline({ clock, ms: 1_000, most }) };
}

test('work that is done in time is answered with its value, and no timer is left', async () => {
  const { clock, deadline } = open();
  expect(await deadline.within(async () => 7)).toEqual({ state: 'done', value: 7 });
  expect([clock.waiting, deadline.open]).toEqual([0, 0]);
});

test('work that fails is answered with its error, also when it throws before it waits', async () => {
  const { clock, deadline } = open();
  const error = new Error('broken');
  expect(await deadline.within(() => Promise.reject(error))).toEqual({ state: 'failed', error });
  const thrown = deadline.within(() => {
    throw error;
  });
  expect(await thrown).toEqual({ state: 'failed', error });
  expect([clock.waiting, deadline.open]).toEqual([0, 0]);
});

test('work that is not done in time is late, and counts as open until it ends', async () => {
  const { clock, deadline } = open();
  const work = promised<number>();
  const answer = deadline.within(() => work.promise);
  clock.pass(999);
  expect([clock.waiting, deadline.open]).toEqual([1, 1]);
  clock.pass(1);
  expect(await answer).toEqual({ state: 'late' });
  expect([clock.waiting, deadline.open]).toEqual([0, 1]);
  work.resolve(7);
  await turn();
  expect([await answer, deadline.open]).toEqual([{ state: 'late' }, 0]);
});

test('work that fails when it is late disturbs nobody', async () => {
  const { clock, deadline } = open();
  const work = promised<number>();
  const answer = deadline.within(() => work.promise);
  clock.pass(1_000);
  work.reject(new Error('broken'));
  await turn();
  expect([await answer, deadline.open]).toEqual([{ state: 'late' }, 0]);
});

test('work beyond the most is not begun, until something has ended', async () => {
  const { clock, deadline } = open(2);
  const works = [promised<number>(), promised<number>()] as const;
  const answers = works.map(({ promise }) => deadline.within(() => promise));
  clock.pass(1_000);
  let begun = 0;
  const count = async () => {
    begun += 1;
    return begun;
  };
  expect(await deadline.within(count)).toEqual({ state: 'full' });
  expect([begun, clock.waiting, deadline.open]).toEqual([0, 0, 2]);
  works[0].resolve(1);
  await turn();
  expect(await deadline.within(count)).toEqual({ state: 'done', value: 1 });
  expect(await Promise.all(answers)).toEqual([{ state: 'late' }, { state: 'late' }]);
});
