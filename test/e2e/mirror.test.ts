// Company numbers mirrored into AstDB beside a real Asterisk: found by the dialplan without asking anybody, gone when they have
// to be, and nobody else's entries touched.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { overTrunk } from '../lab/trunk.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import type { Client } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, everyone, makeUsers, person, withPeople } from './contact-house.ts';
import { settingsFor, settlesAt } from './house.ts';

/** The dialplan of docs/asterisk.md. */
const dialplan = [
  '[mirrored]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Asterisk's
  'exten => s,1,Set(MIRRORED=${DB(cidname/${CALLERID(num)})})',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Asterisk's
  ' same => n,GotoIf($[${LEN(${MIRRORED})} = 0]?done)',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Asterisk's
  ' same => n,Set(CALLERID(name)=${MIRRORED})',
  ' same => n(done),Return()',
].join('\n');

const spelled = (national: string, name: string) =>
  Object.fromEntries([`+44${national}`, `44${national}`, `0${national}`, `0044${national}`].map((key) => [key, name]));

describe.each(labVersions)('The mirror in AstDB on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: [{ number: '1001', steps: ['Gosub(mirrored,s,1)'] }], dialplan });
  const plugIn = withPhones(lab);
  let admin: LabAmi;
  let daemon: Daemon;
  let boss: Client;
  const logIn = withPeople(() => daemon);

  /** All of a family, by key. */
  const family = async (name: string) => {
    const prefix = `/${name}/`;
    const items = await admin.list({ Action: 'DBGetTree', Family: name });
    return Object.fromEntries(items.map(({ Key = '', Val = '' }) => [Key.slice(prefix.length), Val]));
  };
  const names = () => family('cidname');
  const markers = async () => Object.keys(await family('ROLLCALL'));
  const toAll = (...before: readonly object[]) =>
    boss.request('permissions.set', { rules: [...before, { who: everyone, books: '*', view: true, manage: false }] });

  beforeAll(async () => {
    admin = await openAmi(lab());
    const settings = { ...settingsFor(lab(), 'freepbx'), lookup: { mirror: 'cidname' } };
    daemon = await prepareDaemon({ settings });
    await makeUsers(daemon, '1000', '1001');
    await daemon.start();
  });
  beforeEach(async () => {
    boss = await logIn('1000');
  });
  afterEach(async () => {
    await boss.request('permissions.set', { rules: [] });
    const ids = [...boss.items('contacts:company').keys(), ...boss.items('contacts:personal').keys()];
    if (ids.length > 0) await boss.request('contacts.delete', { ids });
    await settlesAt(markers, []);
    for (const key of Object.keys(await names())) await admin.dbDel('cidname', key);
  });
  afterAll(async () => {
    admin.close();
    await daemon.dispose();
  });

  test('names outside callers at the phones, in every spelling, whatever the name says', async () => {
    await toAll();
    const name = `Ada "A" \${EXTEN} $[1+1]; O'Neil, Ltd: (x) \\ & 🐻`;
    await create(boss, 'company', person(name, '+44 20 7946 0000'));
    await create(boss, 'company', person('é'.repeat(127), '+44 20 7946 0001'));
    await settlesAt(names, { ...spelled('2079460000', name), ...spelled('2079460001', 'é'.repeat(125)) });
    const [trunk, phone] = [await plugIn('trunk', overTrunk), await plugIn('1001')];
    phone.behaviour = 'busy';
    const shown = async (number: string) => {
      trunk.shows = { name: 'Their own', number };
      await trunk.call('1001');
      return (await phone.calls.next()).caller?.name;
    };
    for (const number of Object.keys(spelled('2079460000', ''))) expect(await shown(number)).toBe(name);
    expect(await shown('02079460002')).toBe('Their own');
  });

  test('follows a name, a move and a rule within the second', async () => {
    await toAll();
    const { id } = await create(boss, 'company', person('Ada', '020 7946 0000'));
    await settlesAt(names, spelled('2079460000', 'Ada'));
    await boss.request('contacts.update', { id, patch: { lastName: 'King' } });
    await settlesAt(names, spelled('2079460000', 'Ada King'));
    await boss.request('contacts.move', { id, book: 'personal' });
    await settlesAt(names, {}, 1_000);
    await settlesAt(markers, []);
    await boss.request('contacts.move', { id, book: 'company' });
    await settlesAt(names, spelled('2079460000', 'Ada King'));
    await toAll({ who: { group: 'sales' }, books: ['company'], view: false, manage: false });
    await settlesAt(names, {}, 1_000);
    await toAll();
    await settlesAt(names, spelled('2079460000', 'Ada King'));
    await boss.request('permissions.set', { rules: [] });
    await settlesAt(names, {}, 1_000);
    await settlesAt(markers, []);
  });

  test('leaves alone what somebody else wrote before and after', async () => {
    await admin.dbPut('cidname', '02079460000', 'Countess');
    await admin.dbPut('cidname', 'anna', 'Anna');
    await toAll();
    await create(boss, 'company', person('Ada', '020 7946 0000'));
    const both = { ...spelled('2079460000', 'Ada'), '02079460000': 'Countess', anna: 'Anna' };
    await settlesAt(names, both);
    await admin.dbPut('cidname', '442079460000', 'Byron');
    await boss.request('permissions.set', { rules: [] });
    await settlesAt(names, { '02079460000': 'Countess', '442079460000': 'Byron', anna: 'Anna' });
  });

  test('mends an AstDB that was restored from a backup', async () => {
    const file = join(lab().folder, 'lib', 'astdb.sqlite3');
    await toAll();
    const { id } = await create(boss, 'company', person('Ada', '020 7946 0000'));
    await settlesAt(names, spelled('2079460000', 'Ada'));
    await lab().stop();
    await copyFile(file, `${file}.backup`);
    await lab().boot();
    await boss.request('contacts.delete', { ids: [id] });
    await create(boss, 'company', person('Bo', '020 7946 0005'));
    admin.close();
    admin = await openAmi(lab());
    await settlesAt(names, spelled('2079460005', 'Bo'), 30_000);
    admin.close();
    await lab().stop();
    await copyFile(`${file}.backup`, file);
    await lab().boot();
    admin = await openAmi(lab());
    await settlesAt(names, spelled('2079460005', 'Bo'), 30_000);
  });

  test('leaves nothing behind when the daemon was killed on the way and the mirror turned off, and comes back', async () => {
    await admin.dbPut('cidname', '02079460007', 'Countess');
    for (let n = 10; n < 60; n += 1) await create(boss, 'company', person(`Name ${n}`, `020 7946 00${n}`));
    await toAll();
    await expect.poll(async () => Object.keys(await names()).length, { interval: 1 }).toBeGreaterThan(1);
    await daemon.kill();
    await daemon.configure({ lookup: { mirror: '' } });
    const from = daemon.logs.length;
    await daemon.start();
    await settlesAt(names, { '02079460007': 'Countess' });
    await settlesAt(markers, []);
    expect(await daemon.line('mirror.removed', { from })).toMatchObject({ level: 'info', removed: expect.any(Number) });
    await daemon.configure({ lookup: { mirror: 'other' } });
    await daemon.restart();
    await settlesAt(async () => Object.keys(await family('other')).length, 200);
    expect(await names()).toEqual({ '02079460007': 'Countess' });
    await daemon.configure({ lookup: { mirror: 'cidname' } });
    await daemon.restart();
    await settlesAt(async () => Object.keys(await names()).length, 201);
    expect(await family('other')).toEqual({});
    boss = await logIn('1000');
    const logged = daemon.logs.filter(({ event }) => event.startsWith('mirror.')).map((line) => JSON.stringify(line));
    expect(logged.filter((line) => /Name|7946/.test(line))).toEqual([]);
  });

  test('with least privilege says once what is missing, and presence goes on', async () => {
    const settings = { ...settingsFor(lab(), 'daemon'), lookup: { mirror: 'cidname' } };
    const least = await prepareDaemon({ settings });
    try {
      await makeUsers(least, '1000');
      await least.start();
      const told = await least.line('mirror.forbidden');
      expect(told).toMatchObject({ level: 'warn', error: 'the manager user may not use DBPut, DBDel' });
      expect(told['advice']).toContain('system');
      const { out } = await least.run('presence', '--json');
      expect(out).toContain('1001');
      expect(least.logs.filter(({ event }) => event.startsWith('mirror.'))).toHaveLength(1);
    } finally {
      await least.dispose();
    }
  });
});
