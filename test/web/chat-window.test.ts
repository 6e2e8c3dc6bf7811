import { describe, expect, test } from 'vitest';
import { follow, newer, older, openAt } from '../../web/src/chat/message-window.ts';

describe('of a long chat', () => {
  test('the end is drawn, or what surrounds the message at which it is opened', () => {
    expect(openAt(5_000)).toEqual({ from: 4_940, to: 5_000 });
    expect(openAt(5_000, 100)).toEqual({ from: 40, to: 160 });
    expect(openAt(10)).toEqual({ from: 0, to: 10 });
    expect(openAt(0)).toEqual({ from: 0, to: 0 });
  });

  test('never more than 180 are drawn, and scrolling reaches both ends', () => {
    let window = openAt(1_000);
    const seen = new Set<number>();
    for (let i = 0; i < 40; i += 1) {
      window = older(window);
      expect(window.to - window.from).toBeLessThanOrEqual(180);
      for (let at = window.from; at < window.to; at += 1) seen.add(at);
    }
    expect([window, seen.size]).toEqual([{ from: 0, to: 180 }, 1_000 - 0]);
    for (let i = 0; i < 40; i += 1) window = newer(window, 1_000);
    expect(window).toEqual({ from: 820, to: 1_000 });
  });

  test('what comes at the end is drawn while the end is, and not while one reads elsewhere', () => {
    expect(follow({ from: 940, to: 1_000 }, 1_000, 1_003)).toEqual({ from: 940, to: 1_003 });
    expect(follow({ from: 820, to: 1_000 }, 1_000, 1_001)).toEqual({ from: 821, to: 1_001 });
    expect(follow({ from: 100, to: 280 }, 1_000, 1_001)).toEqual({ from: 100, to: 280 });
    expect(follow({ from: 0, to: 0 }, 0, 3)).toEqual({ from: 0, to: 3 });
  });

  test('when the oldest are not kept any more the same ones stay drawn', () => {
    expect(follow({ from: 100, to: 280 }, 1_000, 990)).toEqual({ from: 90, to: 270 });
    expect(follow({ from: 0, to: 10 }, 10, 0)).toEqual({ from: 0, to: 0 });
  });
});
