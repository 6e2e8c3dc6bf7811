// Who is on the phone: a real Asterisk, real phones, and what every client sees of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { putFreepbxUsers, putKey, readKey } from '../lab/astdb.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import { openIaxPhone } from '../lab/iax-phone.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import type { Client } from '../support/client.ts';
import { allShow, settingsFor, settlesAt, watchers, withClients, withDaemon } from './house.ts';
import { told } from './story.ts';

const people: readonly LabExtension[] = [
  { number: '301', name: 'Jörg "Jo" Müller; Büro', context: 'haus-2.ost' },
  { number: '4711', name: 'Zoë 😀', context: 'haus-2.ost' },
  { number: '50505', name: "Seán O'Brien \\ Söhne", context: 'haus-2.ost' },
  { number: '301301', context: 'from_büro', devices: ['PJSIP/301301', 'PJSIP/301301-desk'] },
  { number: '613', context: 'from_büro', name: 'Calls, Inc. <sales>' },
  { number: '400123', context: 'from_büro', tech: 'IAX2', name: 'Iris' },
  { number: '7770', context: 'from_büro', tech: 'Custom' },
  { number: '88', noHint: true },
];

const idle = { line: 'idle', online: true, indicator: 'available' };
const gone = { line: 'unavailable', online: false, indicator: 'offline' };
const ringing = { line: 'ringing', online: true, indicator: 'ringing' };
const talking = { line: 'in_use', online: true, indicator: 'on_call' };
const held = { line: 'on_hold', online: true, indicator: 'on_call' };

