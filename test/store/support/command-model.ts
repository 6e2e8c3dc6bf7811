// What a store must hold after a crash, kept beside a real one: everything that was told, what is surely on disk of it, the
// commits under way, and clients with the cursors they were given.
import { expect } from 'vitest';
import type { Changes, Commit, Guard, Row, Store, Table, Told, Write } from '../../../src/service/store.ts';
import { Follower } from '../../contracts/follower.ts';

export const TABLES_USED: readonly Table[] = ['users', 'presence'];
export const BOOKS_USED = ['x', 'y'] as const;
export const IDS_USED = ['a', 'b', 'c', 'd', 'e'] as const;

interface Heard {
  readonly writes: readonly Write[];
  readonly noted: boolean;
}

/** A commit that was asked for; its guard, if any, says that there is no such contact. */
interface Asked {
  readonly writes: readonly Write[];
  readonly guards: readonly Guard[];
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

async function stateOf(store: Store): Promise<State> {
  const state: State = new Map();
  for (const table of TABLES_USED) {
    for (const { id, value } of store.all(table)) state.set(`${table} ${id}`, JSON.stringify(value));
  }
  for (const { id, value } of (await store.find('contacts', IDS_USED)).values()) {
    state.set(`contacts ${id}`, JSON.stringify(value));
  }
  return state;
}

const holds = (state: State, { guards }: Asked): boolean =>
  guards.every(({ table, id }) => !state.has(`${table} ${id}`));

function bookIn(state: State, id: string): string | undefined {
  const value = state.get(`contacts ${id}`);
  return value === undefined ? undefined : (JSON.parse(value) as { book: string }).book;
}

/** The writes as the feed must tell them. */
function toldOf(before: State, writes: readonly Write[]): Told[] {
  const state = new Map(before);
  return writes.flatMap((write) => {
    const from = bookIn(state, write.id);
    change(state, [write]);
    if (write.table !== 'contacts') return [write];
    if (write.value === null) return from === undefined ? [] : [{ ...write, scope: from }];
    const scope = bookIn(state, write.id) ?? '';
    return [from === undefined || from === scope ? { ...write, scope } : { ...write, scope, movedFrom: from }];
  });
}

const textOf = (state: State): string => JSON.stringify([...state].sort());
const byId = (a: Row, b: Row): number => (a.id < b.id ? -1 : 1);

export class CommandModel {
  #base: State = new Map();
  #heard: Heard[] = [];
  #noting = false;
  /** What was heard before this one is in the journal. */
  #written = 0;
  #now: State = new Map();
  readonly #underWay: Asked[] = [];
  readonly #followers: Follower[] = [];
  readonly #clients: Client[] = [];
  #lastRev = 0;
  #leave: () => void = () => undefined;

  /** Follows a store that was just opened; earlier knowledge of what it may hold is dropped. */
  async follow(store: Store): Promise<void> {
    this.#base = await stateOf(store);
    this.#now = new Map(this.#base);
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

  asked(writes: readonly Write[], guards: readonly Guard[]): void {
    this.#underWay.push({ writes, guards });
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

  /** A client begins to read a book, or those who did go on. */
  async read(store: Store, book: string | undefined): Promise<void> {
    if (book !== undefined) this.#followers.push(new Follower('contacts', book));
    if (this.#followers.length > CLIENTS) this.#followers.shift();
    for (const follower of this.#followers) await follower.step(store, 1);
  }

  /** The store that a crash left holds what it must: every commit, and notes up to some point. */
  async checkAfterCrash(store: Store, how: 'killed' | 'cut'): Promise<void> {
    const surely = how === 'killed' ? this.#written : 0;
    const allowed = new Set<string>();
    for (let notes = surely; notes <= this.#heard.length; notes += 1) {
      const state: State = new Map(this.#base);
      for (const [index, { writes, noted }] of this.#heard.entries())
        if (!noted || index < notes) change(state, writes);
      allowed.add(textOf(state));
      for (const asked of this.#underWay) {
        if (holds(state, asked)) change(state, asked.writes);
        allowed.add(textOf(state));
      }
    }
    expect([...allowed]).toContain(textOf(await stateOf(store)));
  }

  /** Every client that asks for what changed since its cursor ends with what the table holds. */
  async checkClients(store: Store): Promise<void> {
    const state = await stateOf(store);
    for (const follower of this.#followers) {
      const held = (await follower.finish(store, 2)).map(({ id, value }) => [id, JSON.stringify(value)]);
      const ids = IDS_USED.filter((id) => bookIn(state, id) === follower.scope);
      expect(held).toEqual(ids.map((id) => [id, state.get(`contacts ${id}`)]));
    }
    for (const { table, cursor, rows } of this.#clients) {
      expect(applied(rows, store.changes(table, cursor))).toEqual([...store.all(table)].sort(byId));
    }
  }

  #hear({ rev, writes }: Commit): void {
    expect(rev).toBeGreaterThan(this.#lastRev);
    this.#lastRev = rev;
    const asked = this.#noting ? { writes, guards: [] } : this.#nextAsked();
    expect(writes).toEqual(toldOf(this.#now, asked.writes));
    this.#heard.push({ writes: asked.writes, noted: this.#noting });
    change(this.#now, asked.writes);
  }

  /** The next commit under way that is not refused. */
  #nextAsked(): Asked {
    for (;;) {
      const asked = this.#underWay.shift();
      if (!asked) throw new Error('a commit is told that nobody asked for');
      if (holds(this.#now, asked)) return asked;
    }
  }
}

function applied(before: readonly Row[], changes: Changes): Row[] {
  const held = new Map(changes.reset ? [] : before.map((row) => [row.id, row]));
  for (const id of changes.removed) held.delete(id);
  for (const row of changes.rows) held.set(row.id, row);
  return [...held.values()].sort(byId);
}
