// Do not disturb is one truth: set anywhere, it holds everywhere, and calls are really refused.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { committed, deleteKey, putKey } from '../lab/astdb.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import type { Phone } from '../lab/phone.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import type { Client, RpcError } from '../support/client.ts';
import { allShow, settingsFor, settlesAt, shownAt, watchers, withClients, withDaemon } from './house.ts';
import { told } from './story.ts';

const people: readonly LabExtension[] = [
  { number: '2201', name: 'Åse "Å" Ås', context: 'buero-süd' },
  { number: '330', name: 'Ben 🐻', context: 'buero-süd' },
  { number: '123456', context: 'buero-süd' },
];
const number = '2201';
const note = 'zurück um "zwei"; 🍲';
const calm = { status: 'available', line: 'idle', online: true, indicator: 'available' };
const lunch = { status: 'lunch', note, line: 'idle', online: true, indicator: 'lunch' };
const dnd = { status: 'do_not_disturb', line: 'idle', online: true, indicator: 'do_not_disturb' };
const away = { line: 'unavailable', online: false } as const;

/** What the places at the PBX hold, read by the console and another AMI program. */
interface Places {
  readonly key: string | undefined;
  readonly lamp: string;
  readonly lamps: readonly string[];
  readonly presence: readonly string[];
}

const lit = { lamp: 'BUSY', lamps: ['BUSY', 'BUSY'], presence: ['dnd', '', ''] };
const dark = { key: undefined, lamp: 'UNAVAILABLE', lamps: ['UNAVAILABLE', 'UNAVAILABLE'] };

const ways = [
  ['daemon', 'through rollcall-control with least privilege'],
  ['freepbx', 'by AstDB with the rights of FreePBX'],
] as const;

