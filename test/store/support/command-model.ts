// What a store must hold after a crash, kept beside a real one: everything that was told, what is surely on disk of it, the
// commits under way, and clients with the cursors they were given.
import { expect } from 'vitest';
import type { Changes, Commit, Row, Store, Table, Write } from '../../../src/service/store.ts';

export const TABLES_USED: readonly Table[] = ['users', 'presence'];

interface Heard {
  readonly writes: readonly Write[];
  readonly noted: boolean;
}

interface Client {
  readonly table: Table;
  readonly cursor: number;
  readonly rows: readonly Row[];
}

type State = Map<string, string>;
const CLIENTS = 12;

const keyOf = ({ table, id }: Write): string => `${table} ${id}`;

function change(state: State, writes: readonly Write[]): void {
  for (const write of writes) {
    if (write.value === null) state.delete(keyOf(write));
    else state.set(keyOf(write), JSON.stringify(write.value));
  }
}

function stateOf(store: Store): State {
  const state: State = new Map();
  for (const table of TABLES_USED) {
    for (const { id, value } of store.all(table)) state.set(`${table} ${id}`, JSON.stringify(value));
  }
  return state;
}

const textOf = (state: State): string => JSON.stringify([...state].sort());
const byId = (a: Row, b: Row): number => (a.id < b.id ? -1 : 1);

export class CommandModel {
  #base: State = new Map();
  #heard: Heard[] = [];
  #noting = false;
  /** What was heard before this one is in the journal. */
  #written = 0;
  readonly #underWay: (readonly Write[])[] = [];
  readonly #clients: Client[] = [];
  #lastRev = 0;
  #leave: () => void = () => undefined;

  /** Follows a store that was just opened; earlier knowledge of what it may hold is dropped. */
  follow(store: Store): void {
    this.#base = stateOf(store);
    this.#heard = [];
    this.#written = 0;
    this.#underWay.splice(0);
    this.#leave();
    this.#leave = store.subscribe((commit) => this.#hear(commit));
  }

  /** The store followed so far belongs to a process that is dead. */
  leave(): void {
    this.#leave();
  }

  noting(note: () => number): void {
    this.#noting = true;
    note();
    this.#noting = false;
  }

  asked(writes: readonly Write[]): void {
    this.#underWay.push(writes);
  }

  /** A turn of the event loop has passed: all that was told is in the journal. */
  turned(): void {
    this.#written = this.#heard.length;
  }

  /** A client takes what the table holds now, and its cursor. */
  look(store: Store, table: Table): void {
    this.#clients.push({ table, cursor: store.changes(table, null).rev, rows: [...store.all(table)].sort(byId) });
    if (this.#clients.length > CLIENTS) this.#clients.shift();
  }

  /** The store that a crash left holds what it must: every commit, and notes up to some point. */
  checkAfterCrash(store: Store, how: 'killed' | 'cut'): void {
    const surely = how === 'killed' ? this.#written : 0;
    const allowed = new Set<string>();
    for (let notes = surely; notes <= this.#heard.length; notes += 1) {
      const state: State = new Map(this.#base);
      for (const [index, { writes, noted }] of this.#heard.entries())
        if (!noted || index < notes) change(state, writes);
      allowed.add(textOf(state));
      for (const writes of this.#underWay) {
        change(state, writes);
        allowed.add(textOf(state));
      }
    }
    expect([...allowed]).toContain(textOf(stateOf(store)));
  }

  /** Every client that asks for what changed since its cursor ends with what the table holds. */
  checkClients(store: Store): void {
    for (const { table, cursor, rows } of this.#clients) {
      expect(applied(rows, store.changes(table, cursor))).toEqual([...store.all(table)].sort(byId));
    }
  }

  #hear({ rev, writes }: Commit): void {
    expect(rev).toBeGreaterThan(this.#lastRev);
    this.#lastRev = rev;
    this.#heard.push({ writes, noted: this.#noting });
    if (!this.#noting) expect(this.#underWay.shift()).toBe(writes);
  }
}

function applied(before: readonly Row[], changes: Changes): Row[] {
  const held = new Map(changes.reset ? [] : before.map((row) => [row.id, row]));
  for (const id of changes.removed) held.delete(id);
  for (const row of changes.rows) held.set(row.id, row);
  return [...held.values()].sort(byId);
}
