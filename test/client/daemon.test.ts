// The client against a real daemon: logging in, coming back after every kind of break, and being logged out.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientIn } from '../../client/client.ts';
import { surroundingsOf } from '../../client/surroundings.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, EVERYTHING, isReady, itemsOf, PASSWORD, person, Recorder, settled, withPeople } from './house.ts';

let daemon: Daemon;
const meet = withPeople(() => daemon);

beforeAll(async () => {
  daemon = await prepareDaemon();
  await daemon.user('1000', PASSWORD, '--admin');
  await daemon.user('1001', PASSWORD, '--email', 'ann@example.com');
  await daemon.user('1002', PASSWORD);
  await daemon.start();
});
afterAll(() => daemon.dispose());

describe('logging in', () => {
  test('goes by extension number and by e-mail address', async () => {
    for (const login of ['1001', 'Ann@Example.com']) {
      const { client, tokens } = await meet(login);
      await client.start();
      expect([client.state, client.session?.extension]).toEqual([{ kind: 'ready' }, '1001']);
      expect([tokens, client.session?.token]).toEqual([[client.token()], client.token()]);
      expect(client.contacts.books()).toEqual(['personal']);
    }
  });

  test('goes by the token of an earlier log-in', async () => {
    const first = await meet('1001');
    await first.client.start();
    first.client.close();
    const token = first.client.token() ?? '';
    const { client } = await meet('', { auth: { token } });
    await client.start();
    expect([client.session?.session, client.token()]).toEqual([first.client.session?.session, token]);
  });

  test('is refused with a wrong password, an unknown user and a bad token, and then nothing is tried', async () => {
    for (const auth of [{ login: '1002', password: 'wrong' }, { login: '9999', password: PASSWORD }, { token: 'x' }]) {
      const { client, network, recorder } = await meet('', { auth });
      await expect(client.start()).rejects.toMatchObject({ name: 'RequestFailure', code: 401, reason: 'unauthorized' });
      const why = 'token' in auth ? 'expired' : 'refused';
      expect(client.state).toMatchObject({ kind: 'ended', why, failure: { code: 401 } });
      await settled(() => network.connections === 0, 'no connection');
      expect(recorder.connections).toBe(1);
    }
  });

  test('is put off after too many wrong passwords', async () => {
    await daemon.user('1005', PASSWORD);
    let state: unknown;
    for (let tries = 0; tries < 30; tries++) {
      const { client } = await meet('', { auth: { login: '1005', password: 'wrong' } });
      await client.start().catch(() => undefined);
      state = client.state;
      if (client.state.kind === 'ended' && client.state.why !== 'refused') break;
    }
    expect(state).toMatchObject({
      kind: 'ended',
      why: 'too_many',
      failure: { code: 429, retryAfter: expect.any(Number) },
    });
  });
});

