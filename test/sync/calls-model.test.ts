// Call histories while contacts, rights, colleagues, clients and the daemon come and go: each client ends with the names that a plain
// look at everything gives, and at no moment was a contact shown to somebody who could not see it then.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallRow } from '../../src/service/call-row.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import type { GivenPermission, GivenVisibility } from '../../src/service/rules-setting.ts';
import type { LargeTable, Row } from '../../src/service/store.ts';
import type { UserRow } from '../../src/service/users-row.ts';
import { turn } from '../support/board-house.ts';
import { called, ended, missed } from '../support/call-stories.ts';
import type { FakeSocket, ServerMessage } from '../support/fake-socket.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { openSyncHouse, type SyncHouse } from '../support/sync-house.ts';
import { EVERYONE, OPERATOR } from './book-house.ts';
import { putsOf } from './messages.ts';

const RUNS = Number(process.env['ROLLCALL_MODEL_RUNS'] ?? 60);
const PEOPLE = ['1001', '1002', '1003'];
/** Each number in some spellings, and as the keys of contacts have it. */
const NUMBERS = [
  { key: '+442079460001', spellings: ['020 7946 0001', '+442079460001', '00442079460001'] },
  { key: '+442079460002', spellings: ['02079460002', '79460002'] },
  { key: '+442079460003', spellings: ['020 7946 0003'] },
  { key: '#1002', spellings: ['1002'] },
  { key: '#1003', spellings: ['1003', '10 03'] },
];

type Step =
  | { readonly kind: 'call'; readonly who: number; readonly number: number; readonly spelling: number }
  | { readonly kind: 'add'; readonly book: number; readonly number: number }
  | { readonly kind: 'change' | 'renumber' | 'move' | 'remove'; readonly which: number; readonly to: number }
  | { readonly kind: 'permit' | 'hide' | 'user'; readonly which: number; readonly to: number }
  | { readonly kind: 'client'; readonly which: number; readonly to: number }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'idle' };

type Change = Exclude<Extract<Step, { which: number }>, { kind: 'client' }>;

const small = fc.nat(11);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('call' as const), who: small, number: small, spelling: small }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), book: small, number: small }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('change' as const, 'renumber' as const, 'move' as const, 'remove' as const),
      ...{ which: small, to: small },
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('permit' as const, 'hide' as const, 'user' as const),
      ...{ which: small, to: small },
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('client' as const), which: small, to: small }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'restart' }, { kind: 'idle' }) },
);

interface Client {
  readonly who: string;
  readonly socket: FakeSocket;
  readonly mirror: Mirror;
}

class Play {
  readonly store = new MemoryStore();
  readonly clients: Client[] = [];
  readonly leaks: string[] = [];
  house!: SyncHouse;
  books: string[] = [];
  #made = 0;

  async begin(): Promise<void> {
    this.house = await openSyncHouse({ store: this.store });
    const { id } = await this.house.books.create(OPERATOR, { name: 'Second' });
    this.books = ['company', id, ...PEOPLE.map((one) => `personal:${one}`)];
    for (const one of PEOPLE) await this.house.tokenOf(one);
  }

  async take(one: Step): Promise<void> {
    if (one.kind === 'call') this.#call(one);
    else if (one.kind === 'add') await this.#add(one);
    else if (one.kind === 'turns') for (let n = 0; n < one.count; n += 1) await turn();
    else if (one.kind === 'idle') await this.house.history.idle();
    else if (one.kind === 'restart') await this.#restart();
    else if (one.kind === 'client') await this.#client(one.which, one.to);
    else await this.#change(one).catch(() => 'refused');
  }

  /** Everything is told; then what each client holds of `calls`, and what it should. */
  async verdict(): Promise<{ readonly held: unknown[]; readonly right: unknown[] }> {
    await this.house.history.idle();
    for (let n = 0; n < 12; n += 1) await turn();
    const held: unknown[] = [];
    const right: unknown[] = [];
    for (const { who, socket, mirror } of this.clients) {
      if (socket.ended) continue;
      mirror.take(socket.received);
      held.push([who, mirror.items('calls')]);
      right.push([who, await this.#items(who)]);
    }
    return { held, right };
  }

  #call({ who, number, spelling }: Extract<Step, { kind: 'call' }>): void {
    const owner = PEOPLE[who % PEOPLE.length] ?? '';
    const { spellings } = NUMBERS[number % NUMBERS.length] ?? { spellings: [''] };
    const text = spellings[spelling % spellings.length] ?? '';
    this.house.calls.tell(ended(spelling % 2 === 0 ? missed(owner, text) : called(owner, text)));
  }

  async #restart(): Promise<void> {
    for (const { socket, mirror } of this.clients) {
      mirror.take(socket.received);
      socket.vanish();
    }
    this.house.stop();
    this.house = await openSyncHouse({ store: this.store });
    for (const [n, client] of this.clients.entries()) this.clients[n] = await this.#connect(client);
  }

