// Asterisk and the link to it come and go: clients see that, what was known stays, and nothing is made up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { committed } from '../lab/astdb.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import type { Client } from '../support/client.ts';
import { TcpProxy } from '../support/proxy.ts';
import { allShow, settingsFor, settlesAt, watchers, withClients, withDaemon } from './house.ts';
import { allConnected, board, lost, lostAndFound, marks, quiet, since } from './story.ts';

const people: readonly LabExtension[] = [
  { number: '501', name: 'Öykü', context: 'ext-локал' },
  { number: '9000', name: 'Max "Turbo" M.', context: 'ext-локал' },
  { number: '654321', context: 'ext-локал', tech: 'Custom' },
];
const idle = { line: 'idle', online: true, indicator: 'available' };
const gone = { line: 'unavailable', online: false, indicator: 'offline' };

describe.each(labVersions)('The link to Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  let proxy: TcpProxy;
  let admin: LabAmi;
  beforeAll(async () => {
    proxy = await TcpProxy.to(lab().amiPort);
    admin = await openAmi(lab());
    await admin.setvar('DEVICE_STATE(Custom:654321)', 'INUSE');
  });
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon', proxy.port), ['501']);
  const logIn = withClients(daemon);
  afterAll(async () => {
    admin.close();
    await proxy.close();
  });

  const watch = (): Promise<Client[]> => Promise.all(watchers.map((user) => logIn(user)));

  const ends = [
    ['stopped', () => lab().stop()],
    ['killed', () => committed(lab()).then(() => lab().kill())],
  ] as const;

  test.each(ends)('while Asterisk is %s the last values stand, and nothing changes but the link', async (_, end) => {
    const clients = await watch();
    await plugIn('501');
    await allShow(clients, '501', idle);
    await clients[0]?.request('presence.set', { extension: '9000', status: 'lunch', note: 'bis drei' });
    await settlesAt(() => admin.getvar('PRESENCE_STATE(CustomPresence:9000,message)'), 'bis drei');
    await allShow(clients, '9000', { ...gone, status: 'lunch', note: 'bis drei', indicator: 'lunch' });
    const [before, from] = [clients.map(board), marks(clients)];
    await end();
    await allConnected(clients, false);
    expect(since(clients, from)).toEqual([lost, lost]);
    expect(clients.map(board)).toEqual(before);
    const ready = await (await fetch(`${daemon().url}/readyz`)).json();
    expect(ready).toMatchObject({ store: 'open', pbx: { connected: false } });
    await lab().boot();
    await allConnected(clients, true, 10_000);
    await quiet(clients);
    expect(since(clients, from)).toEqual([lostAndFound, lostAndFound]);
    expect(clients.map(board)).toEqual(before);
    admin = await openAmi(lab());
  });

  test('what changed while Asterisk was away is right within two seconds of its return', async () => {
    const clients = await watch();
    await plugIn('501');
    await allShow(clients, '501', idle);
    const from = marks(clients);
    await lab().stop();
    await allConnected(clients, false);
    await lab().rewrite({ extensions: [...people.slice(1), { number: '8888888', name: 'Neu 🆕', context: 'neu' }] });
    await lab().boot();
    admin = await openAmi(lab());
    await admin.setvar('DEVICE_STATE(Custom:654321)', 'RINGING');
    await allConnected(clients, true, 10_000);
    const connected = Date.now();
    await allShow(clients, '654321', { line: 'ringing', online: true, indicator: 'ringing' });
    for (const client of clients) {
      await client.until(() => client.item('extensions', '8888888')?.['name'] === 'Neu 🆕', 'the new extension');
    }
    expect(Date.now() - connected).toBeLessThan(2_000);
    for (const lines of since(clients, from)) {
      expect(new Set(lines)).toEqual(
        new Set([
          ...lostAndFound,
          'extensions 501 removed',
          'presence 501 removed',
          'extensions 8888888 Neu 🆕',
          'presence 8888888 unavailable offline offline',
          'presence 654321 ringing online ringing',
        ]),
      );
    }
    await lab().rewrite({ extensions: people });
    await lab().reload('all');
    for (const client of clients) {
      await client.until(() => client.item('extensions', '8888888') === undefined, 'an extension less');
      await client.until(() => client.item('extensions', '501') !== undefined, 'an extension more');
    }
  });

  test('a reload that adds, takes away and renames extensions shows that and nothing else', async () => {
    const clients = await watch();
    await plugIn('9000');
    await allShow(clients, '9000', { ...idle, status: 'lunch', note: 'bis drei', indicator: 'lunch' });
    const from = marks(clients);
    const [first, second] = people;
    const renamed = { ...second, number: '9000', name: 'Maxi "T." 🏎️' };
    await lab().rewrite({ extensions: [first as LabExtension, renamed, { number: '7001', context: 'ext-локал' }] });
    await lab().reload('all');
    for (const client of clients) {
      await client.until(() => client.item('extensions', '7001') !== undefined, 'the new extension');
      await client.until(() => client.item('extensions', '654321') === undefined, 'the old one gone');
      await client.until(() => client.item('extensions', '9000')?.['name'] === renamed.name, 'the new name');
    }
    await quiet(clients);
    for (const lines of since(clients, from)) {
      expect(lines.sort()).toEqual([
        'extensions 654321 removed',
        'extensions 7001 7001',
        'extensions 9000 Maxi "T." 🏎️',
        'presence 654321 removed',
        'presence 7001 unavailable offline offline',
      ]);
    }
    await lab().rewrite({ extensions: people });
    await lab().reload('all');
    for (const client of clients) {
      await client.until(() => client.item('extensions', '654321') !== undefined, 'the old one back');
      await client.until(() => client.item('extensions', '9000')?.['name'] === second?.name, 'the old name');
    }
  });

  test('a reload without changes shows nothing', async () => {
    const clients = await watch();
    const from = marks(clients);
    await lab().reload('dialplan');
    await lab().reload('all');
    await quiet(clients);
    expect(since(clients, from)).toEqual([[], []]);
  });

  test('a cut link is back at once', async () => {
    const clients = await watch();
    const from = marks(clients);
    proxy.cut();
    await allConnected(clients, false);
    await allConnected(clients, true);
    await quiet(clients);
    expect(since(clients, from)).toEqual([lostAndFound, lostAndFound]);
  });

  test('a half-open link is noticed within thirty seconds, and what it hid is shown when it is back', async () => {
    const clients = await watch();
    await allShow(clients, '501', gone);
    const from = marks(clients);
    proxy.swallow(true);
    await plugIn('501');
    await allConnected(clients, false, 30_000);
    expect(since(clients, from)).toEqual([lost, lost]);
    proxy.swallow(false);
    await allConnected(clients, true, 10_000);
    await allShow(clients, '501', idle);
    expect(since(clients, from).map((lines) => lines.sort())).toEqual([
      [...lostAndFound, 'presence 501 idle online available'],
      [...lostAndFound, 'presence 501 idle online available'],
    ]);
  });

  test('a link that is not read until Asterisk gives it up comes back with the right state', async () => {
    const clients = await watch();
    const from = marks(clients);
    proxy.reading(false);
    const line = 'x'.repeat(900);
    const flood = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`Rollcall${i}`, line]));
    for (let i = 0; i < 300; i++) await admin.userEvent('Flood', flood);
    await admin.setvar('DEVICE_STATE(Custom:654321)', 'BUSY');
    await settlesAt(async () => (await lab().cli('manager show connected')).includes('rollcall'), false, 20_000);
    proxy.reading(true);
    await allConnected(clients, false);
    await allConnected(clients, true);
    await allShow(clients, '654321', { line: 'busy', online: true, indicator: 'on_call' });
    await quiet(clients);
    expect(since(clients, from).map((lines) => lines.sort())).toEqual([
      [...lostAndFound, 'presence 654321 busy online on_call'],
      [...lostAndFound, 'presence 654321 busy online on_call'],
    ]);
    await admin.setvar('DEVICE_STATE(Custom:654321)', 'INUSE');
  });

  test('a slow link brings everything late and nothing wrong', async () => {
    const clients = await watch();
    const from = marks(clients);
    proxy.pace({ delay: 50, bytesPerSecond: 50_000 });
    for (const state of ['RINGING', 'INUSE', 'ONHOLD', 'NOT_INUSE']) {
      await admin.setvar('DEVICE_STATE(Custom:654321)', state);
    }
    await allShow(clients, '654321', idle);
    proxy.pace();
    const states = since(clients, from).map((lines) => lines.map((line) => line.split(' ')[2]));
    // values of one extension that arrive together may be merged, but come in order
    for (const seen of states) {
      expect(['ringing', 'in_use', 'on_hold', 'idle'].filter((state) => seen.includes(state))).toEqual(seen);
    }
  });
});
