// The call history as its users see it: whatever becomes of a call, each party has exactly one entry that says so, at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { deleteKey, putKey } from '../lab/astdb.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import type { Phone } from '../lab/phone.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import { RpcError } from '../support/client.ts';
import { eachHas, entriesSince, failed, held, missed, talked, told, withCallers } from './calls-house.ts';
import { settingsFor, settlesAt, withDaemon } from './house.ts';

const steps = (number: string) => ['dnd', 'route'].map((context) => `Gosub(rollcall-${context},s,1(${number}))`);
const people: readonly LabExtension[] = [
  { number: '2201', name: 'Ann', steps: steps('2201') },
  { number: '2202', name: 'Ben', steps: steps('2202') },
  { number: '2203', name: 'Cem', steps: steps('2203') },
  { number: '2204', name: 'Dan', steps: steps('2204') },
];
const users = people.map(({ number }) => number);

describe.each(labVersions)('Calls on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people, ring: 2 });
  const plugIn = withPhones(lab);
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon'), users);
  const logIn = withCallers(daemon);
  let admin: LabAmi;
  beforeAll(async () => {
    admin = await openAmi(lab());
  });
  afterAll(() => admin.close());

  /** Clients of Ann, Ben, Cem and Dan, and phones of the first three; Dan has none. */
  async function house() {
    const clients = await Promise.all([logIn('2201'), logIn('2202'), logIn('2203'), logIn('2204')]);
    const [ann, ben, cem] = await Promise.all(['2201', '2202', '2203'].map((user) => plugIn(user)));
    if (!(ann && ben && cem)) throw new Error('three phones were asked for');
    return { clients, phones: { ann, ben, cem } };
  }
  type Phones = Awaited<ReturnType<typeof house>>['phones'];

  /** Talks for more than a second, so that there are seconds to count. */
  async function talk(call: Awaited<ReturnType<Phone['call']>>): Promise<void> {
    expect(call.state).toBe('up');
    const since = Date.now();
    await expect.poll(() => Date.now() - since, { timeout: 5_000 }).toBeGreaterThan(1_200);
    await call.hangup();
  }

  const none: readonly ReturnType<typeof told>[] = [];
  const kinds: readonly {
    readonly what: string;
    readonly act: (phones: Phones) => Promise<unknown>;
    readonly wanted: readonly (readonly ReturnType<typeof told>[])[];
  }[] = [
    {
      what: 'answered',
      act: async ({ ann }) => talk(await ann.call('2202')),
      wanted: [[talked('out', '2202', 'Ben')], [talked('in', '2201', 'Ann')], none, none],
    },
    {
      what: 'missed',
      act: async ({ ann, ben }) => {
        ben.behaviour = 'ring';
        await ann.call('2202');
      },
      wanted: [[failed('2202', 'Ben', 'no_answer')], [missed('2201', 'Ann', 'no_answer')], none, none],
    },
    {
      what: 'busy',
      act: async ({ ann, ben }) => {
        ben.behaviour = 'busy';
        await ann.call('2202');
      },
      wanted: [[failed('2202', 'Ben', 'busy')], [missed('2201', 'Ann', 'busy')], none, none],
    },
    {
      what: 'declined',
      act: async ({ ann, ben }) => {
        ben.behaviour = 'decline';
        await ann.call('2202');
      },
      wanted: [[failed('2202', 'Ben', 'no_answer')], [missed('2201', 'Ann', 'declined')], none, none],
    },
    {
      what: 'cancelled',
      act: async ({ ann, ben }) => {
        ben.behaviour = 'ring';
        const call = ann.dial('2202');
        await call.until('ringing');
        await call.hangup();
      },
      wanted: [[failed('2202', 'Ben', 'cancelled')], [missed('2201', 'Ann', 'cancelled')], none, none],
    },
    {
      what: 'to a phone that is not registered',
      act: ({ ann }) => ann.call('2204'),
      wanted: [[failed('2204', 'Dan', 'failed')], none, none, [missed('2201', 'Ann', 'unregistered')]],
    },
    {
      what: 'that the phone of the callee sends on',
      act: async ({ ann }) => {
        await putKey(lab(), 'ROLLCALL', 'route/2202/lunch', '2203');
        await admin.setvar('PRESENCE_STATE(CustomPresence:2202)', 'away,lunch,');
        await talk(await ann.call('2202'));
        await admin.setvar('PRESENCE_STATE(CustomPresence:2202)', 'available,,');
      },
      wanted: [[talked('out', '2202', 'Ben')], [missed('2201', 'Ann')], [talked('in', '2201', 'Ann')], none],
    },
    {
      what: 'of a feature code',
      act: async ({ ann }) => {
        await ann.feature('*78');
        await ann.feature('*79');
      },
      wanted: [none, none, none, none],
    },
  ];

  test.each(kinds)('P140 P141 P142: $what: one entry for each party', async ({ act, wanted }) => {
    const { clients, phones } = await house();
    const before = held(clients);
    await act(phones);
    // A call more: what comes of the first is there when that of the second is.
    phones.cem.behaviour = 'busy';
    const cem = held(clients);
    await eachHas(clients, before, wanted);
    await phones.ann.call('2203');
    await eachHas(
      clients,
      before,
      wanted.map((entries, i) => [
        ...entries,
        ...(i === 0 ? [failed('2203', 'Cem', 'busy')] : i === 2 ? [missed('2201', 'Ann', 'busy')] : []),
      ]),
    );
    expect(cem).toHaveLength(4);
  });

  test('refused by do not disturb: busy for the caller, missed for that reason for the callee', async () => {
    const { clients, phones } = await house();
    const before = held(clients);
    const [, ben] = clients;
    await ben.request('presence.set', { status: 'do_not_disturb' });
    await phones.ann.call('2202');
    await eachHas(clients, before, [[failed('2202', 'Ben', 'busy')], [missed('2201', 'Ann', 'dnd')], none, none]);
    await ben.request('presence.set', { status: 'available' });
  });

  test('R53: click to call rings the own phone, then the number, and is a call of one to the other', async () => {
    const { clients, phones } = await house();
    const before = held(clients);
    const [ann] = clients;
    phones.ben.behaviour = 'ring';
    const { call } = (await ann.request('calls.dial', { number: '22 02' })) as { call: Record<string, unknown> };
    expect(call).toMatchObject({ direction: 'out', number: expect.stringMatching(/^22 ?02$/), state: 'phone' });
    const own = await phones.ann.calls.next();
    const incoming = await phones.ben.calls.next();
    expect(incoming.caller?.number).toBe('2201');
    await ann.until((one) => one.item('calls', String(call['id']))?.['state'] === 'ringing', 'a call that rings');
    incoming.answer();
    await ann.until((one) => one.item('calls', String(call['id']))?.['state'] === 'talking', 'a call with talk');
    await talk(own);
    const number = String(call['number']);
    const out = { ...talked('out', number), name: 'Ben', extension: '2202' };
    await eachHas(clients, before, [[out], [talked('in', '2201', 'Ann')], none, none]);
    expect(entriesSince(ann, before[0] ?? new Set()).map(({ id }) => id)).toEqual([call['id']]);
  });

  test.each([
    ['decline', 'cancelled', 'phone_declined'],
    ['busy', 'failed', 'phone_busy'],
  ] as const)('click to call that ends at the own phone with %s says so', async (behaviour, disposition, reason) => {
    const { clients, phones } = await house();
    const before = held(clients);
    phones.ann.behaviour = behaviour;
    await clients[0].request('calls.dial', { number: '2202' });
    await eachHas(clients, before, [[failed('2202', 'Ben', disposition, reason)], none, none, none]);
  });

  test('click to call is refused without a registered phone, to oneself, and with what is no number', async () => {
    const { clients } = await house();
    const before = held(clients);
    const refused = async (user: number, number: string) => {
      const error = await clients[user]?.request('calls.dial', { number }).catch((failure: unknown) => failure);
      return error instanceof RpcError ? [error.code, error.data['reason']] : error;
    };
    expect(await refused(3, '2201')).toEqual([409, 'no_phone']);
    expect(await refused(0, '2201')).toEqual([403, 'not_allowed']);
    for (const evil of [
      '2202\r\nApplication: System',
      '2202@lab-targets',
      'Local/2202',
      '$' + '{SHELL(id)}',
      '2202,1',
      '&2203',
    ])
      expect((await refused(0, evil))?.toString()).toMatch(/^(-32602|403),/);
    await eachHas(clients, before, [none, none, none, none]);
  });

  test('the daemon killed and started in the middle of a call leaves one entry for each', async () => {
    const { clients, phones } = await house();
    const before = held(clients);
    const call = await phones.ann.call('2202');
    await daemon().kill();
    await daemon().start();
    const again = await Promise.all(clients.map((client) => logIn('', client)));
    await talk(call);
    const wanted = [[talked('out', '2202', 'Ben')], [talked('in', '2201', 'Ann')], none, none];
    await eachHas(again, before, wanted);
    const other = await phones.ann.call('2203');
    await daemon().stop();
    await other.hangup();
    await daemon().start();
    const third = await Promise.all(again.map((client) => logIn('', client)));
    await settlesAt(() => third.map((client, i) => entriesSince(client, before[i] ?? new Set()).length), [2, 1, 1, 0]);
    expect(third.map((client) => [...client.items('calls').values()].filter((item) => 'state' in item))).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  test('Asterisk killed in the middle of a call leaves one entry for each, and no call that goes on', async () => {
    const { clients, phones } = await house();
    const before = held(clients);
    await phones.ann.call('2202');
    for (const client of clients)
      await client.until((one) => one.item('presence', '2202')?.['line'] === 'in_use', 'a call that was answered');
    await lab().kill();
    await Promise.all(clients.map((one) => one.until((c) => c.item('pbx', 'pbx')?.['connected'] === false, 'no PBX')));
    await lab().boot();
    await settlesAt(
      () =>
        clients.map((client, i) => entriesSince(client, before[i] ?? new Set()).map((item) => told(item).disposition)),
      [['answered'], ['answered'], [], []],
      20_000,
    );
    await deleteKey(lab(), 'ROLLCALL', 'route/2202/lunch');
  });
});
