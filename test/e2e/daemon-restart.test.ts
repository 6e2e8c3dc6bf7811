// The daemon comes and goes, and starts before Asterisk: clients go on where they were, and are told only what changed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { committed } from '../lab/astdb.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import type { Client } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { allShow, settingsFor, settlesAt, watchers, withClients, withDaemon } from './house.ts';
import { allConnected, board, quiet, since, told } from './story.ts';

const people: readonly LabExtension[] = [
  { number: '501', name: 'Öykü', context: 'ext-локал' },
  { number: '9000', name: 'Max "Turbo" M.', context: 'ext-локал' },
  { number: '654321', context: 'ext-локал', tech: 'Custom' },
];
const idle = { line: 'idle', online: true, indicator: 'available' };
const gone = { line: 'unavailable', online: false, indicator: 'offline' };

describe.each(labVersions)('A daemon that comes and goes beside Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  let admin: LabAmi;
  beforeAll(async () => {
    admin = await openAmi(lab());
    await admin.setvar('DEVICE_STATE(Custom:654321)', 'INUSE');
    await admin.setvar('PRESENCE_STATE(CustomPresence:9000)', 'away,lunch,bis drei');
  });
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon'), ['501']);
  const logIn = withClients(daemon);
  afterAll(() => admin.close());

  const watch = (): Promise<Client[]> => Promise.all(watchers.map((user) => logIn(user)));

  test('killed and started again it sends to those who return only what changed', async () => {
    const before = await watch();
    await allShow(before, '9000', { ...gone, status: 'lunch', note: 'bis drei', indicator: 'lunch' });
    const own = await logIn('501');
    await allShow(before, '501', { line: 'unavailable', online: true, indicator: 'available' });
    await daemon().kill();
    await Promise.all([...before, own].map((client) => client.closed));
    await daemon().start();
    const after = await Promise.all(before.map((client) => logIn('', client)));
    const ownAgain = await logIn('', own);
    await quiet(after);
    expect([...after, ownAgain].map((client) => since([client], [0])[0])).toEqual([[], [], []]);
    await ownAgain.close();
    await allShow(after, '501', gone);
    await daemon().kill();
    await admin.setvar('PRESENCE_STATE(CustomPresence:9000)', 'xa,,unterwegs');
    await admin.setvar('DEVICE_STATE(Custom:654321)', 'BUSY');
    await daemon().start();
    const again = await Promise.all(after.map((client) => logIn('', client)));
    const changed = ['presence 654321 busy online on_call', 'presence 9000 unavailable offline business_trip'];
    expect(again.map((client) => told(client, 0).sort())).toEqual([changed, changed]);
    expect(again.map(board)).toEqual((await watch()).map(board));
    await again[0]?.request('presence.set', { extension: '9000', status: 'available' });
  });

  test('started without Asterisk it shows the extensions that it knows, and none as registered', async () => {
    const before = await watch();
    await plugIn('501');
    await allShow(before, '501', idle);
    await committed(lab());
    await lab().stop();
    await allConnected(before, false);
    await daemon().restart();
    const own = await logIn('501');
    const clients = await Promise.all(before.map((client) => logIn('', client)));
    expect(clients.map((client) => client.item('pbx', 'pbx')?.['connected'])).toEqual([false, false]);
    const names = (client: Client) => [...client.items('extensions').values()].map(({ name }) => name).sort();
    expect(clients.map(names)).toEqual([
      ['654321', 'Max "Turbo" M.', 'Öykü'],
      ['654321', 'Max "Turbo" M.', 'Öykü'],
    ]);
    await allShow(clients, '501', { line: 'unknown', online: true, indicator: 'available' });
    await allShow(clients, '654321', { line: 'unknown', online: false, indicator: 'offline' });
    await own.close();
    await allShow(clients, '501', { line: 'unknown', online: false, indicator: 'offline' });
    await expect(
      clients[0]?.request('presence.set', { extension: '501', status: 'do_not_disturb' }),
    ).rejects.toMatchObject({ code: 503 });
    await clients[0]?.request('presence.set', { extension: '9000', status: 'off_work' });
    await lab().boot();
    admin = await openAmi(lab());
    await allConnected(clients, true, 10_000);
    await allShow(clients, '501', idle);
    await allShow(clients, '654321', { line: 'busy', online: true, indicator: 'on_call' });
    await allShow(clients, '9000', { ...gone, status: 'off_work', indicator: 'off_work' });
    await settlesAt(() => admin.getvar('PRESENCE_STATE(CustomPresence:9000,subtype)'), 'off_work');
  });

  test('with nothing stored and started before Asterisk it fills when Asterisk comes', async () => {
    await lab().stop();
    const young = await startDaemon({ settings: settingsFor(lab(), 'freepbx') });
    try {
      expect(await young.line('ami.away')).toMatchObject({ level: 'warn', port: lab().amiPort });
      const started = await young.run('presence', '--json');
      expect(JSON.parse(started.out)).toEqual([]);
      await lab().boot();
      admin = await openAmi(lab());
      await young.line('pbx.snapshot', { within: 10_000 });
      const { out } = await young.run('presence', '--json');
      const lines = JSON.parse(out) as { id: string; line: string }[];
      expect(lines.map(({ id, line }) => `${id} ${line}`).sort()).toEqual([
        '501 unavailable',
        '654321 busy',
        '9000 unavailable',
      ]);
    } finally {
      await young.dispose();
    }
  });
});
