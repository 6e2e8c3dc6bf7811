// The contents in memory: which revisions are known, which are of a future that was lost, and what a moment frozen holds.
import { describe, expect, it } from 'vitest';
import { Contents } from '../../src/store/held/contents.ts';

const write = (id: string, value: object | null = {}) => ({ table: 'users', id, value });
const newContents = () => new Contents({ epoch: 'e', removalsKept: 10 });

describe('the revisions of runs', () => {
  it('are known up to the last one found and from the start of the next run on', () => {
    const contents = newContents();
    for (const id of ['1', '2', '3']) contents.apply([write(id)]);
    contents.skipTo(100);
    contents.skipTo(200);
    contents.apply([write('4')]);
    const known = [0, 3, 4, 99, 100, 101, 199, 200, 201, 202].filter(
      (since) => !contents.changes('users', since).reset,
    );
    expect(known).toEqual([0, 3, 100, 200, 201]);
    expect(contents.changes('users', 100).rows.map(({ id }) => id)).toEqual(['4']);
  });

  it('of the oldest runs are forgotten after a thousand', () => {
    const contents = newContents();
    contents.apply([write('1')]);
    for (let run = 1; run <= 999; run += 1) contents.skipTo(run * 10);
    expect(contents.changes('users', 1).reset).toBe(false);
    contents.skipTo(10_000);
    expect([1, 10, 20].map((since) => contents.changes('users', since).reset)).toEqual([true, false, false]);
    contents.skipTo(10_010);
    expect([1, 10, 20].map((since) => contents.changes('users', since).reset)).toEqual([true, true, false]);
    expect(contents.freeze().gaps).toHaveLength(1000);
  });
});

describe('a frozen moment', () => {
  it('stays what it was when the contents change', () => {
    const contents = newContents();
    contents.apply([write('1', { n: 1 }), write('2')]);
    contents.apply([write('2', null)]);
    const frozen = contents.freeze();
    const read = () => ({
      ...frozen,
      tables: frozen.tables.map((table) => ({
        ...table,
        scopes: table.scopes.map((scope) => ({ ...scope, stored: [...scope.stored] })),
      })),
    });
    const before = structuredClone(read());
    contents.apply([write('1', { n: 2 }), write('2'), write('3')]);
    contents.skipTo(100);
    expect(read()).toEqual(before);
    const stored = [
      { id: '1', value: { n: 1 }, rev: 1 },
      { id: '2', value: null, rev: 2 },
    ];
    expect(before.tables).toEqual([{ name: 'users', floor: 0, scopes: [{ name: '', floor: 0, stored }] }]);
  });
});

describe('all rows of a table', () => {
  it('can be written to while they are read', () => {
    const contents = newContents();
    contents.apply(['1', '2', '3', '4'].map((id) => write(id)));
    const seen: string[] = [];
    for (const { id } of contents.table('users').rows()) {
      seen.push(id);
      contents.apply([write(id, { again: true }), write('4', null)]);
    }
    expect(seen).toEqual(['1', '2', '3']);
  });
});
