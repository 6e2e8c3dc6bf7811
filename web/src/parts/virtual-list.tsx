// A list of any length of which only the rows in sight are drawn. One row takes part in the tab order at a time; arrow keys,
// Page Up and Down, Home and End go from row to row and stay in the column (`data-column`) in which the focus is.
import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { oncePerFrame } from '../hooks/frame.ts';
import { RowSlots } from './row-slots.ts';
import { type ListBox, scrollTo, windowOf } from './window-of.ts';

interface VirtualListProps {
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  /** `active`: the row whose controls take part in the tab order; those of others have tabIndex -1. */
  readonly row: (index: number, active: boolean) => ComponentChildren;
  readonly label: string;
  /** By default the index. With it the focus stays with an item that changes its place. A row keeps no state of its own. */
  readonly itemKey?: (index: number) => string;
  /** Rows without anything to press, such as headings: keys go past them. */
  readonly isPassedOver?: (index: number) => boolean;
  /** Another value: another list, which is seen from its beginning. */
  readonly of?: string;
  /** Arrow keys with shift held. */
  readonly onExtend?: (from: number, to: number) => void;
  readonly class?: string;
}

export function VirtualList(props: VirtualListProps) {
  const { count, rowHeight, row, label, itemKey = String } = props;
  const box = useRef<HTMLDivElement>(null);
  const seen = useSeen(box, props.of);
  const list = { count, rowHeight, ...seen };
  const focus = useRowFocus(box, list, props);
  const { from, to, top, height } = windowOf(list);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const held = focus.held();
  if (held !== undefined && held < from) rows.unshift(held);
  if (held !== undefined && held >= to && held < count) rows.push(held);
  const first = rows.includes(focus.active) ? focus.active : Math.min(from, count - 1);
  const active = past(first, 1, props);
  const [slots] = useState(() => new RowSlots());
  const places = slots.assign(rows.map((index) => itemKey(index)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: its rows stand apart from each other in an element of their own
    <div
      class={`list ${props.class ?? ''}`}
      role="list"
      aria-label={label}
      ref={box}
      onKeyDown={focus.onKeyDown}
      onFocusIn={focus.onFocusIn}
    >
      <div class="list-space" role="presentation" style={{ height: `${height}px` }}>
        {rows.map((index, i) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div
            class="list-row"
            role="listitem"
            key={places[i]}
            aria-setsize={count}
            aria-posinset={index + 1}
            data-index={index}
            style={{ height: `${rowHeight}px`, transform: `translateY(${top + (index - from) * rowHeight}px)` }}
          >
            {row(index, index === active)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** What of the list is seen; drawn again at most once a frame while it is scrolled. */
function useSeen(
  box: RefObject<HTMLDivElement | null>,
  of: string | undefined,
): Pick<ListBox, 'boxHeight' | 'scrollTop'> {
  const [seen, setSeen] = useState({ boxHeight: 0, scrollTop: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setSeen({ boxHeight: element.clientHeight, scrollTop: element.scrollTop });
    const soon = oncePerFrame(look);
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', soon.call, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      soon.cancel();
      element.removeEventListener('scroll', soon.call);
    };
  }, [box]);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    setSeen((before) => ({ ...before, scrollTop: 0 }));
  }, [of]);
  return seen;
}

/** The row that takes part in the tab order, and how keys move it. */
function useRowFocus(box: RefObject<HTMLDivElement | null>, list: ListBox, props: VirtualListProps) {
  const { count, onExtend } = props;
  const [active, setActive] = useState(0);
  const wanted = useRef<{ index: number; column: string | undefined } | undefined>(undefined);
  useLayoutEffect(() => {
    const { current: element } = box;
    const { current: want } = wanted;
    if (!element || !want) return;
    if (!element.contains(document.activeElement)) {
      wanted.current = undefined; // the focus has gone elsewhere meanwhile
      return;
    }
    const row = element.querySelector<HTMLElement>(`[data-index="${want.index}"]`);
    if (!row) return; // drawn after the scrolling
    wanted.current = undefined;
    const column = want.column && row.querySelector<HTMLElement>(`[data-column="${want.column}"]`);
    (column || row.querySelector<HTMLElement>('[data-column="main"], a, button, input'))?.focus({
      preventScroll: true,
    });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const from = wanted.current?.index ?? rowOf(event.target);
    if (from === undefined || event.altKey || event.metaKey || isText(event.target)) return;
    const page = Math.max(1, Math.floor(list.boxHeight / list.rowHeight) - 1);
    const aim = target(event, from, page, count);
    if (aim === undefined || aim === from) return;
    const to = past(aim, aim < from || event.key === 'End' ? -1 : 1, props);
    event.preventDefault();
    if (event.shiftKey) onExtend?.(from, to);
    wanted.current = { index: to, column: columnOf(event.target) };
    if (box.current) box.current.scrollTop = scrollTo({ ...list, scrollTop: box.current.scrollTop }, to);
    setActive(to);
  };
  const onFocusIn = (event: FocusEvent) => setActive((before) => rowOf(event.target) ?? before);
  /** The row that has the focus is drawn wherever the list is scrolled to, or the focus would be lost. */
  const held = () => (box.current?.contains(document.activeElement) ? rowOf(document.activeElement) : undefined);
  return { active, onKeyDown, onFocusIn, held };
}

function target({ key, ctrlKey }: KeyboardEvent, from: number, page: number, count: number): number | undefined {
  if (ctrlKey && key !== 'Home' && key !== 'End') return undefined;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: count - 1,
  };
  const to = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return to === undefined ? undefined : Math.max(0, Math.min(to, count - 1));
}

/** The row itself, or the next in this direction that is not passed over; without one, the next in the other direction. */
function past(index: number, step: 1 | -1, { count, isPassedOver = () => false }: VirtualListProps): number {
  for (let at = index; at >= 0 && at < count; at += step) if (!isPassedOver(at)) return at;
  for (let at = index; at >= 0 && at < count; at -= step) if (!isPassedOver(at)) return at;
  return index;
}

function rowOf(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('.list-row') : null;
  return row ? Number(row.dataset['index']) : undefined;
}

function columnOf(target: EventTarget | null): string | undefined {
  return target instanceof HTMLElement ? target.closest<HTMLElement>('[data-column]')?.dataset['column'] : undefined;
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('textarea, select, input:not([type=checkbox])');
}
