// Random calls of four users and administrators, several at a time, against a plain model: there must be an order of the calls
// in flight in which the model gives the same answers and ends in the same state.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContactItem, ContactRow } from '../../src/service/contact-row.ts';
import { type ContactsHouse, OPERATOR, openContactsHouse, outcome, uuid } from '../support/contacts-house.ts';
import { type Call, type Model, type Step, shown, step } from '../support/contacts-model.ts';

const USERS = ['1000', '1001', '1002', '1003'];
const IDS = [1, 2, 3].map(uuid);
const BOOKS = ['company', 'second'];

// Most calls may be done, and meet each other: two who may much, and few contacts.
const by = fc.constantFrom(...USERS, '1000', '1001', '1001');
const id = fc.constantFrom(...IDS, uuid(1), uuid(1));
const title = fc.constantFrom('', 'a', 'b');
const book = fc.constantFrom('personal', ...BOOKS, ...BOOKS, 'nothing', 'personal:1001');
const rule = fc.record({ who: by, book: fc.constantFrom('*', ...BOOKS), manage: fc.boolean() });
const target = fc.oneof(
  id.map((one) => `contact:${one}`),
  by.map((one) => `extension:${one}`),
  fc.constant('extension:4711'),
);
const of = <O extends Call['op']>(op: O) => fc.constant(op);

