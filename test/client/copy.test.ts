import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Copy } from '../../client/copy.ts';
import type { Item, Page } from '../../client/frame.ts';

interface Thing extends Item {
  readonly n: number;
}

const a = { id: 'a', n: 1 };
const b = { id: 'b', n: 2 };
const c = { id: 'c', n: 3 };

function page(fields: Partial<Omit<Page, 'put'>> & { readonly put?: readonly Thing[] }): Page {
  return { collection: 'things', reset: false, put: [], remove: [], cursor: undefined, ...fields };
}

function held(copy: Copy) {
  return { state: copy.state, why: copy.why, cursor: copy.cursor, ids: [...copy.values()].map(({ id }) => id).sort() };
}

/** A copy that holds these. */
function copyOf(...items: Thing[]): Copy {
  const copy = new Copy('things');
  copy.take(page({ reset: true, put: items, cursor: 'c1' }));
  return copy;
}

describe('a copy of a collection', () => {
  test('is loading until the last page of the first snapshot, and then holds all of it', () => {
    const copy = new Copy('things');
    expect(copy.take(page({ reset: true, put: [a] }))).toBeUndefined();
    expect(copy.take(page({ put: [b] }))).toBeUndefined();
    expect(held(copy)).toEqual({ state: 'loading', why: undefined, cursor: undefined, ids: [] });
    expect(copy.take(page({ put: [c], remove: ['a'], cursor: 'c1' }))).toEqual({
      reset: true,
      put: [b, c],
      remove: [],
    });
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c1', ids: ['b', 'c'] });
    expect([copy.size, copy.get('b'), copy.has('b'), copy.get('a'), copy.has('a')]).toEqual([
      2,
      b,
      true,
      undefined,
      false,
    ]);
  });

  test('keeps the old state until the last page of a new one', () => {
    const copy = copyOf(a, b);
    copy.take(page({ reset: true, put: [c] }));
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c1', ids: ['a', 'b'] });
    expect(copy.take(page({ cursor: 'c2' }))).toEqual({ reset: true, put: [c], remove: [] });
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c2', ids: ['c'] });
  });

  test('takes pages of changes as one change, of an item that comes twice the last', () => {
    const copy = copyOf(a, b);
    copy.take(page({ put: [{ ...a, n: 5 }, c], remove: ['b'] }));
    expect(held(copy).ids).toEqual(['a', 'b']);
    const change = copy.take(page({ put: [b], remove: ['c'], cursor: 'c2' }));
    expect(change).toEqual({ reset: false, put: [{ ...a, n: 5 }, b], remove: [] });
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c2', ids: ['a', 'b'] });
  });

  test('tells no change when nothing has changed, and moves its cursor', () => {
    const copy = copyOf(a);
    expect(copy.take(page({ remove: ['never seen'], cursor: 'c2' }))).toBeUndefined();
    expect(copy.cursor).toBe('c2');
  });

  test('begins with an empty snapshot as it does with a full one', () => {
    const copy = new Copy('things');
    expect(copy.take(page({ reset: true, cursor: 'c0' }))).toEqual({ reset: true, put: [], remove: [] });
    expect(copy.state).toBe('live');
  });

  test('does not believe changes of what it never held, or has lost', () => {
    expect(new Copy('things').take(page({ put: [a], cursor: 'c2' }))).toBe('broken');
    const lost = copyOf(a);
    lost.lose('deleted');
    expect(lost.take(page({ put: [a], cursor: 'c2' }))).toBe('broken');
  });

  test('is empty, without a cursor and with the reason when it is lost, and whole when it is granted again', () => {
    const copy = copyOf(a);
    copy.take(page({ reset: true, put: [b] }));
    expect(copy.lose('deleted')).toEqual({ reset: true, put: [], remove: [] });
    expect(held(copy)).toEqual({ state: 'gone', why: 'deleted', cursor: undefined, ids: [] });
    copy.take(page({ reset: true, put: [c], cursor: 'c3' }));
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c3', ids: ['c'] });
    expect('why' in copy && copy.why !== undefined).toBe(false);
  });

  test('drops pages that a broken connection will not complete', () => {
    const copy = copyOf(a);
    copy.take(page({ put: [b] }));
    copy.disconnected();
    copy.take(page({ put: [c], cursor: 'c2' }));
    expect(held(copy).ids).toEqual(['a', 'c']);
  });
});

