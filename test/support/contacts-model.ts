// What contacts, favourites and rules are for: the same use cases on plain objects, one call after the other. Written from the
// protocol, not from the program.

export interface ModelContact {
  readonly book: string;
  readonly rev: number;
  readonly title: string;
  readonly numbers: readonly string[];
  readonly by: string;
}

export interface Model {
  readonly admins: readonly string[];
  readonly users: readonly string[];
  readonly books: readonly string[];
  /** First match decides; `book: '*'` names every company book. */
  readonly rules: readonly { readonly who: string; readonly book: string; readonly manage: boolean }[];
  /** Who is hidden from everybody. */
  readonly hidden: readonly string[];
  readonly contacts: Readonly<Record<string, ModelContact>>;
  readonly retired: readonly string[];
  /** `<owner> <target>`. */
  readonly marks: readonly string[];
}

export type Call =
  | { readonly op: 'create'; readonly by: string; readonly book: string; readonly id: string; readonly title: string }
  | { readonly op: 'update'; readonly by: string; readonly id: string; readonly title: string; readonly ifRev?: number }
  | { readonly op: 'addNumber'; readonly by: string; readonly id: string; readonly number: string }
  | { readonly op: 'move'; readonly by: string; readonly id: string; readonly book: string }
  | { readonly op: 'delete'; readonly by: string; readonly ids: readonly string[] }
  | { readonly op: 'mark'; readonly by: string; readonly target: string }
  | { readonly op: 'unmark'; readonly by: string; readonly target: string }
  | { readonly op: 'search'; readonly by: string }
  | { readonly op: 'rules'; readonly by: string; readonly rules: Model['rules'] }
  | { readonly op: 'hide'; readonly by: string; readonly hidden: readonly string[] }
  | { readonly op: 'deleteBook'; readonly by: string; readonly book: string }
  | { readonly op: 'admins'; readonly admins: readonly string[] };

export interface Step {
  readonly model: Model;
  readonly answer: unknown;
}

const refused = (code: string, current?: object) => ({ refused: code, ...(current ? { current } : {}) });
const NOT_FOUND = refused('not_found');
const FORBIDDEN = refused('forbidden');

function rightsOf(model: Model, by: string, scope: string): { readonly view: boolean; readonly manage: boolean } {
  if (scope.startsWith('personal:')) return { view: scope === `personal:${by}`, manage: scope === `personal:${by}` };
  if (!model.books.includes(scope)) return { view: false, manage: false };
  if (model.admins.includes(by)) return { view: true, manage: true };
  const rule = model.rules.find(({ who, book }) => who === by && (book === '*' || book === scope));
  return { view: rule !== undefined, manage: rule?.manage ?? false };
}

/** A book as it is named on the wire: nobody can name the personal book of somebody else. */
function scopeOf(by: string, book: string): string {
  if (book === 'personal') return `personal:${by}`;
  return book.startsWith('personal:') ? 'none' : book;
}

/** A contact as its viewer is answered. */
export function shown(id: string, { book, rev, title, numbers }: ModelContact): object {
  return { id, book: book.startsWith('personal:') ? 'personal' : book, rev, title, numbers };
}

/** The model after the call, and its answer. */
export function step(model: Model, call: Call): Step {
  const no = (answer: unknown): Step => ({ model, answer });
  switch (call.op) {
    case 'admins':
      return { model: { ...model, admins: call.admins }, answer: undefined };
    case 'rules':
    case 'hide':
      return setRules(model, call);
    case 'deleteBook':
      return deleteBook(model, call.by, call.book);
    case 'create':
      return create(model, call);
    case 'mark':
    case 'unmark':
      return mark(model, call);
    case 'delete':
      return remove(model, call.by, call.ids);
    case 'search':
      return no(
        Object.entries(model.contacts)
          .filter(([, { book }]) => rightsOf(model, call.by, book).view)
          .map(([id]) => id)
          .sort(),
      );
    default:
      return change(model, call);
  }
}

function setRules(model: Model, call: Extract<Call, { op: 'rules' | 'hide' }>): Step {
  if (!model.admins.includes(call.by)) return { model, answer: FORBIDDEN };
  if (call.op === 'hide') return { model: { ...model, hidden: call.hidden }, answer: undefined };
  const unknown = call.rules.some(({ book }) => book !== '*' && !model.books.includes(book));
  return unknown ? { model, answer: refused('params') } : { model: { ...model, rules: call.rules }, answer: undefined };
}