const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: of('create'), by, book, id, title }) },
  { weight: 4, arbitrary: fc.record({ op: of('update'), by, id, title, ifRev: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ op: of('update'), by, id, title }) },
  { weight: 2, arbitrary: fc.record({ op: of('addNumber'), by, id, number: fc.constantFrom('1', '2', '3') }) },
  { weight: 4, arbitrary: fc.record({ op: of('move'), by, id, book }) },
  { weight: 2, arbitrary: fc.record({ op: of('delete'), by, ids: fc.array(id, { maxLength: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ op: of('mark'), by, target }) },
  { weight: 1, arbitrary: fc.record({ op: of('unmark'), by, target }) },
  { weight: 2, arbitrary: fc.record({ op: of('search'), by }) },
  { weight: 3, arbitrary: fc.record({ op: of('rules'), by, rules: fc.array(rule, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ op: of('hide'), by, hidden: fc.subarray(USERS) }) },
  { weight: 1, arbitrary: fc.record({ op: of('deleteBook'), by, book: fc.constantFrom(...BOOKS) }) },
  { weight: 1, arbitrary: fc.record({ op: of('admins'), admins: fc.subarray(USERS) }) },
);

async function openModelHouse(): Promise<{ readonly house: ContactsHouse; readonly model: Model }> {
  const house = await openContactsHouse();
  await house.people(...USERS.map((one) => ({ id: one, admin: one === '1000' })));
  house.extensions(...USERS);
  await house.store.commit([{ table: 'books', id: 'second', value: { id: 'second', name: 'Second' } }]);
  await house.rules.setPermissions(OPERATOR, [rowOf({ who: '1001', book: '*', manage: true })]);
  let model: Model = {
    admins: ['1000'],
    users: USERS,
    books: BOOKS,
    rules: [{ who: '1001', book: '*', manage: true }],
    hidden: [],
    contacts: {},
    retired: [],
    marks: [],
  };
  const before: Call[] = [
    { op: 'create', by: '1001', book: 'company', id: uuid(1), title: 'a' },
    { op: 'create', by: '1000', book: 'second', id: uuid(2), title: 'b' },
    { op: 'mark', by: '1001', target: `contact:${uuid(1)}` },
  ];
  for (const one of before) {
    await run(house, one);
    model = step(model, one).model;
  }
  return { house, model };
}

function rowOf({ who, book, manage }: Model['rules'][number]) {
  return { who: { extension: who }, books: book === '*' ? ('*' as const) : [book], view: true, manage };
}

/** The contact of an answer as the model says it. */
function plain(answer: unknown): unknown {
  const { current, ...refused } = answer as { current?: ContactItem };
  if (current) return { ...refused, current: plain(current) };
  if (typeof answer !== 'object' || answer === null || !('numbers' in answer)) return answer;
  const { id, book, rev, title = '', numbers } = answer as ContactItem;
  return { id, book, rev, title, numbers: numbers.map(({ number }) => number) };
}

async function run(house: ContactsHouse, call: Call): Promise<unknown> {
  const { contacts, favorites, books, rules, as, people } = house;
  if (call.op === 'admins') {
    await people(...USERS.map((one) => ({ id: one, admin: call.admins.includes(one) })));
    return undefined;
  }
  const viewer = as(call.by);
  switch (call.op) {
    case 'create': {
      const contact = { firstName: 'A', title: call.title, numbers: [{ type: 'other', number: '1' }] };
      return plain(await outcome(contacts.create(viewer, { book: call.book, contact, id: call.id })));
    }
    case 'update': {
      const patch = { title: call.title === '' ? null : call.title };
      return plain(await outcome(contacts.update(viewer, { id: call.id, patch, ifRev: call.ifRev })));
    }
    case 'addNumber':
      return plain(await outcome(contacts.addNumber(viewer, { id: call.id, type: 'home', number: call.number })));
    case 'move':
      return plain(await outcome(contacts.move(viewer, call)));
    case 'delete':
      return outcome(contacts.remove(viewer, { ids: call.ids }));
    case 'mark':
      return outcome(favorites.add(viewer, call.target));
    case 'unmark':
      return outcome(favorites.remove(viewer, call.target));
    case 'search':
      return (await contacts.search(viewer, { text: 'a' })).map((found) => found.id).sort();
    case 'rules':
      return outcome(rules.setPermissions(viewer, call.rules.map(rowOf)));
    case 'hide': {
      const hide = (one: string) => ({ who: { everyone: true as const }, whom: { extension: one }, see: false });
      return outcome(rules.setVisibility(viewer, call.hidden.map(hide)));
    }
    case 'deleteBook':
      return outcome(books.remove(viewer, { id: call.book }));
  }
}

/** What is stored, as the model says it. */
async function stateOf({ store, sweeper, rules, access, as }: ContactsHouse): Promise<unknown> {
  for (const { id } of store.all('sweeps')) await sweeper.idle(id);
  const contacts: Record<string, object> = {};
  for (const [one, row] of await store.find('contacts', IDS)) {
    const { book, rev, fields, createdBy } = row.value as ContactRow;
    const numbers = fields.numbers.map(({ number }) => number);
    contacts[one] = { book, rev, title: fields.title ?? '', numbers, by: createdBy };
  }
  const marks = (
    await store.marksOn([...IDS.map((one) => `contact:${one}`), ...USERS.map((one) => `extension:${one}`)])
  ).map((row) => row.id);
  // A mark says where its contact is.
  for (const row of await store.marksOn(IDS.map((one) => `contact:${one}`))) {
    const { target, book } = row.value as { target: string; book: string };
    expect(contacts[target.slice('contact:'.length)]).toMatchObject({ book });
  }
  return {
    contacts,
    marks: marks.sort(),
    retired: await store.count('retired', ''),
    books: BOOKS.filter((one) => access.hasBook(one)),
    admins: USERS.filter((one) => access.isAdmin(as(one))),
    rules: rules.permissions().map(({ who, books, manage }) => ({ who, books, manage })),
    hidden: rules.visibility().map(({ whom }) => whom),
  };
}

function stateOfModel({ contacts, marks, retired, books, admins, rules, hidden }: Model): unknown {
  return {
    contacts,
    marks: [...marks].sort(),
    retired: retired.length + BOOKS.length - books.length,
    books,
    admins,
    rules: rules.map(rowOf).map(({ who, books, manage }) => ({ who, books, manage })),
    hidden: hidden.map((extension) => ({ extension })),
  };
}

/** Every order in which the calls may have taken effect such that the answers are right. */
function explanations(model: Model, calls: readonly Call[], answers: readonly unknown[]): Model[] {
  if (calls.length === 0) return [model];
  return calls.flatMap((one, i) => {
    const { model: next, answer }: Step = step(model, one);
    if (JSON.stringify(answer) !== JSON.stringify(answers[i])) return [];
    const others = <T>(list: readonly T[]) => list.filter((_, j) => j !== i);
    return explanations(next, others(calls), others(answers));
  });
}

/** Answers that wait, and are given in an order that is drawn by lot. */
class Lots {
  readonly #waiting: (() => void)[] = [];
  readonly #draw: Iterator<number>;

  constructor(draw: Iterator<number>) {
    this.#draw = draw;
  }

  async wait<T>(answer: Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return answer;
  }

  /** Gives one answer each turn, until all of these have come and nothing waits. */
  async give(calls: Promise<unknown>): Promise<void> {
    let all = false;
    calls.finally(() => {
      all = true;
    });
    while (!all || this.#waiting.length > 0) {
      const lot = (this.#draw.next().value as number) % Math.max(1, this.#waiting.length);
      for (const next of this.#waiting.splice(lot, 1)) next();
      await new Promise(setImmediate);
    }
  }
}

/** Lets the store's answers, and commits on their way to it, come in any order. Returns the function that ends that. */
function mixUp({ store }: ContactsHouse, lots: Lots): () => void {
  const { find, marksOn, count, counts, search, commit } = store;
  Object.assign(store, {
    find: (...asked: Parameters<typeof find>) => lots.wait(find.apply(store, asked)),
    marksOn: (...asked: Parameters<typeof marksOn>) => lots.wait(marksOn.apply(store, asked)),
    count: (...asked: Parameters<typeof count>) => lots.wait(count.apply(store, asked)),
    counts: (...asked: Parameters<typeof counts>) => lots.wait(counts.apply(store, asked)),
    search: (...asked: Parameters<typeof search>) => lots.wait(search.apply(store, asked)),
    commit: async (...asked: Parameters<typeof commit>) => {
      await lots.wait(Promise.resolve());
      return commit.apply(store, asked);
    },
  });
  return () => {
    for (const name of ['find', 'marksOn', 'count', 'counts', 'search', 'commit']) Reflect.deleteProperty(store, name);
  };
}

async function follow(batches: readonly (readonly Call[])[], draw?: Iterator<number>): Promise<void> {
  const opened = await openModelHouse();
  const lots = draw && new Lots(draw);
  let { model } = opened;
  for (const calls of batches) {
    const end = lots && mixUp(opened.house, lots);
    const answering = Promise.all(calls.map((one) => run(opened.house, one)));
    await lots?.give(answering);
    end?.();
    const answers = await answering;
    const state = await stateOf(opened.house);
    const possible = explanations(model, calls, answers);
    const right = possible.find((one) => JSON.stringify(sorted(stateOfModel(one))) === JSON.stringify(sorted(state)));
    if (!right) expect({ calls, answers, state }).toEqual({ calls, possible: possible.map(stateOfModel) });
    else model = right;
  }
}

/** With keys in one order, so that texts can be compared. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, part]) => [key, sorted(part)]),
  );
}

describe('contacts, favourites and rules', () => {
  test('answer and keep what the model does, call by call', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40 }), (calls) => follow(calls.map((one) => [one]))),
      { numRuns: 200 },
    );
  }, 60_000);

  test('answer and keep what the model does in some order, with several calls in flight and a store that answers in any order', async () => {
    const batch = fc.array(call, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), fc.infiniteStream(fc.nat()), follow),
      {
        numRuns: 500,
      },
    );
  }, 60_000);

  test('are compared with a model that can tell: a wrong answer has no explanation', () => {
    const contact = { book: 'company', rev: 3, title: 'a', numbers: ['1'], by: '1000' };
    const model: Model = {
      ...{ admins: ['1000'], users: USERS, books: BOOKS, rules: [], hidden: [], retired: [], marks: [] },
      contacts: { [uuid(1)]: contact },
    };
    const update: Call = { op: 'update', by: '1000', id: uuid(1), title: 'b' };
    const next = { ...contact, rev: 4, title: 'b' };
    expect(explanations(model, [update], [shown(uuid(1), next)])).toHaveLength(1);
    expect(explanations(model, [update], [shown(uuid(1), { ...next, rev: 5 })])).toEqual([]);
    expect(explanations(model, [{ ...update, by: '1001' }], [shown(uuid(1), next)])).toEqual([]);
  });
});
