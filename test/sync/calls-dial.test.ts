// Click to call as a client sees it: the answer, the collection, and how each refusal is worded.
import { afterEach, expect, test } from 'vitest';
import { ask, openSyncHouse, type SyncHouse, sync } from '../support/sync-house.ts';
import { add, permit } from './book-house.ts';

const houses: SyncHouse[] = [];

afterEach(() => {
  for (const house of houses.splice(0)) house.stop();
});

async function openHouse() {
  const house = await openSyncHouse();
  houses.push(house);
  house.calls.phones = new Set(['1001', '1002']);
  const socket = await house.open('1001');
  const dial = (number: unknown) => ask(socket, 'calls.dial', { number });
  return { ...house, socket, dial };
}

test('P144: A call that was ordered is answered and is in the collection of its user, and of nobody else', async () => {
  const { socket, dial, open } = await openHouse();
  const other = await open('1002');
  await sync(socket, ['calls']);
  await sync(other, ['calls']);
  const shown = {
    number: '1002',
    name: 'User 1002',
    extension: '1002',
    direction: 'out',
    state: 'phone',
    ring: 0,
    talk: 0,
  };
  const { result } = await dial('1002');
  expect(result).toEqual({ call: { id: expect.any(String), at: '2026-01-05T08:00:00.000Z', ...shown } });
  const told = (at: typeof socket) =>
    at.received.some(({ method, params }) => method !== undefined && /"state":"phone"/.test(JSON.stringify(params)));
  for (const at of [socket, other]) await ask(at, 'calls.dial', { number: '' });
  expect([told(socket), told(other)]).toEqual([true, false]);
});

test('A call that is asked for again has the name that its user may see by then', async () => {
  const house = await openHouse();
  const { dial, calls } = house;
  await permit(house, 'view company 1001');
  await add(house, 'company', 'Ada');
  const number = '020 7946 0000';
  const first = (await dial(number)).result?.['call'];
  expect(first).toMatchObject({ number, name: 'Ada', contact: expect.any(String) });
  await permit(house);
  const { name: _name, contact: _contact, ...bare } = first as Record<string, unknown>;
  expect((await dial(number)).result).toEqual({ call: bare });
  expect(calls.orders).toHaveLength(1);
});

test.each([
  [
    'Ann',
    -32602,
    { reason: 'params', issues: [{ path: 'number', message: expect.stringMatching(/telephone number/) }] },
  ],
  ['1002&1003', -32602, { reason: 'params', issues: [{ path: 'number', message: expect.any(String) }] }],
  ['*97', 403, { reason: 'not_allowed' }],
  ['1001', 403, { reason: 'not_allowed' }],
])('The number %s is refused with %i', async (number, code, data) => {
  const { dial } = await openHouse();
  expect((await dial(number)).error).toMatchObject({ code, data });
});

test('P147: No phone, no PBX and a flood have reasons of their own', async () => {
  const { dial, calls } = await openHouse();
  calls.phones = new Set();
  expect((await dial('1002')).error).toMatchObject({ code: 409, data: { reason: 'no_phone' } });
  calls.phones = undefined;
  expect((await dial('1002')).error).toMatchObject({ code: 503 });
  calls.phones = new Set(['1001']);
  for (const number of ['2001', '2002', '2003']) await dial(number);
  expect((await dial('2004')).error).toMatchObject({ code: 429, data: { retryAfter: 5 } });
});
