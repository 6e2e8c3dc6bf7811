// A call from outside shows the caller as the called person knows him: read from the INVITE of the called phone, with a
// real daemon beside real Asterisks, by both ways of asking.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { openPhone, type Phone } from '../lab/phone.ts';
import { overTrunk, withheld } from '../lab/trunk.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { introduce, served, servedOtherwise, shown, waysToAsk } from './call-house.ts';
import { create, makeUsers, person, withPeople } from './contact-house.ts';
import { settingsFor } from './house.ts';

vi.setConfig({ testTimeout: 60_000 });

const people = [served('1001', 'Ann Inside'), served('1002', 'Ben Inside'), served('1003')];
const ADA = '+44 20 7946 0000';
const seenBy = (extension: string) => ({ who: { extension }, books: '*', view: true, manage: false });

/** As docs/dialplan.md has them for FreePBX: a Macro up to Asterisk 20, a subroutine since. */
const freepbx = `
[macro-dialout-one-predial-hook]
exten => s,1,Gosub(rollcall-callerid-http,s,1(\u0024{DEXTEN}))
@@END@@
[cidlookup]
exten => cidlookup_1,1,Set(CURLOPT(httptimeout)=7)
 same => n,Set(CALLERID(name)=\u0024{CURL(\u0024{ROLLCALL_HTTP}?number=\u0024{URIENCODE(\u0024{CALLERID(num)})}&name=\u0024{URIENCODE(\u0024{CALLERID(name)})})})
 same => n,Return()
[internal](+)
exten => 700,1,Set(DEXTEN=1001)
 same => n,@@HOOK@@
 same => n,Dial(PJSIP/1001,20)
exten => 701,1,Gosub(cidlookup,cidlookup_1,1())
 same => n,Dial(PJSIP/1001,20)
`;
const hook = {
  '16': freepbx.replace('@@HOOK@@', 'Macro(dialout-one-predial-hook)').replace('@@END@@', ' same => n,MacroExit()'),
  '22': freepbx
    .replace('@@HOOK@@', 'Gosub(macro-dialout-one-predial-hook,s,1())')
    .replace('@@END@@', ' same => n,Return()'),
};

