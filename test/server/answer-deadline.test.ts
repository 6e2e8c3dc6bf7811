import { expect, it, onTestFinished, vi } from 'vitest';
import { answerDeadline } from '../../src/server/answer-deadline.ts';

it('each question is late when its own time is over, unless it was answered', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const deadline = answerDeadline(1_000);
  const late: string[] = [];
  deadline.begin(() => late.push('first'));
  vi.advanceTimersByTime(400);
  const answered = deadline.begin(() => late.push('answered'));
  deadline.begin(() => late.push('second'));
  vi.advanceTimersByTime(599);
  answered();
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual(['first']);
  vi.advanceTimersByTime(399);
  expect(late).toEqual(['first']);
  vi.advanceTimersByTime(1);
  expect(late).toEqual(['first', 'second']);
  expect(vi.getTimerCount()).toBe(0);
  deadline.begin(() => late.push('third'));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(late).toEqual(['first', 'second', 'third']);
});
