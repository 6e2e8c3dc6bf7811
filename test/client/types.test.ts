// The client's types are the daemon's. What is wrong here does not fail when the tests run but when types are checked
// (`npm run types`).
import { describe, expectTypeOf, test } from 'vitest';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import type { Client, ConnectionState, Mirror, SocketConstructor } from '../../client/index.ts';
import type * as wire from '../../client/types.ts';
import type * as domainContact from '../../src/domain/contact.ts';
import type { Features } from '../../src/domain/features.ts';
import type * as presence from '../../src/domain/presence.ts';
import type { PermissionRule, VisibilityRule, Who } from '../../src/domain/rules.ts';
import type { Platform } from '../../src/domain/version-gate.ts';
import type { METHODS, Method } from '../../src/protocol/methods.ts';
import type { BookItem } from '../../src/service/book-view.ts';
import type { ContactItem } from '../../src/service/contact-row.ts';
import type { LoginView } from '../../src/service/logins-row.ts';
import type { NumberAnswer } from '../../src/service/lookup-answer.ts';
import type { ExtensionItem, PbxItem } from '../../src/service/rows.ts';
import type { UserView } from '../../src/service/users-row.ts';

/** Without `readonly`, and without the `undefined` of what may be left out. */
type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> }
    : T;
/** What the schema of the daemon takes. */
type Taken<M extends wire.Method> = z.input<(typeof METHODS)[M]>;

/** Methods whose params are checked by their schema alone. */
type Schematic = Exclude<
  wire.Method,
  | 'contacts.create'
  | 'contacts.update'
  | 'contacts.addNumber'
  | 'contacts.delete'
  | 'permissions.set'
  | 'visibility.set'
>;
type Same<M extends Schematic> = [Plain<wire.ParamsOf<M>>] extends [Plain<Taken<M>>]
  ? [Plain<Taken<M>>] extends [Plain<wire.ParamsOf<M>>]
    ? true
    : never
  : never;

describe('what a client says', () => {
  test('is every method of the daemon but those that the client calls by itself', () => {
    type Own = 'session.open' | 'session.renew' | 'session.close' | 'sync.open';
    expectTypeOf<wire.Method>().toEqualTypeOf<Exclude<Method, Own>>();
  });

  test('has the params that the daemon takes, both ways', () => {
    expectTypeOf<{ [M in Schematic]: Same<M> }>().toEqualTypeOf<{ [M in Schematic]: true }>();
  });

  test('of contacts is what the domain takes', () => {
    expectTypeOf<wire.ContactFields>().toEqualTypeOf<domainContact.ContactFields>();
    expectTypeOf<wire.ParamsOf<'contacts.create'>['contact']>().toEqualTypeOf<domainContact.ContactFields>();
    expectTypeOf<Omit<wire.ParamsOf<'contacts.create'>, 'contact'>>().toExtend<
      Omit<Taken<'contacts.create'>, 'contact'>
    >();
    expectTypeOf<Omit<wire.ParamsOf<'contacts.update'>, 'patch'>>().toExtend<Omit<Taken<'contacts.update'>, 'patch'>>();
    expectTypeOf<keyof wire.ParamsOf<'contacts.update'>['patch']>().toEqualTypeOf<keyof domainContact.ContactFields>();
    expectTypeOf<Omit<wire.ParamsOf<'contacts.addNumber'>, 'id'>>().toExtend<domainContact.ContactNumber>();
    expectTypeOf<domainContact.ContactNumber>().toExtend<Omit<wire.ParamsOf<'contacts.addNumber'>, 'id'>>();
    expectTypeOf<Plain<wire.ParamsOf<'contacts.delete'>>>().toExtend<Plain<Taken<'contacts.delete'>>>();
  });

  test('of rules is what the daemon takes', () => {
    expectTypeOf<Plain<wire.ParamsOf<'permissions.set'>>>().toExtend<Plain<Taken<'permissions.set'>>>();
    expectTypeOf<Plain<Taken<'permissions.set'>>>().toExtend<Plain<wire.ParamsOf<'permissions.set'>>>();
    expectTypeOf<Plain<wire.ParamsOf<'visibility.set'>>>().toExtend<Plain<Taken<'visibility.set'>>>();
    expectTypeOf<Plain<Taken<'visibility.set'>>>().toExtend<Plain<wire.ParamsOf<'visibility.set'>>>();
  });

  test('of itself names a platform of the daemon', () => {
    expectTypeOf<wire.Platform>().toEqualTypeOf<Platform>();
  });
});