describe('coming back', () => {
  test('after the daemon was killed asks only for what changed', async () => {
    const { client, recorder, tokens } = await meet('1001');
    await client.start();
    const kept = await create(client, 'personal', person('Kept'));
    const changed = await create(client, 'personal', person('Changed'));
    const deleted = await create(client, 'personal', person('Deleted'));
    const changes: unknown[] = [];
    client.mirror('contacts:personal').subscribe((change) => changes.push(change));
    await daemon.kill();
    await settled(() => client.state.kind === 'waiting', 'waiting');
    expect(client.contacts.get(kept.id)).toEqual(kept);
    await daemon.start();
    await settled(() => client.state.kind === 'ready', 'ready');
    expect(recorder.told.filter(([name]) => name !== 'pbx')).toEqual([]);
    const other = await meet('1001');
    await other.client.start();
    await daemon.kill();
    await settled(() => client.state.kind === 'waiting', 'waiting');
    client.close();
    await daemon.start();
    await other.client.start();
    await isReady(other);
    await other.client.request('contacts.update', { id: changed.id, patch: { title: 'Dr' } });
    await other.client.request('contacts.delete', { id: deleted.id });
    changes.length = 0;
    await client.start();
    await settled(() => client.state.kind === 'ready', 'ready');
    const now = other.client.contacts.get(changed.id);
    expect(recorder.told.filter(([name]) => name.startsWith('contacts:'))).toEqual([
      ['contacts:personal', changed.id, `-${deleted.id}`],
    ]);
    expect(changes).toEqual([{ reset: false, put: [now], remove: [deleted.id] }]);
    expect(now?.title).toBe('Dr');
    expect(new Set(tokens).size).toBe(1);
  });

  test('after a stop in good order waits as the daemon asked, and no longer', async () => {
    const { client } = await meet('1001', { random: () => 0 });
    await client.start();
    const stopped = daemon.stop();
    await settled(() => client.state.kind === 'waiting', 'waiting');
    expect(client.state).toMatchObject({ why: 'shutting_down' });
    const wait = client.state.kind === 'waiting' ? client.state.retryAt - Date.now() : 0;
    expect([wait > 0, wait <= 2_500]).toEqual([true, true]);
    await stopped;
    await daemon.start();
    await settled(() => client.state.kind === 'ready', 'ready');
  });

  test('happens after a cut, after a time of refused connections, and on a link that only seems to live', async () => {
    const { client, network, recorder } = await meet('1001', { random: () => 0.1 });
    await client.start();
    network.cut();
    await settled(() => recorder.connections === 2 && client.state.kind === 'ready', 'ready again');
    await network.refuse();
    await settled(() => client.state.kind === 'waiting' && recorder.connections > 3, 'refused');
    await network.accept();
    client.reconnect();
    await settled(() => client.state.kind === 'ready', 'ready once more');
    const before = recorder.connections;
    network.swallow(true);
    const asked = client.request('session.list', {}).catch((error: unknown) => error);
    client.reconnect(); // as the program does that knows of a new network
    await settled(() => client.state.kind !== 'ready', 'the silence is noticed');
    expect(await asked).toMatchObject({ code: 0, reason: 'disconnected' });
    network.swallow(false);
    await settled(() => client.state.kind === 'ready' && recorder.connections > before, 'ready at last');
  }, 60_000);
});

describe('a log-in', () => {
  test('is renewed in time, also after a sleep, and its new token is good after a restart', async () => {
    let ahead = 0;
    let wake: () => void = () => undefined;
    const real = surroundingsOf({ WebSocket: new Recorder().WebSocket });
    const onWake = (fn: () => void) => {
      wake = fn;
      return () => undefined;
    };
    const tokens: (string | undefined)[] = [];
    const client = clientIn(
      { ...real, now: () => Date.now() + ahead, onWake },
      {
        url: `${daemon.url.replace('http', 'ws')}/ws`,
        client: { platform: 'sdk', version: '1.0.0' },
        auth: { login: '1001', password: PASSWORD },
        onToken: (told) => tokens.push(told?.token),
      },
    );
    await client.start();
    wake();
    await client.request('session.ping', {});
    expect(tokens.length).toBe(1);
    ahead = 21 * 86_400_000;
    wake();
    await settled(() => tokens.length === 2, 'a new token');
    expect([tokens[1] === tokens[0], client.token(), client.session?.token]).toEqual([false, tokens[1], tokens[1]]);
    ahead = 0;
    await daemon.kill();
    await daemon.start();
    client.reconnect();
    await settled(() => client.state.kind === 'ready', 'ready with the new token');
    await client.logOut();
    expect([client.state.kind, tokens.at(-1), client.token()]).toEqual(['idle', undefined, undefined]);
    const { client: late } = await meet('', { auth: { token: tokens[1] ?? '' } });
    await expect(late.start()).rejects.toMatchObject({ code: 401 });
  });

  test('that is ended from elsewhere ends the client, empties its mirrors and forgets its token', async () => {
    const here = await meet('1001');
    const there = await meet('1001');
    await here.client.start();
    await there.client.start();
    await create(here.client, 'personal', person('Seen'));
    const id = here.client.session?.session ?? '';
    await there.client.request('session.revoke', { id });
    await settled(() => here.client.state.kind === 'ended', 'ended');
    expect(here.client.state).toMatchObject({ why: 'logged_out' });
    expect([here.client.contacts.books(), here.tokens.at(-1), here.client.token()]).toEqual([[], undefined, undefined]);
    expect(there.client.state.kind).toBe('ready');
  });

  test('of a user whose password is changed, or who is disabled, ends as expired', async () => {
    const boss = await meet('1000');
    await boss.client.start();
    for (const change of [{ password: 'quite another' }, { password: PASSWORD, disabled: true }]) {
      const { client } = await meet('', {
        auth: { login: '1002', password: change.disabled ? 'quite another' : PASSWORD },
      });
      await client.start();
      await boss.client.request('users.set', { id: '1002', ...change });
      await settled(() => client.state.kind === 'ended', 'ended');
      expect(client.state).toMatchObject({ why: 'expired' });
    }
  });
});

