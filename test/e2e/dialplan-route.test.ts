// Where a call goes as the callee's status says: elsewhere, to voicemail, to the phone, or nowhere. With a real daemon beside
// real Asterisks, and with nothing reloaded.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LabAmi, type LabMessage, openAmi } from '../lab/ami.ts';
import { deleteKey, putKey } from '../lab/astdb.ts';
import { openPhone, type Phone } from '../lab/phone.ts';
import { overTrunk, withheld } from '../lab/trunk.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { listener, nobody } from '../support/bad-listener.ts';
import { type Client, connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { introduce, served, shown } from './call-house.ts';
import { create, makeUsers, person, withPeople } from './contact-house.ts';
import { settingsFor, settlesAt } from './house.ts';

vi.setConfig({ testTimeout: 60_000 });

const ADA = '+442079460000';
const PASSWORD = 'correct horse';
/** 1101 to 1107 have no phones. */
const chain = ['1101', '1102', '1103', '1104', '1105', '1106', '1107'];
const people = [
  { ...served('1001', 'Ann Inside'), email: 'ann@example.com' },
  { ...served('1002', 'Ben Inside'), email: 'ben@example.com' },
  served('1003', 'Cem Inside'),
  ...chain.map((number) => ({ ...served(number), devices: ['Custom:none'] })),
];
/** As CustomPresence holds it. */
const states: Readonly<Record<string, string>> = {
  available: 'available,',
  away: 'away,',
  lunch: 'away,lunch',
  business_trip: 'xa,business_trip',
  off_work: 'unavailable,off_work',
  do_not_disturb: 'dnd,',
};

describe.each(labVersions)('Calls by the status of the callee, on Asterisk %s', (version) => {
  const dialplan = `[internal](+)
exten => 650,1,Gosub(inner,s,1)
exten => 651,1,Gosub(rollcall-callerid,s,1(1001))
 same => n,Dial(Local/1001@internal&Local/1002@internal,20)
[inner]
exten => s,1,Gosub(rollcall-route,s,1(1001,internal))
 same => n,Dial(PJSIP/1001,20)
`;
  const lab = withAsterisk({ version, extensions: people, dialplan });
  const phones: Phone[] = [];
  let ami: LabAmi;
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  /** An administrator, at hand for all tests. */
  let boss: Client;
  const statuses = new Map<string, string>();
  let ann: Phone;
  let ben: Phone;
  let trunk: Phone;

  beforeAll(async () => {
    ami = await openAmi(lab());
    daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
    await makeUsers(daemon, '1001', '1002');
    await daemon.run('user', 'set', '1001', '--let-through', '+49 30 555 0100');
    await daemon.start();
    await introduce(ami, daemon);
    boss = await connect(daemon.url);
    await boss.open({ login: '1001', password: PASSWORD });
    for (const user of ['1001', '1002']) phones.push(await openPhone(lab(), user, { behaviour: 'ring' }));
    [ann, ben] = phones as [Phone, Phone];
    trunk = await openPhone(lab(), 'trunk', overTrunk);
    phones.push(trunk);
  });
  afterAll(async () => {
    ami.close();
    boss.cut();
    await Promise.all(phones.map((phone) => phone.close()));
    await daemon.dispose();
  });
  afterEach(async () => {
    await lab().cli('database deltree ROLLCALL');
    await ami.setvar('ROLLCALL_LET_THROUGH', '');
    for (const extension of ['1001', '1002']) await be('available', extension);
    for (const phone of phones) expect(phone.calls.items).toEqual([]);
  });

  async function presenceAt(extension: string): Promise<string> {
    const [value, subtype] = await Promise.all(
      ['value', 'subtype'].map((field) => ami.getvar(`PRESENCE_STATE(CustomPresence:${extension},${field})`)),
    );
    return `${value},${subtype}`;
  }

  /** Says it at a client, and waits until the PBX has it. */
  async function be(status: string, extension = '1001'): Promise<void> {
    if ((statuses.get(extension) ?? 'available') === status) return;
    statuses.set(extension, status);
    await boss.request('presence.set', { extension, status });
    const key = status === 'do_not_disturb';
    await settlesAt(
      async () => [
        (await presenceAt(extension)).replace('not_set', 'available'),
        (await ami.dbGet('DND', extension)) !== undefined,
      ],
      [states[status], key],
    );
  }

  const route = (key: string, target: string) => putKey(lab(), 'ROLLCALL', `route/${key}`, target);
  const from = (number: string) => ({ name: 'TRUNK', number });

  test.each(Object.keys(states).filter((status) => status !== 'available'))(
    'go to the number for %s from the moment he says so, until he says otherwise',
    async (status) => {
      await route(`1001/${status}`, '1002');
      expect(await shown(trunk, '1001', ann, from(ADA))).toEqual(from(ADA));
      await be(status);
      trunk.shows = from(ADA);
      const call = trunk.dial('1001');
      const incoming = await ben.calls.next();
      expect([incoming.caller, incoming.header('diversion')]).toEqual([
        from(ADA),
        expect.stringContaining('sip:1001@'),
      ]);
      await call.hangup();
      await be('available');
      expect(await shown(trunk, '1001', ann, from(ADA))).toEqual(from(ADA));
    },
  );

  test('go where everybody’s go, save for those who have a number of their own, or none', async () => {
    await route('lunch', '1002');
    await be('lunch');
    await shown(trunk, '1001', ben, from(ADA));
    await shown(trunk, '650', ben, from(ADA));
    await route('1001/lunch', 'ring');
    await shown(trunk, '1001', ann, from(ADA));
  });

  test('show the other callee the caller as he knows him, not as the first one does', async () => {
    const [annClient, benClient] = [await logIn('1001'), await logIn('1002')];
    const mum = await create(annClient, 'personal', person('Mum', ADA));
    await route('1001/away', '1002');
    await be('away');
    expect(await shown(trunk, '1001', ben, from(ADA))).toEqual(from(ADA));
    expect(await shown(trunk, '1001', ben, { name: '', number: ADA })).toEqual({ name: '', number: ADA });
    const client = await create(benClient, 'personal', person('A client', ADA));
    expect(await shown(trunk, '1001', ben, from(ADA))).toEqual({ name: 'A client', number: ADA });
    await be('available');
    trunk.shows = from(ADA);
    const both = trunk.dial('651');
    const [atAnn, atBen] = [await ann.calls.next(), await ben.calls.next()];
    await both.hangup();
    expect([atAnn.caller?.name, atBen.caller?.name]).toEqual(['Mum', 'A client']);
    await benClient.request('contacts.delete', { id: client.id });
    const again = trunk.dial('651');
    const [still, other] = [await ann.calls.next(), await ben.calls.next()];
    await again.hangup();
    expect([still.caller?.name, other.caller?.name]).toEqual(['Mum', 'TRUNK']);
    await annClient.request('contacts.delete', { id: mum.id });
  });

  test('end at the phone of the first when two point at each other', async () => {
    await route('1001/lunch', '1002');
    await route('1002/lunch', '1001');
    await be('lunch');
    await be('lunch', '1002');
    await shown(trunk, '1001', ann, from(ADA));
    await shown(trunk, '1002', ben, from(ADA));
  });

  test('pass five stations at most', async () => {
    for (const [i, number] of chain.entries()) {
      await ami.setvar(`PRESENCE_STATE(CustomPresence:${number})`, 'away,lunch,');
      await route(`${number}/lunch`, chain[i + 1] ?? '1001');
    }
    ami.forget();
    trunk.shows = from(ADA);
    expect((await trunk.call('1101')).status).toBe(480);
    const begun = ({ Event, Priority, Context }: LabMessage) =>
      Event === 'Newexten' && Context === 'internal' && Priority === '1';
    const stations = () => ami.seen(begun).map(({ Extension }) => Extension);
    await settlesAt(stations, chain.slice(0, 6));
    await shown(trunk, '1103', ann, from(ADA));
  });

  test('ring at his phone when the number is none that can be called', async () => {
    await be('lunch');
    const own = ['1001', '9999', '1002,1', '1002&1003', 'Local/1002@internal', ' 1002', '1'.repeat(33)];
    const odd = ['\u0024{EPOCH}', '1002:1)', '" | "', 'voicemail:9999', 'voicemail:)(', 'voicemails'];
    for (const target of [...own, ...odd]) {
      await route('1001/lunch', target);
      expect([target, await shown(trunk, '1001', ann, from(ADA))]).toEqual([target, from(ADA)]);
    }
  });

  test.each(['voicemail', 'voicemail:1001@default'])(
    'go to %s where there is one, else to his phone',
    async (target) => {
      await route('1001/off_work', target);
      await be('off_work');
      if (version === '16') {
        await shown(trunk, '1001', ann, from(ADA));
      } else {
        trunk.shows = from(ADA);
        const call = await trunk.call('1001');
        expect(call.status).toBe(200);
        await call.hangup();
      }
    },
  );

  test("leave nothing of the callee's names in another's mailbox", async () => {
    // Debian's 16 has no voicemail.
    if (version === '16') return expect(await lab().cli('module show like app_voicemail')).toContain('0 modules');
    const owner = await logIn('1001');
    await create(owner, 'personal', person('Secret Love', '+44 20 7946 0077'));
    await be('off_work');
    const names: (string | undefined)[] = [];
    for (const box of ['1002@default', '1001@default']) {
      await route('1001/off_work', `voicemail:${box}`);
      trunk.shows = from('+442079460077');
      const begun = ami.next({ Event: 'Newexten', Application: 'VoiceMail' });
      const call = await trunk.call('1001');
      names.push((await begun)['CallerIDName']);
      await call.hangup();
    }
    expect(names).toEqual([expect.not.stringContaining('Secret'), 'Secret Love']);
  });

  describe('on do not disturb', () => {
    const refused = async (by: string) => {
      trunk.shows = from(by);
      return (await trunk.call('1001')).status;
    };

    test('pass for favourites and named numbers only where the dialplan says so', async () => {
      const client = await logIn('1001');
      const { id } = await create(client, 'personal', person('Ada', ADA));
      await client.request('favorites.add', { id: `contact:${id}` });
      await be('do_not_disturb');
      expect([await refused(ADA), await refused('+49305550100')]).toEqual([486, 486]);
      await ami.setvar('ROLLCALL_LET_THROUGH', 'favorites');
      await shown(trunk, '1001', ann, from('020 7946 0000'));
      expect([await refused('+49305550100'), await refused('+442079460001')]).toEqual([486, 486]);
      await ami.setvar('ROLLCALL_LET_THROUGH', 'favorites&numbers');
      await shown(trunk, '1001', ann, from('+49305550100'));
      await shown(trunk, '1001', ann, from(ADA));
      expect(await refused('+49305550101')).toBe(486);
      await client.request('contacts.delete', { id });
      expect(await refused(ADA)).toBe(486);
    });

    test('are refused where the number is withheld, and where the daemon does not clearly say yes', async () => {
      const client = await logIn('1001');
      const { id } = await create(client, 'personal', person('Ada', ADA));
      await client.request('favorites.add', { id: `contact:${id}` });
      await be('do_not_disturb');
      await ami.setvar('ROLLCALL_LET_THROUGH', 'favorites');
      trunk.shows = { name: 'Anonymous', number: 'anonymous' };
      expect((await trunk.call('1001', withheld(ADA))).status).toBe(486);
      const agi = await ami.getvar('ROLLCALL_AGI');
      const said = async (answer: string) => {
        const escaped = answer.replaceAll('"', '\\"');
        const voice = await listener((socket) => socket.end(`SET VARIABLE ROLLCALL_THROUGH "${escaped}"\n`));
        await ami.setvar('ROLLCALL_AGI', `127.0.0.1:${voice.port}`);
        trunk.shows = from(ADA);
        const call = trunk.dial('1001');
        await call.until('ringing').catch(() => undefined);
        const rang = call.state === 'ringing' ? 'rings' : call.status;
        await call.hangup();
        await voice.close();
        return [answer, rang];
      };
      for (const answer of ['', 'yes', '1', 'FAVORITES', 'favorites numbers', '" = "" | "1']) {
        expect(await said(answer)).toEqual([answer, 486]);
      }
      expect(await said('numbers')).toEqual(['numbers', 'rings']);
      await ann.calls.next();
      await ami.setvar('ROLLCALL_AGI', agi);
      await shown(trunk, '1001', ann, from(ADA));
      await client.request('contacts.delete', { id });
    });

    test('pass for a colleague among the favourites, and not for one who says so outside', async () => {
      await boss.request('favorites.add', { id: 'extension:1002' });
      await be('do_not_disturb');
      await ami.setvar('ROLLCALL_LET_THROUGH', 'favorites');
      expect(await shown(ben, '1001', ann)).toEqual({ name: 'Ben Inside', number: '1002' });
      expect(await refused('1002')).toBe(486);
      await boss.request('favorites.remove', { id: 'extension:1002' });
      expect((await ben.call('1001')).status).toBe(486);
    });

    test('go to the number for it, save for those who may pass', async () => {
      await route('1001/do_not_disturb', '1002');
      await be('do_not_disturb');
      await shown(trunk, '1001', ben, from('+49305550100'));
      await ami.setvar('ROLLCALL_LET_THROUGH', 'numbers');
      await shown(trunk, '1001', ann, from('+49305550100'));
      await shown(trunk, '1001', ben, from(ADA));
      await deleteKey(lab(), 'ROLLCALL', 'route/1001/do_not_disturb');
      expect(await refused(ADA)).toBe(486);
    });
  });

  describe('set by feature codes', () => {
    const codes = { '*31': 'away', '*32': 'lunch', '*33': 'business_trip', '*34': 'off_work', '*35': 'do_not_disturb' };
    const tone = async (phone: Phone, code: string) => {
      const played = ami.next({ Event: 'Newexten', Application: 'PlayTones' });
      const call = await phone.call(code);
      const { AppData: tones } = await played;
      await call.hangup();
      return [call.status, tones];
    };
    const confirmed = [200, '!400/150,!0/50,!600/300'];
    const failed = [200, '480+620/250,0/250'];

    test('as the phone says, for its own extension alone', async () => {
      const client = await logIn('1002');
      for (const [code, status] of [...Object.entries(codes), ['*30', 'available']]) {
        expect([code, ...(await tone(ann, code ?? ''))]).toEqual([code, ...confirmed]);
        await client.until(() => client.item('presence', '1001')?.['status'] === status, `1001 on ${status}`);
        expect([status, await presenceAt('1001')]).toEqual([status, states[status ?? '']]);
        expect(client.item('presence', '1002')?.['status']).toBe('available');
      }
    });

    test('with the fast busy tone when the daemon does not do it', async () => {
      const agi = await ami.getvar('ROLLCALL_AGI');
      await ami.setvar('ROLLCALL_AGI', `127.0.0.1:${(await nobody()).port}`);
      expect(await tone(ann, '*32')).toEqual(failed);
      await ami.setvar('ROLLCALL_AGI', agi);
      expect(await presenceAt('1001')).toBe(states['available']);
    });

    test('by nobody from outside', async () => {
      trunk.shows = from('1001');
      expect((await trunk.call('*32')).status).toBe(404);
    });
  });
});