describe.each(labVersions)('Presence from a real Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon'), ['301', '613']);
  const logIn = withClients(daemon);
  let admin: LabAmi;

  beforeAll(async () => {
    admin = await openAmi(lab());
  });
  afterAll(() => admin.close());

  const watch = (): Promise<Client[]> => Promise.all(watchers.map((user) => logIn(user)));

  test('shows every extension with its name, however it is spelt and whatever its context', async () => {
    for (const client of await watch()) {
      const names = [...client.items('extensions').values()].map(({ number, name }) => [number, name]);
      expect(Object.fromEntries(names)).toEqual({
        301: 'Jörg "Jo" Müller; Büro',
        4711: 'Zoë 😀',
        50505: "Seán O'Brien \\ Söhne",
        301301: '301301',
        613: 'Calls, Inc. <sales>',
        400123: 'Iris',
        7770: '7770',
      });
      expect(client.item('pbx', 'pbx')).toMatchObject({ connected: true });
    }
  });

  test('takes names of FreePBX before those of the phones, and names of Rollcall before both', async () => {
    const clients = await watch();
    await putFreepbxUsers(lab(), [{ number: '7770', cidname: 'Ärztin "A" \\ 😷' }]);
    await putKey(lab(), 'AMPUSER', '4711/cidname', 'Zoë Zimt');
    await daemon().run(
      'user',
      'set',
      '50505',
      '--name',
      'Der Chef',
      '--email',
      'chef@example.com',
      '--group',
      'Leitung',
    );
    await lab().reload('all');
    const item = { id: '50505', number: '50505', name: 'Der Chef', email: 'chef@example.com', groups: ['Leitung'] };
    for (const client of clients) {
      await client.until(() => client.item('extensions', '7770')?.['name'] === 'Ärztin "A" \\ 😷', 'a name of FreePBX');
      await client.until(() => client.item('extensions', '4711')?.['name'] === 'Zoë Zimt', 'a changed name');
      expect(client.item('extensions', '50505')).toEqual(item);
    }
    await lab().cli('database deltree AMPUSER');
    await lab().reload('all');
    for (const client of clients)
      await client.until(() => client.item('extensions', '4711')?.['name'] === 'Zoë 😀', 'the name of the phone');
  });

  test('follows a phone from its registration through calls, hold and a second call to its end', async () => {
    const clients = await watch();
    await allShow(clients, '301', gone);
    const from = clients.map((client) => client.messages.length);
    const [ann, ben] = [await plugIn('301'), await plugIn('4711', { behaviour: 'ring' })];
    await allShow(clients, '301', idle);
    await allShow(clients, '4711', idle);
    const call = ann.dial('4711');
    await allShow(clients, '301', talking);
    await allShow(clients, '4711', ringing);
    const taken = await ben.calls.next();
    taken.answer();
    await allShow(clients, '4711', talking);
    await call.until('up');
    await call.hold();
    await allShow(clients, '4711', held);
    await allShow(clients, '301', talking);
    await call.unhold();
    await allShow(clients, '4711', talking);
    const cem = await plugIn('50505');
    const second = cem.dial('4711');
    await allShow(clients, '4711', ringing);
    await second.hangup();
    await allShow(clients, '4711', talking);
    await taken.hangup();
    await allShow(clients, '301', idle);
    await allShow(clients, '4711', idle);
    await ann.unregister();
    await allShow(clients, '301', gone);
    await allShow(clients, '50505', idle);
    const of = (extension: string, states: readonly string[]) =>
      states.map((state) => `presence ${extension} ${state}`);
    clients.forEach((client, i) => {
      const said = told(client, from[i] ?? 0);
      const about = (extension: string) => said.filter((line) => line.startsWith(`presence ${extension} `));
      const [free, busy] = ['idle online available', 'in_use online on_call'];
      expect(about('301')).toEqual(of('301', [free, busy, free, 'unavailable offline offline']));
      const bell = 'ringing online ringing';
      const states = [free, bell, busy, 'on_hold online on_call', busy, bell, busy, free];
      expect(about('4711')).toEqual(of('4711', states));
      expect(new Set(said.map((line) => line.split(' ')[1]))).toEqual(new Set(['301', '4711', '50505']));
    });
  });

  test('joins the phones of an extension that has several', async () => {
    const clients = await watch();
    const secret = 'pw301301';
    const mobile = await plugIn('301301', { secret, behaviour: 'ring' });
    await allShow(clients, '301301', idle);
    const desk = await plugIn('301301-desk', { secret, behaviour: 'ring' });
    const caller = await plugIn('613');
    const call = caller.dial('301301');
    await allShow(clients, '301301', ringing);
    const [one] = [await desk.calls.next(), await mobile.calls.next()];
    one.answer();
    await allShow(clients, '301301', talking);
    await call.until('up');
    const from = clients[0]?.messages.length ?? 0;
    await mobile.unregister();
    await call.hangup();
    await allShow(clients, '301301', idle);
    expect(told(clients[0] as Client, from).filter((line) => line.includes('unavailable'))).toEqual([]);
    await desk.unregister();
    await allShow(clients, '301301', gone);
  });

  test('shows a phone of IAX2 from its registration to its end', async () => {
    const clients = await watch();
    await allShow(clients, '400123', gone);
    const iris = await openIaxPhone(lab(), '400123');
    await allShow(clients, '400123', idle);
    const caller = await plugIn('613');
    const call = caller.dial('400123');
    await allShow(clients, '400123', ringing);
    const taken = await iris.calls.next();
    taken.answer();
    await allShow(clients, '400123', talking);
    taken.hangup();
    await call.until('ended');
    await allShow(clients, '400123', idle);
    await daemon().restart();
    const after = await watch();
    await allShow(after, '400123', idle);
    await iris.close();
    await allShow(after, '400123', gone);
  });

  test('shows a Custom device as the phone that it stands for', async () => {
    const clients = await watch();
    await allShow(clients, '7770', { line: 'unknown', online: false, indicator: 'offline' });
    const states = [
      ['NOT_INUSE', idle],
      ['RINGING', ringing],
      ['RINGINUSE', ringing],
      ['INUSE', talking],
      ['ONHOLD', held],
      ['BUSY', { line: 'busy', online: true, indicator: 'on_call' }],
      ['INVALID', gone],
      ['NOT_INUSE', idle],
      ['UNAVAILABLE', gone],
    ] as const;
    for (const [state, shown] of states) {
      await admin.setvar('DEVICE_STATE(Custom:7770)', state);
      await allShow(clients, '7770', shown);
    }
  });

  test('never shows an absent phone as idle, do not disturb or not', async () => {
    const clients = await watch();
    const ann = await plugIn('301');
    await ann.feature('*78');
    await allShow(clients, '301', { ...idle, status: 'do_not_disturb', indicator: 'do_not_disturb' });
    await ann.unregister();
    await allShow(clients, '301', { ...gone, status: 'do_not_disturb', indicator: 'do_not_disturb' });
    const from = clients.map((client) => client.messages.length);
    // as FreePBX turns it off: the lamp is then NOT_INUSE, and the hint's sum idle
    await lab().cli('database del DND 301');
    await admin.setvar('DEVICE_STATE(Custom:DND301)', 'NOT_INUSE');
    await allShow(clients, '301', gone);
    await settlesAt(() => readKey(lab(), 'CustomDevstate', 'DND301'), 'UNAVAILABLE');
    expect(clients.flatMap((client, i) => told(client, from[i] ?? 0).filter((line) => line.includes('idle')))).toEqual(
      [],
    );
  });

  test('counts an open client as online, and each of several', async () => {
    const clients = await watch();
    await allShow(clients, '613', gone);
    const [first, second] = [await logIn('613'), await logIn('613')];
    const online = { line: 'unavailable', online: true, indicator: 'available' };
    await allShow([...clients, first, second], '613', online);
    const from = clients[0]?.messages.length ?? 0;
    await first.close();
    const phone = await plugIn('613');
    await allShow(clients, '613', idle);
    await phone.unregister();
    await allShow(clients, '613', online);
    second.cut();
    await allShow(clients, '613', gone);
    expect(told(clients[0] as Client, from)).toEqual([
      'presence 613 idle online available',
      'presence 613 unavailable online available',
      'presence 613 unavailable offline offline',
    ]);
  });
});