describe.each(labVersions)('The caller on the called phone, on Asterisk %s', (version) => {
  const files = version === '16' ? { 'modules_extra.conf': 'load = app_macro.so\n' } : {};
  const dialplan = servedOtherwise(people) + hook[version];
  const lab = withAsterisk({ version, extensions: people, dialplan, files });
  const phones: Phone[] = [];
  let ami: LabAmi;
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  let ann: Phone;
  let ben: Phone;
  let cem: Phone;
  let trunk: Phone;

  beforeAll(async () => {
    ami = await openAmi(lab());
    const lookup = { country: 'GB', outsideLine: '9' };
    daemon = await prepareDaemon({ settings: { ...settingsFor(lab(), 'daemon'), lookup } });
    await makeUsers(daemon, '1000', '1001', '1002');
    await daemon.run('user', 'set', '1003', '--name', 'Cem Ünal');
    await daemon.start();
    await introduce(ami, daemon);
    for (const user of ['1001', '1002', '1003']) phones.push(await openPhone(lab(), user, { behaviour: 'ring' }));
    trunk = await openPhone(lab(), 'trunk', overTrunk);
    [ann, ben, cem] = phones as [Phone, Phone, Phone];
    phones.push(trunk);
  });
  afterAll(async () => {
    ami.close();
    await Promise.all(phones.map((phone) => phone.close()));
    await daemon.dispose();
  });

  const atAnn = (before: string, number: string, name = '') => shown(trunk, `${before}1001`, ann, { name, number });
  const atBen = (before: string, number: string, name = '') => shown(trunk, `${before}1002`, ben, { name, number });

  /** Ada is in the company's book, which Ann may view and Ben may not; once for all tests. */
  test('is set up', async () => {
    const boss = await logIn('1000');
    await boss.request('permissions.set', { rules: [seenBy('1001')] });
    await create(boss, 'company', person('Ada', ADA, { lastName: 'Lovelace', company: 'Engines Ltd' }));
  });

  describe.each(waysToAsk)('asked by %s', (_way, before) => {
    test.each([
      '00 44 20 7946 0000',
      '+442079460000',
      '02079460000',
      '(020) 7946-0000',
      '902079460000',
      '900442079460000',
    ])('is the contact for the number %s', async (number) => {
      expect(await atAnn(before, number, 'TRUNK')).toEqual({ name: 'Ada Lovelace', number });
    });

    test('is nobody but himself to a callee who may not see the contact', async () => {
      expect(await atBen(before, ADA, 'TRUNK')).toEqual({ name: 'TRUNK', number: ADA });
      expect(await atBen(before, ADA)).toEqual({ name: '', number: ADA });
    });

    test('is somebody else to each of two callees, by their personal contacts before the company’s', async () => {
      const [annClient, benClient] = [await logIn('1001'), await logIn('1002')];
      const mum = await create(annClient, 'personal', person('Mum', ADA));
      const client = await create(benClient, 'personal', person('A client', ADA));
      expect(await atAnn(before, '02079460000', 'TRUNK')).toMatchObject({ name: 'Mum' });
      expect(await atBen(before, '02079460000', 'TRUNK')).toMatchObject({ name: 'A client' });
      await annClient.request('contacts.delete', { id: mum.id });
      await benClient.request('contacts.delete', { id: client.id });
      expect(await atAnn(before, '02079460000', 'TRUNK')).toMatchObject({ name: 'Ada Lovelace' });
      expect(await atBen(before, '02079460000', 'TRUNK')).toMatchObject({ name: 'TRUNK' });
    });

    test('stays as the network names him when nobody knows him', async () => {
      for (const name of ['', 'Eve', 'Jürgen 🐻']) {
        expect(await atAnn(before, '+493012345678', name)).toEqual({ name, number: '+493012345678' });
      }
    });

    test('stays withheld, and no name of a contact shows', async () => {
      trunk.shows = { name: 'Anonymous', number: 'anonymous' };
      const call = trunk.dial(`${before}1001`, withheld(ADA));
      const incoming = await ann.calls.next();
      await call.hangup();
      expect(incoming.header('from')).toMatch(/anonymous/i);
      expect(incoming.caller?.name).toBe('Anonymous');
    });

    test.each(['', 'anonymous', 'unknown', '+', '1;2', 'x'.repeat(70), '1'.repeat(70)])(
      'may say the number %j and shows as without Rollcall',
      async (number) => {
        expect(await atAnn(before, number, 'TRUNK')).toEqual(await atAnn('7', number, 'TRUNK'));
      },
    );

    test('is no colleague when he calls from outside with the number of one', async () => {
      expect(await atAnn(before, '1003', 'TRUNK')).toEqual({ name: 'TRUNK', number: '1003' });
      expect(await atAnn(before, '1003')).toEqual({ name: '', number: '1003' });
    });

    test('keeps the name of his phone when he is a colleague, and gets his extension’s where that has none', async () => {
      expect(await shown(ben, `${before}1001`, ann)).toEqual({ name: 'Ben Inside', number: '1002' });
      expect(await shown(cem, `${before}1001`, ann)).toEqual({ name: 'Cem Ünal', number: '1003' });
    });
  });

  test('is the contact at the hooks that FreePBX has for it, and nobody’s contact where no callee is known', async () => {
    const number = '02079460000';
    expect(await shown(trunk, '700', ann, { name: 'TRUNK', number })).toEqual({ name: 'Ada Lovelace', number });
    expect(await shown(trunk, '701', ann, { name: 'TRUNK', number })).toEqual({ name: 'TRUNK', number });
    const boss = await logIn('1000');
    await boss.request('permissions.set', { rules: [{ ...seenBy('1001'), who: { everyone: true } }] });
    expect(await shown(trunk, '701', ann, { name: 'TRUNK', number })).toEqual({ name: 'Ada Lovelace', number });
    await boss.request('permissions.set', { rules: [seenBy('1001')] });
  });

  describe('with the company’s contacts before the personal ones', () => {
    beforeAll(async () => {
      await daemon.configure({ lookup: { order: ['extension', 'company', 'personal'] } });
      await daemon.restart();
      await introduce(ami, daemon);
    });

    test.each(waysToAsk)('is the company’s contact, asked by %s', async (_way, before) => {
      const annClient = await logIn('1001');
      const mum = await create(annClient, 'personal', person('Mum', ADA));
      expect(await atAnn(before, '02079460000', 'TRUNK')).toMatchObject({ name: 'Ada Lovelace' });
      await annClient.request('contacts.delete', { id: mum.id });
    });
  });
});