  async #client(which: number, to: number): Promise<void> {
    const client = this.clients[which % 4];
    if (!client) {
      const who = PEOPLE[to % PEOPLE.length] ?? '';
      this.clients.push(await this.#connect({ who, mirror: new Mirror(['calls']) }));
      return;
    }
    client.mirror.take(client.socket.received);
    client.socket.vanish();
    this.clients[which % 4] = await this.#connect(client);
  }

  async #connect({ who, mirror }: Omit<Client, 'socket'>): Promise<Client> {
    mirror.reconnect();
    const token = await this.house.tokenOf(who).catch(() => '');
    const socket = this.house.connect();
    const write = socket.write.bind(socket);
    socket.write = (frames) => {
      const from = socket.received.length;
      const isTaken = write(frames);
      this.#watch(who, socket.received.slice(from));
      return isTaken;
    };
    socket.send('session.open', { client: { platform: 'web', version: '1.0' }, auth: { token } });
    for (let n = 0; n < 3; n += 1) await turn();
    socket.send('sync.open', { collections: ['calls'], cursors: mirror.cursors });
    return { who, mirror, socket };
  }

  /** What is written at this moment names only what its reader sees at this moment. */
  #watch(who: string, messages: readonly ServerMessage[]): void {
    for (const { contact, extension, name } of messages
      .filter(({ method }) => method === 'sync.change')
      .flatMap(putsOf)) {
      const row = contact === undefined ? undefined : this.#contact(String(contact));
      if (contact !== undefined && !(row && this.#views(who, row.book))) this.leaks.push(`${who} ${contact} ${name}`);
      if (extension !== undefined && !this.#sees(who, String(extension))) this.leaks.push(`${who} ${extension}`);
    }
  }

  async #change({ kind, which, to }: Change): Promise<unknown> {
    const { contacts, rules, users } = this.house;
    if (kind === 'permit') return rules.setPermissions(OPERATOR, permissionsOf(which, to, this.books));
    if (kind === 'hide') return rules.setVisibility(OPERATOR, visibilityOf(which, to));
    if (kind === 'user') return users.set({ id: PEOPLE[which % 3] ?? '', ...userOf(to) });
    const [id, value] = this.#rows('contacts')[which % 7] ?? [];
    if (id === undefined) return undefined;
    const row = value as ContactRow;
    const by = viewerOf(row.book);
    if (kind === 'remove') return contacts.remove(by, { ids: [id] });
    if (kind === 'change') return contacts.update(by, { id, patch: { lastName: `Renamed ${to}` } });
    if (kind === 'renumber') {
      const { spellings } = NUMBERS[to % NUMBERS.length] ?? { spellings: [''] };
      return contacts.update(by, { id, patch: { numbers: [{ type: 'other', number: spellings[0] }] } });
    }
    const book = this.books[to % this.books.length] ?? '';
    return this.store.commit([{ table: 'contacts', id, value: { ...row, book } }]);
  }

  async #add({ book, number }: Extract<Step, { kind: 'add' }>): Promise<void> {
    const scope = this.books[book % this.books.length] ?? '';
    const { spellings } = NUMBERS[number % NUMBERS.length] ?? { spellings: [''] };
    this.#made += 1;
    const contact = { firstName: `C ${this.#made}`, numbers: [{ type: 'other', number: spellings[0] }] };
    const name = scope.startsWith('personal:') ? 'personal' : scope;
    await this.house.contacts.create(viewerOf(scope), { book: name, contact }).catch(() => 'refused');
  }

  #rows(table: LargeTable | 'users' | 'permissions' | 'visibility' | 'extensions'): [string, object][] {
    return [...this.store.all(table as 'users')].map(({ id, value }: Row) => [id, value]);
  }

  #contact(id: string): ContactRow | undefined {
    return this.store.get('contacts' as 'users', id)?.value as ContactRow | undefined;
  }

  #user(id: string): UserRow | undefined {
    return this.store.get('users', id)?.value as UserRow | undefined;
  }

  #views(who: string, book: string): boolean {
    if (book.startsWith('personal:')) return book === `personal:${who}`;
    if (this.#user(who)?.admin) return true;
    const rules = this.#rows('permissions').map(([, value]) => value as GivenPermission & { order: number });
    const rule = rules
      .sort((a, b) => a.order - b.order)
      .find((one) => this.#names(one.who, who) && (one.books === '*' || one.books.includes(book)));
    return rule?.view ?? false;
  }

  #sees(who: string, whom: string): boolean {
    const rules = this.#rows('visibility').map(([, value]) => value as GivenVisibility & { order: number });
    const rule = rules
      .sort((a, b) => a.order - b.order)
      .find((one) => this.#names(one.who, who) && this.#names(one.whom, whom));
    return who === whom || (rule?.see ?? true);
  }

  #names(side: GivenPermission['who'], extension: string): boolean {
    if ('everyone' in side) return true;
    if ('group' in side) return this.#user(extension)?.groups.includes(side.group) === true;
    return side.extension === extension;
  }

  async #items(who: string): Promise<Record<string, unknown>> {
    const calls = this.#rows('calls').filter(([, value]) => (value as CallRow).owner === who);
    const items = calls.map(([id, value]) => {
      const { at, direction, number, disposition, reason, ring, talk } = value as CallRow;
      const named = this.#party(who, number);
      return [
        id,
        { id, at, direction, number, ...named, disposition, ...(reason ? { reason } : {}), ring, talk },
      ] as const;
    });
    return Object.fromEntries(items.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A look at everything, in the order extension, personal, company. */
  #party(who: string, number: string): object {
    const { key = '' } = NUMBERS.find(({ spellings }) => spellings.includes(number)) ?? {};
    const extension = key.startsWith('#') && this.#sees(who, key.slice(1)) ? key.slice(1) : undefined;
    if (extension !== undefined) return { name: this.#user(extension)?.name ?? `User ${extension}`, extension };
    const found = this.#rows('contacts').flatMap(([id, value]) => {
      const { book, fields, keys, created } = value as ContactRow;
      if (keys[0]?.[0] !== key || !this.#views(who, book)) return [];
      const name = [fields.firstName, fields.lastName].filter((part) => part !== undefined).join(' ');
      return [{ order: `${book.startsWith('personal:') ? 0 : 1} ${created} ${id}`, id, name }];
    });
    const [best] = found.sort((a, b) => (a.order < b.order ? -1 : 1));
    return best ? { name: best.name, contact: best.id } : {};
  }
}

