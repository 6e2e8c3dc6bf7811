// Which messages of a long chat are drawn: a part that moves with the scrolling, and stays at the end when the end is in sight. Pure.

export interface MessageWindow {
  /** The first that is drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

const STEP = 60;
const MOST = 180;

/** Around this message, or at the end. */
export function openAt(count: number, index = count): MessageWindow {
  const to = Math.min(count, index + STEP);
  return { from: Math.max(0, Math.min(index, to) - STEP), to };
}

export function older({ from, to }: MessageWindow): MessageWindow {
  const first = Math.max(0, from - STEP);
  return { from: first, to: Math.min(to, first + MOST) };
}

export function newer({ from, to }: MessageWindow, count: number): MessageWindow {
  const end = Math.min(count, to + STEP);
  return { from: Math.max(from, end - MOST), to: end };
}

/** After the number of messages has changed from `before`. Those that went, went at the beginning. */
export function follow({ from, to }: MessageWindow, before: number, count: number): MessageWindow {
  if (count < before) {
    const gone = before - count;
    return { from: Math.max(0, from - gone), to: Math.max(0, to - gone) };
  }
  if (to < before) return { from, to };
  return { from: Math.max(from, count - MOST), to: count };
}