describe('rights', () => {
  const view = (extension: string) => ({ who: { extension }, books: '*' as const, view: true, manage: false });

  test('that are granted bring the book with its contacts, and that are taken take them away at once', async () => {
    const boss = await meet('1000');
    const ann = await meet('1001');
    await boss.client.start();
    await ann.client.start();
    const made = await create(boss.client, 'company', person('Ada'));
    const company = ann.client.mirror('contacts:company');
    expect([company.state, company.why, ann.client.session?.features.company]).toEqual([
      'gone',
      'no_permission',
      { off: 'no_permission' },
    ]);
    await boss.client.request('permissions.set', { rules: [view('1001')] });
    await settled(() => company.state === 'live', 'granted');
    await settled(() => ann.client.mirror('books').has('company'), 'the book is listed');
    expect([itemsOf(company), ann.client.contacts.books()]).toEqual([{ [made.id]: made }, ['personal', 'company']]);
    await settled(() => !('off' in (ann.client.session?.features.company ?? { off: '' })), 'told');
    await ann.client.request('favorites.add', { id: `contact:${made.id}` });
    const after: unknown[] = [];
    company.subscribe((change) => after.push([change, company.size, ann.client.contacts.get(made.id)]));
    await boss.client.request('permissions.set', { rules: [] });
    await settled(() => company.state === 'gone', 'revoked');
    expect(after).toEqual([[{ reset: true, put: [], remove: [] }, 0, undefined]]);
    expect(ann.client.contacts.books()).toEqual(['personal']);
    await settled(() => ann.client.mirror('favorites').size === 0, 'the favourite is not listed');
    await expect(ann.client.request('contacts.update', { id: made.id, patch: {} })).rejects.toMatchObject({
      code: 404,
    });
  });

  test('that were taken while the client was away are gone when it is back', async () => {
    const boss = await meet('1000');
    const ann = await meet('1001');
    await boss.client.start();
    await boss.client.request('permissions.set', { rules: [view('1001')] });
    await ann.client.start();
    const company = ann.client.mirror('contacts:company');
    expect(company.state).toBe('live');
    ann.client.close();
    await boss.client.request('permissions.set', { rules: [] });
    await ann.client.start();
    await isReady(ann);
    expect([company.state, company.why, company.size, ann.client.mirror('books').has('company')]).toEqual([
      'gone',
      'no_permission',
      0,
      false,
    ]);
  });

  test('of an administrator bring what he asks for later, from where he is', async () => {
    const boss = await meet('1000');
    await boss.client.start();
    const users = boss.client.mirror('users');
    const rules = boss.client.mirror('permissions');
    await settled(() => users.state === 'live' && rules.state === 'live', 'told');
    expect([users.get('1000')?.admin, rules.size]).toEqual([true, 0]);
    const names = new Set(boss.recorder.told.map(([name]) => name));
    expect([...EVERYTHING.filter((name) => name !== 'contacts')].every((name) => names.has(name))).toBe(true);
    const whole = boss.recorder.told.filter(([, what]) => what === 'whole').map(([name]) => name);
    expect(whole.length).toBe(new Set(whole).size);
  });
});