describe.each(labVersions)('Do not disturb on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  let admin: LabAmi;
  beforeAll(async () => {
    admin = await openAmi(lab());
    for (const one of ['2201', '330']) await putKey(lab(), 'AMPUSER', `${one}/device`, `${one}&9${one}`);
  });
  afterAll(() => admin.close());

  async function places(extension = number): Promise<Places> {
    const presence = (field: string) => admin.getvar(`PRESENCE_STATE(CustomPresence:${extension},${field})`);
    const lamps = ['DND', 'DEVDND', 'DEVDND9'].map((kind) => admin.getvar(`DEVICE_STATE(Custom:${kind}${extension})`));
    const [lamp = '', ...others] = await Promise.all(lamps);
    return {
      key: (await admin.dbGet('DND', extension)) === undefined ? undefined : 'set',
      lamp,
      lamps: others,
      presence: await Promise.all(['value', 'subtype', 'message'].map(presence)),
    };
  }

  const on = { key: 'set', ...lit };
  const atLunch = { ...dark, presence: ['away', 'lunch', note] };

  /** Ways to set do not disturb and to take it back; what then stands where it is not the status before. */
  type Hands = { readonly phone: Phone; readonly client: Client };
  const setters: Record<string, { readonly on: (hands: Hands) => unknown; readonly off: (hands: Hands) => unknown }> = {
    'a feature code': { on: ({ phone }) => phone.feature('*78'), off: ({ phone }) => phone.feature('*79') },
    'the console': { on: () => putKey(lab(), 'DND', number, 'YES'), off: () => deleteKey(lab(), 'DND', number) },
    'a lamp': {
      on: () => admin.setvar(`DEVICE_STATE(Custom:DND${number})`, 'BUSY'),
      off: () => admin.setvar(`DEVICE_STATE(Custom:DND${number})`, 'NOT_INUSE'),
    },
    'a client': {
      on: ({ client }) => client.request('presence.set', { status: 'do_not_disturb' }),
      off: ({ client }) => client.request('presence.set', { status: 'lunch', note }),
    },
    'a presentity': {
      on: () => admin.setvar(`PRESENCE_STATE(CustomPresence:${number})`, 'dnd,,'),
      off: () => admin.setvar(`PRESENCE_STATE(CustomPresence:${number})`, `away,lunch,${note}`),
    },
  };
  const names = Object.keys(setters);
  /** Each of these ways once to set it, and the next one to take it back. */
  const inTurn = (some: readonly string[]) => some.map((name, i) => [name, some[(i + 1) % some.length] ?? ''] as const);

  describe.each(ways)('as the AMI user %s, %s', (as) => {
    const daemon = withDaemon(() => settingsFor(lab(), as), ['2201', '330']);
    const logIn = withClients(daemon);
    afterEach(async () => {
      const watcher = await logIn(watchers[0]);
      for (const { number: extension } of people) {
        await watcher.request('presence.set', { extension, status: 'available' });
      }
    });

    // AstDB is read alike by both users, and it takes its time
    test.each(inTurn(names.filter((name) => as === 'daemon' || name !== 'the console')))(
      'set by %s it holds everywhere, until %s takes it back',
      async (setter, taker) => {
        const clients = [...(await Promise.all(watchers.map((user) => logIn(user)))), await logIn(number)];
        const [phone, caller] = [await plugIn(number), await plugIn('330')];
        const hands = { phone, client: clients[2] as Client };
        await hands.client.request('presence.set', { status: 'lunch', note });
        await allShow(clients, number, lunch);
        await settlesAt(places, { ...(await places()), presence: atLunch.presence });

        await setters[setter]?.on(hands);
        await allShow(clients, number, dnd);
        await settlesAt(places, on);
        expect((await caller.call(number)).status).toBe(486);

        await setters[taker]?.off(hands);
        await allShow(clients, number, lunch);
        await settlesAt(places, atLunch);
        const call = await caller.call(number);
        expect(call.status).toBe(200);
        await call.hangup();
      },
    );

    test('a client is answered when the PBX refuses calls, also to a phone that is not there', async () => {
      const client = await logIn('330');
      const watcher = await logIn(watchers[0]);
      const caller = await plugIn(number);
      const { presence } = await client.request<{ presence: object }>('presence.set', { status: 'do_not_disturb' });
      expect(presence).toMatchObject({ ...dnd, line: 'unavailable' });
      expect(await places('330')).toEqual(on);
      expect((await caller.call('330')).status).toBe(486);
      await client.close();
      await allShow([watcher], '330', { ...dnd, ...away });
      const again = await logIn('330');
      await again.request('presence.set', { status: 'available' });
      expect((await places('330')).key).toBeUndefined();
      expect((await caller.call('330')).status).toBe(480);
      await again.close();
      await allShow([watcher], '330', { ...away, indicator: 'offline' });
    });

    test('toggled wildly from two sides it settles, with all places of one mind', async () => {
      const [client, watcher] = [await logIn(number), await logIn(watchers[0])];
      await plugIn(number);
      await allShow([client, watcher], number, calm);
      const refusals: number[] = [];
      const fromClient = async () => {
        const statuses = ['do_not_disturb', 'available', 'do_not_disturb', 'lunch', 'do_not_disturb', 'away'];
        const asked = statuses.map((status) => client.request('presence.set', { status }));
        for (const answer of await Promise.allSettled(asked)) {
          if (answer.status === 'rejected') refusals.push((answer.reason as RpcError).code);
        }
      };
      const fromPhone = async () => {
        for (let i = 0; i < 60; i++) {
          await admin.setvar(`DEVICE_STATE(Custom:DND${number})`, i % 2 === 0 ? 'BUSY' : 'NOT_INUSE');
          if (i % 5 === 0) await admin.dbPut('DND', number, 'YES');
          if (i % 5 === 3) await admin.dbDel('DND', number).catch(() => undefined); // it may be gone already
        }
      };
      await Promise.all([fromClient(), fromPhone()]);
      // a change that the other side undid before it was there is refused as such
      expect(refusals.filter((code) => code !== 503)).toEqual([]);
      const ofOneMind = async () => {
        const { key, lamp: light, lamps, presence } = await places();
        const places_ = [key !== undefined, ...[light, ...lamps].map((one) => one === 'BUSY'), presence[0] === 'dnd'];
        return [...new Set([...places_, watcher.item('presence', number)?.['status'] === 'do_not_disturb'])].length;
      };
      await settlesAt(ofOneMind, 1);
      // and comes to rest there: what another extension does is shown, and nothing more of this one
      const moved = async () => {
        const [from, held] = [watcher.messages.length, await places()];
        await watcher.request('presence.set', { extension: '330', status: 'away' });
        const after = await places();
        return [told(watcher, from).filter((line) => line.includes(number)), diff(held, after)];
      };
      await settlesAt(moved, [[], []]);
    });
  });

  describe('over restarts', () => {
    const daemon = withDaemon(() => settingsFor(lab(), 'daemon'), ['2201', '330']);
    const logIn = withClients(daemon);

    test('a client at lunch who turns do not disturb on and off at the phone is at lunch again, until the same time', async () => {
      const [client, watcher, phone] = [await logIn(number), await logIn(watchers[0]), await plugIn(number)];
      const until = new Date(Date.now() + 3_600_000).toISOString();
      await client.request('presence.set', { status: 'lunch', note, until });
      for (const [on, off] of [
        ['*78', '*79'],
        ['*76', '*76'],
      ] as const) {
        await phone.feature(on);
        await allShow([client, watcher], number, dnd);
        await phone.feature(off);
        await allShow([client, watcher], number, lunch);
      }
      expect(watcher.item('presence', number)).toMatchObject({ status: 'lunch', note, until });
      await client.request('presence.set', { status: 'available' });
    });

    test('half-set states are made whole at start, AstDB before lamps, and reported', async () => {
      await daemon().stop();
      await putKey(lab(), 'DND', '2201', 'YES');
      await admin.setvar('DEVICE_STATE(Custom:DND2201)', 'NOT_INUSE');
      await admin.setvar('DEVICE_STATE(Custom:DND330)', 'BUSY');
      const from = daemon().logs.length;
      await daemon().start();
      const watcher = await logIn(watchers[0]);
      await allShow([watcher], '2201', { ...dnd, ...away });
      await allShow([watcher], '330', { ...away, indicator: 'offline' });
      await settlesAt(() => places('2201'), on);
      await settlesAt(async () => (await places('330')).lamp, 'UNAVAILABLE');
      expect((await places('330')).key).toBeUndefined();
      const reports = daemon()
        .logs.slice(from)
        .filter(({ event }) => event === 'presence.half_set');
      expect(reports.map(({ extension, blocked, msg }) => [extension, blocked, msg]).sort()).toEqual([
        ['2201', true, 'DND of 2201 was set in one place only and was completed'],
        ['330', false, 'DND of 330 was set in one place only and was completed'],
      ]);
      await watcher.request('presence.set', { extension: '2201', status: 'available' });
    });

    const kept = { status: 'business_trip', note: 'in Łódź', ...away, indicator: 'business_trip' };
    const ends: readonly [string, () => Promise<unknown>][] = [
      ['the daemon stopped', () => daemon().restart()],
      [
        'the daemon killed',
        () =>
          daemon()
            .kill()
            .then(() => daemon().start()),
      ],
      ['Asterisk stopped', () => lab().restart()],
      [
        'Asterisk killed',
        () =>
          committed(lab())
            .then(() => lab().kill())
            .then(() => lab().boot()),
      ],
    ];

    test.each(ends)('statuses and do not disturb outlive %s', async (_, end) => {
      const before = await logIn(watchers[0]);
      await before.request('presence.set', { extension: '123456', status: 'business_trip', note: 'in Łódź' });
      await before.request('presence.set', { extension: '330', status: 'lunch' });
      await before.request('presence.set', { extension: '330', status: 'do_not_disturb' });
      await settlesAt(async () => (await places('123456')).presence, ['xa', 'business_trip', 'in Łódź']);
      const from = daemon().logs.length;
      admin.close();
      await end();
      await daemon().line('pbx.snapshot', { from });
      admin = await openAmi(lab());
      const watcher = await logIn(watchers[0]);
      await allShow([watcher], '123456', kept);
      await allShow([watcher], '330', { ...dnd, ...away });
      expect([(await places('123456')).presence, await places('330')]).toEqual([
        ['xa', 'business_trip', 'in Łódź'],
        on,
      ]);
      await putKey(lab(), 'DND', '330', '');
      await deleteKey(lab(), 'DND', '330');
      await admin.setvar('DEVICE_STATE(Custom:DND330)', 'NOT_INUSE');
      await allShow([watcher], '330', { ...away, status: 'lunch', indicator: 'lunch' });
    });

    test('what an Asterisk had not yet on its disk when it was killed is set again', async () => {
      const watcher = await logIn(watchers[0]);
      await watcher.request('presence.set', { extension: '330', status: 'available' });
      await committed(lab());
      await watcher.request('presence.set', { extension: '330', status: 'do_not_disturb' });
      admin.close();
      await lab().kill();
      await lab().boot();
      admin = await openAmi(lab());
      await watcher.until(() => watcher.item('pbx', 'pbx')?.['connected'] === true, 'the PBX back');
      await settlesAt(() => places('330'), on);
      expect(shownAt(watcher, '330')).toEqual({ ...dnd, ...away });
      await watcher.request('presence.set', { extension: '330', status: 'available' });
    });

    test('a status ends at its time although the daemon was down, or started again meanwhile', async () => {
      const before = await logIn(watchers[0]);
      const until = (ms: number) => new Date(Date.now() + ms).toISOString();
      await before.request('presence.set', { extension: '330', status: 'away', note: 'base' });
      await before.request('presence.set', { extension: '2201', status: 'lunch', until: until(300) });
      await before.request('presence.set', { extension: '330', status: 'do_not_disturb', until: until(8_000) });
      await daemon().kill();
      await settlesAt(() => Date.now() > Date.parse(String(before.item('presence', '2201')?.['until'])), true);
      await daemon().start();
      const watcher = await logIn(watchers[0]);
      await allShow([watcher], '2201', { ...away, indicator: 'offline' });
      expect(watcher.item('presence', '330')).toMatchObject({ status: 'do_not_disturb' });
      expect((await places('330')).key).toBe('set');
      await allShow([watcher], '330', { ...away, status: 'away', note: 'base', indicator: 'away' });
      await settlesAt(() => places('330'), { ...dark, presence: ['away', '', 'base'] });
    });
  });
});

/** The names of the places that differ. */
function diff(before: object, after: object): string[] {
  const text = (place: unknown) => JSON.stringify(place);
  return Object.keys(before).filter((name) => text(before[name as never]) !== text(after[name as never]));
}