function deleteBook(model: Model, by: string, book: string): Step {
  if (!model.admins.includes(by)) return { model, answer: FORBIDDEN };
  if (!model.books.includes(book)) return { model, answer: NOT_FOUND };
  const ids = Object.keys(model.contacts).filter((id) => model.contacts[id]?.book === book);
  const next = without(model, ids);
  const rules = model.rules.filter((rule) => rule.book !== book);
  return { model: { ...next, rules, books: model.books.filter((one) => one !== book) }, answer: undefined };
}

function create(model: Model, { by, book, id, title }: Extract<Call, { op: 'create' }>): Step {
  const scope = scopeOf(by, book);
  const rights = rightsOf(model, by, scope);
  if (!rights.manage) return { model, answer: rights.view ? FORBIDDEN : NOT_FOUND };
  const taken = model.contacts[id];
  if (taken && rightsOf(model, by, taken.book).view) {
    return { model, answer: taken.by === by ? shown(id, taken) : refused('conflict', shown(id, taken)) };
  }
  if (taken || model.retired.includes(id)) return { model, answer: refused('conflict') };
  const contact = { book: scope, rev: 1, title, numbers: ['1'], by };
  return { model: put(model, id, contact), answer: shown(id, contact) };
}

function change(model: Model, call: Extract<Call, { op: 'update' | 'addNumber' | 'move' }>): Step {
  const { by, id } = call;
  const no = (answer: unknown): Step => ({ model, answer });
  const target = call.op === 'move' ? scopeOf(by, call.book) : undefined;
  if (target !== undefined && !rightsOf(model, by, target).view) return no(NOT_FOUND);
  const contact = model.contacts[id];
  const rights = contact && rightsOf(model, by, contact.book);
  if (!contact || !rights?.view) return no(NOT_FOUND);
  if (!rights.manage || (target !== undefined && !rightsOf(model, by, target).manage)) return no(FORBIDDEN);
  if (call.op === 'update' && call.ifRev !== undefined && call.ifRev !== contact.rev) {
    return no(refused('conflict', shown(id, contact)));
  }
  const next = changed(contact, call, target);
  if (JSON.stringify(next) === JSON.stringify(contact)) return no(shown(id, contact));
  const risen = { ...next, rev: contact.rev + 1 };
  return { model: put(model, id, risen), answer: shown(id, risen) };
}

function changed(contact: ModelContact, call: Call, target: string | undefined): ModelContact {
  if (call.op === 'update') return { ...contact, title: call.title };
  if (call.op === 'move') return { ...contact, book: target ?? contact.book };
  if (call.op !== 'addNumber' || contact.numbers.includes(call.number)) return contact;
  return { ...contact, numbers: [...contact.numbers, call.number] };
}

function remove(model: Model, by: string, given: readonly string[]): Step {
  const ids = [...new Set(given)];
  const rights = ids.map((id) => rightsOf(model, by, model.contacts[id]?.book ?? 'none'));
  if (rights.some(({ view }) => !view)) return { model, answer: NOT_FOUND };
  if (rights.some(({ manage }) => !manage)) return { model, answer: FORBIDDEN };
  return { model: without(model, ids), answer: ids.length };
}

function mark(model: Model, { op, by, target }: Extract<Call, { op: 'mark' | 'unmark' }>): Step {
  const [kind, id = ''] = target.split(':');
  const seen =
    kind === 'contact'
      ? rightsOf(model, by, model.contacts[id]?.book ?? 'none').view
      : model.users.includes(id) && (id === by || !model.hidden.includes(id));
  if (!seen) return { model, answer: NOT_FOUND };
  const others = model.marks.filter((one) => one !== `${by} ${target}`);
  const marks = op === 'mark' ? [...others, `${by} ${target}`] : others;
  return { model: { ...model, marks }, answer: undefined };
}

function put(model: Model, id: string, contact: ModelContact): Model {
  return { ...model, contacts: { ...model.contacts, [id]: contact } };
}

function without(model: Model, ids: readonly string[]): Model {
  const contacts = Object.fromEntries(Object.entries(model.contacts).filter(([id]) => !ids.includes(id)));
  const marks = model.marks.filter((one) => !ids.some((id) => one.endsWith(` contact:${id}`)));
  return { ...model, contacts, marks, retired: [...model.retired, ...ids] };
}