function viewerOf(scope: string) {
  const owner = scope.startsWith('personal:') ? scope.slice('personal:'.length) : '';
  return owner === '' ? OPERATOR : { extension: owner, admin: false, contacts: true };
}

function permissionsOf(which: number, to: number, books: readonly string[]): GivenPermission[] {
  const who = [EVERYONE, { extension: '1001' }, { extension: '1002' }, { group: 'sales' }][which % 4] ?? EVERYONE;
  if (to % 5 === 4) return [];
  const named = to % 5 === 3 ? ('*' as const) : [books[to % 2] ?? ''];
  const last: GivenPermission = { who: EVERYONE, books: [books[1] ?? ''], view: true, manage: false };
  return [{ who, books: named, view: to % 3 !== 2, manage: false }, ...(which > 7 ? [last] : [])];
}

function visibilityOf(which: number, to: number): GivenVisibility[] {
  if (to % 4 === 3) return [];
  const who = [EVERYONE, { extension: '1001' }, { group: 'sales' }][which % 3] ?? EVERYONE;
  return [{ who, whom: { extension: PEOPLE[to % 3] ?? '' }, see: false }];
}

function userOf(to: number): object {
  return (
    [{ groups: ['sales'] }, { groups: [] }, { admin: true }, { admin: false }, { name: `Called ${to}` }][to % 5] ?? {}
  );
}

test('whatever is called, named, moved, granted, hidden, resumed and restarted', async () => {
  let shown = 0;
  const play = async (steps: readonly Step[]): Promise<void> => {
    const game = new Play();
    await game.begin();
    for (const one of steps) await game.take(one);
    const { held, right } = await game.verdict();
    shown += right.length;
    expect(held).toEqual(right);
    expect(game.leaks).toEqual([]);
    game.house.stop();
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 100, size: 'max' }), play), {
    numRuns: RUNS,
    endOnFailure: process.env['ROLLCALL_MODEL_SHRINK'] === undefined,
  });
  expect(shown).toBeGreaterThan(RUNS / 2);
}, 600_000);
