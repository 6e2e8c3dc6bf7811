// Ten thousand contacts against a real daemon: all of them once, afterwards only what changes, side by side in two clients, also
// over a slow network and one that breaks in the middle.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillStore, openStore } from '../../bench/support/filled-store.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, isReady, itemsOf, PASSWORD, person, settled, withPeople } from './house.ts';

const COUNT = 10_000;

let daemon: Daemon;
const meet = withPeople(() => daemon);

beforeAll(async () => {
  daemon = await prepareDaemon();
  await daemon.user('1000', PASSWORD, '--admin');
  await daemon.user('1001', PASSWORD, '--admin');
  const { store } = await openStore(daemon.data);
  await fillStore(store, COUNT);
  await store.close();
  await daemon.start();
});
afterAll(() => daemon.dispose());

describe('ten thousand contacts', () => {
  test('come in one change, and then what is added, altered and deleted in either of two clients', async () => {
    const [left, right] = [await meet('1000'), await meet('1001')];
    const changes: [number, number, number][] = [];
    const company = right.client.mirror('contacts:company');
    company.subscribe(({ put, remove }) => changes.push([put.length, remove.length, company.size]));
    await Promise.all([left.client.start(), right.client.start()]);
    expect(changes).toEqual([[COUNT, 0, COUNT]]);
    changes.length = 0;
    const made = await create(left.client, 'company', person('Ada'));
    await settled(() => company.has(made.id), 'added');
    await right.client.request('contacts.update', { id: made.id, patch: { title: 'Countess' } });
    await settled(() => left.client.contacts.get(made.id)?.title === 'Countess', 'altered');
    await left.client.request('contacts.delete', { id: made.id });
    await settled(() => !company.has(made.id), 'deleted');
    expect(changes).toEqual([
      [1, 0, COUNT + 1],
      [1, 0, COUNT + 1],
      [0, 1, COUNT],
    ]);
    expect(itemsOf(left.client.mirror('contacts:company'))).toEqual(itemsOf(company));
  });

  test('are not sent again after a break', async () => {
    const { client, network, recorder } = await meet('1000');
    await client.start();
    network.cut();
    await settled(() => recorder.connections === 2 && client.state.kind === 'ready', 'ready again');
    expect([recorder.told, client.mirror('contacts:company').size]).toEqual([[], COUNT]);
  });

  test('stand as they were while they are sent anew, and are replaced at once', async () => {
    const { client, network, recorder } = await meet('1000');
    network.pace({ bytesPerSecond: 2_000_000 });
    const company = client.mirror('contacts:company');
    const sizes: number[] = [];
    company.subscribe(() => sizes.push(company.size));
    const started = client.start();
    await settled(() => recorder.told.some(([name]) => name === 'contacts:company'), 'the first page');
    expect([company.state, company.size]).toEqual(['loading', 0]);
    network.cut();
    await settled(() => recorder.connections === 2, 'a second try');
    network.pace();
    await started;
    expect(sizes).toEqual([COUNT]);
  });

  test('come over a slow network, on which requests are answered all the same', async () => {
    const { client, network, recorder } = await meet('1000', { collections: ['books', 'contacts'] });
    network.pace({ delay: 20, bytesPerSecond: 1_500_000 });
    const started = client.start();
    await settled(() => recorder.told.length > 2, 'pages');
    expect(await client.request('session.ping', {})).toEqual({});
    const made = await create(client, 'company', person('Late'));
    expect([client.mirror('contacts:company').size, client.contacts.get(made.id)]).toEqual([COUNT + 1, made]);
    await started;
    await client.request('contacts.delete', { id: made.id });
    expect([client.mirror('contacts:company').size, recorder.connections]).toEqual([COUNT, 1]);
  });

  test('go at once with the right to see them', async () => {
    const [boss, other] = [await meet('1000'), await meet('1001')];
    await Promise.all([boss.client.start(), other.client.start()]);
    const company = other.client.mirror('contacts:company');
    await boss.client.request('users.set', { id: '1001', admin: false });
    await settled(() => company.state === 'gone', 'gone');
    expect([company.size, company.why, other.client.contacts.books()]).toEqual([0, 'no_permission', ['personal']]);
    await boss.client.request('users.set', { id: '1001', admin: true });
    await settled(() => company.state === 'live', 'granted');
    expect(company.size).toBe(COUNT);
    await isReady(other);
  });
});
