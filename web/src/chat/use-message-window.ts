// How the log of a chat scrolls: which part is drawn, whether the end is in sight, and that nothing jumps while one reads.
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { oncePerFrame } from '../hooks/frame.ts';
import { follow, type MessageWindow, newer, older, openAt } from './message-window.ts';

/** Pixels before an end of what is drawn where more is drawn. */
const NEAR = 600;
/** Pixels within which the end counts as in sight. */
const END = 40;

interface Opening {
  readonly count: number;
  /** The message to begin at, by its place; undefined: the end. */
  readonly index: number | undefined;
}

export interface LogWindow {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly range: MessageWindow;
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
  /** Home and End go to the ends of the whole chat. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** What one reads, and how far it stands below the beginning of what is drawn. */
interface Anchor {
  readonly id: string;
  readonly top: number;
}

/** The box holds elements with `data-message`; one with `data-new` is begun at. */
export function useMessageWindow({ count, index }: Opening): LogWindow {
  const box = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState(() => ({ count, ...openAt(count, index) }));
  const [isAtEnd, setAtEnd] = useState(index === undefined);
  const sticks = useRef(index === undefined);
  const opened = useRef(false);
  const goesToStart = useRef(false);
  const anchor = useRef<Anchor | undefined>(undefined);
  const range = drawn.count === count ? drawn : { count, ...follow(drawn, drawn.count, count) };
  const latest = useRef(range);
  latest.current = range;

  const look = useCallback(() => {
    const element = box.current;
    if (!element || element.clientHeight === 0) return;
    const { from, to, count: all } = latest.current;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    const end = to >= all && below < END;
    sticks.current = end;
    setAtEnd(end);
    anchor.current = anchorOf(element);
    if (element.scrollTop < NEAR && from > 0) setDrawn({ count: all, ...older(latest.current) });
    else if (below < NEAR && to < all) setDrawn({ count: all, ...newer(latest.current, all) });
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const line = opened.current ? null : element.querySelector<HTMLElement>('[data-new]');
    if (goesToStart.current) element.scrollTop = 0;
    else if (line) element.scrollTop = line.offsetTop - element.clientHeight / 4;
    else if (sticks.current && range.to >= count) element.scrollTop = element.scrollHeight;
    else stay(element, anchor.current);
    opened.current = true;
    goesToStart.current = false;
    look();
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const soon = oncePerFrame(look);
    const sizes = new ResizeObserver(() => {
      if (sticks.current) element.scrollTop = element.scrollHeight;
      look();
    });
    sizes.observe(element);
    element.addEventListener('scroll', soon.call, { passive: true });
    return () => {
      sizes.disconnect();
      soon.cancel();
      element.removeEventListener('scroll', soon.call);
    };
  }, [look]);

  const toEnd = useCallback(() => {
    sticks.current = true;
    setDrawn(({ count: all }) => ({ count: all, ...openAt(all) }));
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    if (event.key === 'End') return toEnd();
    goesToStart.current = true;
    setDrawn({ count, ...openAt(count, 0) });
  };
  return { box, range, isAtEnd, toEnd, onKeyDown };
}

/** The first message of which the beginning is in sight. */
function anchorOf(box: HTMLElement): Anchor | undefined {
  for (const element of box.querySelectorAll<HTMLElement>('[data-message]')) {
    if (element.offsetTop < box.scrollTop) continue;
    return { id: element.dataset['message'] ?? '', top: element.offsetTop };
  }
  return undefined;
}

/** Scrolls by as much as the anchor was moved. */
function stay(box: HTMLElement, anchor: Anchor | undefined): void {
  if (!anchor) return;
  const element = box.querySelector<HTMLElement>(`[data-message="${CSS.escape(anchor.id)}"]`);
  if (element) box.scrollTop += element.offsetTop - anchor.top;
}