describe('what a client is told', () => {
  test('has the items of the daemon', () => {
    expectTypeOf<wire.Pbx>().toEqualTypeOf<PbxItem>();
    expectTypeOf<wire.Extension>().toEqualTypeOf<ExtensionItem>();
    expectTypeOf<wire.Presence>().toEqualTypeOf<presence.Presence>();
    expectTypeOf<wire.Book>().toExtend<BookItem>();
    expectTypeOf<BookItem>().toExtend<wire.Book>();
    expectTypeOf<wire.Contact>().toExtend<ContactItem>();
    expectTypeOf<ContactItem>().toExtend<wire.Contact>();
    expectTypeOf<keyof wire.Contact>().toEqualTypeOf<keyof ContactItem>();
    expectTypeOf<wire.Who>().toEqualTypeOf<Who>();
    expectTypeOf<Omit<wire.Permission, 'order'>>().toEqualTypeOf<PermissionRule>();
    expectTypeOf<Omit<wire.Visibility, 'order'>>().toEqualTypeOf<VisibilityRule>();
    expectTypeOf<Plain<wire.User>>().toEqualTypeOf<Plain<UserView>>();
    expectTypeOf<Plain<wire.Login>>().toEqualTypeOf<Plain<LoginView>>();
    expectTypeOf<NumberAnswer>().toExtend<wire.ResultOf<'lookup.number'>>();
    expectTypeOf<keyof wire.ResultOf<'lookup.number'>>().toEqualTypeOf<keyof NumberAnswer>();
  });

  test('has the words of the daemon', () => {
    expectTypeOf<wire.Status>().toEqualTypeOf<presence.Status>();
    expectTypeOf<wire.Line>().toEqualTypeOf<presence.Line>();
    expectTypeOf<wire.Features>().toEqualTypeOf<Features>();
  });
});

describe('the client', () => {
  test('gives each mirror the items of its collection', () => {
    expectTypeOf<Client['mirror']>().toBeCallableWith('presence');
    const typed = (client: Client) => [client.mirror('users'), client.mirror('contacts:company')] as const;
    expectTypeOf(typed).returns.toEqualTypeOf<readonly [Mirror<wire.User>, Mirror<wire.Contact>]>();
    // @ts-expect-error contacts are mirrored by book
    const all = (client: Client) => client.mirror('contacts');
    // @ts-expect-error there is no such collection
    const none = (client: Client) => client.mirror('persons');
    expectTypeOf(all).toBeFunction();
    expectTypeOf(none).toBeFunction();
  });

  test('gives each request its params and result', () => {
    const typed = (client: Client) => client.request('presence.set', { status: 'lunch' });
    expectTypeOf(typed).returns.resolves.toEqualTypeOf<{ readonly presence: wire.Presence }>();
    // @ts-expect-error there is no such status
    const wrong = (client: Client) => client.request('presence.set', { status: 'asleep' });
    // @ts-expect-error the client does that by itself
    const own = (client: Client) => client.request('sync.open', { collections: [] });
    expectTypeOf(wrong).toBeFunction();
    expectTypeOf(own).toBeFunction();
  });

  test('tells its states apart by their kind', () => {
    const why = (state: ConnectionState) => (state.kind === 'waiting' ? state.retryAt : undefined);
    expectTypeOf(why).returns.toEqualTypeOf<number | undefined>();
  });

  test('takes the WebSocket of the package ws as it is', () => {
    expectTypeOf(WebSocket).toExtend<SocketConstructor>();
  });
});