describe('a copy of which the server begins again from a cursor', () => {
  test('undoes what was told in between and is not so any more', () => {
    const copy = copyOf(a, b);
    copy.beginDoubt();
    copy.take(page({ put: [c, { ...a, n: 9 }], remove: ['b'], cursor: 'c2' }));
    expect(held(copy).ids).toEqual(['a', 'c']);
    copy.heard();
    expect(copy.take(page({ put: [{ ...c, n: 7 }], cursor: 'c3' }))).toEqual({
      reset: false,
      put: [{ ...c, n: 7 }, a, b],
      remove: [],
    });
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c3', ids: ['a', 'b', 'c'] });
  });

  test('is as it was asked for when nothing more is told of it', () => {
    const copy = copyOf(a);
    copy.beginDoubt();
    copy.take(page({ put: [b], cursor: 'c2' }));
    copy.heard();
    expect(copy.settle()).toEqual({ reset: false, put: [], remove: ['b'] });
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c1', ids: ['a'] });
    expect(copy.settle()).toBeUndefined();
  });

  test('tells no change when what was told in between is still so', () => {
    const copy = copyOf(a);
    copy.beginDoubt();
    copy.take(page({ put: [b], cursor: 'c2' }));
    copy.heard();
    copy.take(page({ put: [b], cursor: 'c3' }));
    expect(copy.settle()).toBeUndefined();
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c3', ids: ['a', 'b'] });
  });

  test('is what it was told last when the connection breaks first', () => {
    const copy = copyOf(a);
    copy.beginDoubt();
    copy.take(page({ put: [b], cursor: 'c2' }));
    copy.disconnected();
    expect(copy.settle()).toBeUndefined();
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c2', ids: ['a', 'b'] });
  });

  test('comes back when it was lost and regained in between', () => {
    const copy = copyOf(a, b);
    copy.beginDoubt();
    copy.lose('no_permission');
    copy.heard();
    expect(copy.take(page({ put: [c], cursor: 'c4' }))).toEqual({ reset: true, put: [c, a, b], remove: [] });
    expect(held(copy)).toEqual({ state: 'live', why: undefined, cursor: 'c4', ids: ['a', 'b', 'c'] });
  });

  test('ends up as the server has it, whatever was told in between', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const state = fc.dictionary(fc.constantFrom(...ids), fc.nat(3), { noNullPrototype: true });
    const told = fc.record({ how: fc.constantFrom('changes', 'reset', 'lost'), state });
    fc.assert(
      fc.property(state, fc.array(told, { maxLength: 4 }), state, fc.boolean(), (asked, between, end, whole) => {
        const copy = copyOf(...things(asked));
        copy.beginDoubt();
        let now = asked;
        for (const { how, state: next } of between) {
          if (how === 'lost') {
            copy.lose('no_permission');
            now = {};
          } else {
            const isReset = how === 'reset' || copy.state === 'gone';
            copy.take(isReset ? page({ reset: true, put: things(next), cursor: 'x' }) : difference(now, next, 'x'));
            now = next;
          }
        }
        copy.heard();
        const last = whole ? page({ reset: true, put: things(end), cursor: 'z' }) : difference(asked, end, 'z');
        if (whole || last.put.length > 0 || last.remove.length > 0) copy.take(last);
        copy.settle();
        expect({ ...held(copy), items: new Map([...copy.values()].map((item) => [item.id, item])) }).toEqual({
          state: 'live',
          why: undefined,
          cursor: expect.stringMatching(/^(z|c1)$/),
          ids: Object.keys(end).sort(),
          items: new Map(things(end).map((item) => [item.id, item])),
        });
      }),
    );
  });
});

function things(state: Record<string, number>): Thing[] {
  return Object.entries(state).map(([id, n]) => ({ id, n }));
}

/** What a server tells to who holds one state and is to hold another. */
function difference(before: Record<string, number>, after: Record<string, number>, cursor: string): Page {
  const put = things(after).filter(({ id, n }) => before[id] !== n);
  return page({ put, remove: Object.keys(before).filter((id) => !(id in after)), cursor });
}
