// Two sites with a PBX each, of different versions and with the same numbers, and one database. The directory is one; each PBX does what is
// its own.
import { beforeAll, describe, expect, test } from 'vitest';
import { openPhone, type Phone } from '../lab/phone.ts';
import { type Client, connect } from '../support/client.ts';
import { entriesSince, told } from './calls-house.ts';
import { allShow, clientsOfEachTest, settlesAt } from './house.ts';
import { PASSWORD, type Site, withSites } from './sites-house.ts';

const COLLECTIONS = ['pbx', 'extensions', 'presence', 'calls', 'callGaps', 'messages'];

const sites = withSites();
let berlin: Site;
let paris: Site;
beforeAll(() => {
  ({ berlin, paris } = sites);
});
const clients = clientsOfEachTest();

async function logIn({ daemon }: Site, user: string, before?: Client): Promise<Client> {
  const client = await connect(daemon.url);
  clients.push(client);
  await client.open(before?.session ? { token: before.session.token } : { login: user, password: PASSWORD });
  if (before) client.adopt(before);
  await client.sync(COLLECTIONS, before?.cursors());
  return client;
}

/** A phone for the length of a test. */
async function withPhone(site: Site, user: string, act: (phone: Phone) => Promise<void>): Promise<void> {
  const phone = await openPhone(site.asterisk, user);
  try {
    await act(phone);
  } finally {
    await phone.close();
  }
}

/** Which sites a client is shown as connected, by the ids of their items. */
function links(client: Client): Record<string, unknown> {
  return Object.fromEntries([...client.items('pbx')].map(([id, { connected }]) => [id, connected]).sort());
}

const shows = (client: Client, wanted: Record<string, boolean>, within = 10_000) =>
  client.until(
    () => JSON.stringify(links(client)) === JSON.stringify(wanted),
    `pbx as ${JSON.stringify(wanted)}`,
    within,
  );

const IDLE = { line: 'idle', online: true, indicator: 'available' };
const OFF = { line: 'unavailable', online: false, indicator: 'offline' };

describe('Two sites', () => {
  test('are one directory, in which each PBX is known by its site', async () => {
    const [ann, chloe] = [await logIn(berlin, '2001'), await logIn(paris, '31001')];
    await Promise.all([shows(ann, { paris: true, pbx: true }), shows(chloe, { berlin: true, pbx: true })]);
    for (const client of [ann, chloe]) {
      await client.until(() => client.items('extensions').size === 4, 'four extensions');
      const known = [...client.items('extensions').values()].map(({ id, number, name, site }) => [
        id,
        number,
        name,
        site,
      ]);
      expect(known.sort()).toEqual([
        ['1001', '1001', 'Ann', 'berlin'],
        ['2001', '2001', 'Ben', 'berlin'],
        ['31001', '31001', 'Chloé', 'paris'],
        ['31002', '31002', 'Denis', 'paris'],
      ]);
    }
    expect([ann.item('pbx', 'pbx'), chloe.item('pbx', 'pbx')].map((item) => item?.['site'])).toEqual([
      'berlin',
      'paris',
    ]);
    expect(ann.item('pbx', 'paris')).toEqual({ ...chloe.item('pbx', 'pbx'), id: 'paris' });
  });

  test('light up with the calls of each other, and each history names who took part', async () => {
    const [ben, denis] = [await logIn(berlin, '2001'), await logIn(paris, '31002')];
    const before = new Set(denis.items('calls').keys());
    await withPhone(paris, '1001', async (one) => {
      await withPhone(paris, '1002', async () => {
        await allShow([ben, denis], '31001', { ...IDLE, online: true });
        const call = await one.call('1002');
        expect(call.state).toBe('up');
        for (const id of ['31001', '31002']) {
          await allShow([ben, denis], id, { line: 'in_use', online: true, indicator: 'on_call' });
        }
        expect(ben.item('presence', '1001')).toMatchObject({ line: 'unavailable' });
        await call.hangup();
        await allShow([ben, denis], '31001', IDLE);
      });
    });
    const entries = () => entriesSince(denis, before).map(told);
    await settlesAt(entries, [
      { direction: 'in', number: '31001', name: 'Chloé', extension: '31001', disposition: 'answered', talked: false },
    ]);
    await allShow([ben, denis], '31001', OFF);
  });

  test('set do not disturb where the phone is: once, wherever the user is logged in', async () => {
    const [chloe, ben] = [await logIn(berlin, '31001'), await logIn(paris, '2001')];
    for (const { ami } of [paris, berlin]) ami.forget();
    await chloe.request('presence.set', { status: 'do_not_disturb' });
    expect([await paris.ami.dbGet('DND', '1001'), await berlin.ami.dbGet('DND', '1001')]).toEqual(['YES', undefined]);
    await ben.request('presence.set', { status: 'do_not_disturb' });
    expect([await berlin.ami.dbGet('DND', '2001'), await paris.ami.dbGet('DND', '2001')]).toEqual(['YES', undefined]);
    const lit = ({ ami }: Site) => ami.seen({ Event: 'DeviceStateChange', State: 'BUSY' }).map(({ Device }) => Device);
    expect([lit(paris), lit(berlin)]).toEqual([['Custom:DND1001'], ['Custom:DND2001']]);
    await chloe.request('presence.set', { status: 'available' });
    await ben.request('presence.set', { status: 'available' });
    expect([await paris.ami.dbGet('DND', '1001'), await berlin.ami.dbGet('DND', '2001')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('show do not disturb that was set at a phone of the other', async () => {
    const ben = await logIn(berlin, '2001');
    await withPhone(paris, '1001', async (phone) => {
      await phone.feature('*78');
      await allShow([ben], '31001', {
        status: 'do_not_disturb',
        line: 'idle',
        online: true,
        indicator: 'do_not_disturb',
      });
      await phone.feature('*79');
      await allShow([ben], '31001', IDLE);
    });
  });

  test('ring the phone of a user at his own site, and his colleague there, whichever daemon he asks', async () => {
    const chloe = await logIn(berlin, '31001');
    await withPhone(paris, '1001', async (own) => {
      await withPhone(paris, '1002', async (other) => {
        await allShow([chloe], '31001', IDLE);
        const { call } = await chloe.request<{ call: { id: string; number: string } }>('calls.dial', {
          number: '31002',
        });
        expect(call).toMatchObject({ number: '31002', extension: '31002', name: 'Denis', state: 'phone' });
        const ringing = await own.calls.next();
        const answered = await other.calls.next();
        await answered.until('up');
        await chloe.until(() => chloe.item('calls', call.id)?.['state'] === 'talking', 'the call as talking');
        await ringing.hangup();
        await chloe.until(() => chloe.item('calls', call.id)?.['disposition'] === 'answered', 'the end of the call');
        expect(chloe.item('calls', call.id)?.['state']).toBeUndefined();
      });
    });
  });

  test('carry a message to a phone of the other, and back what is written there', async () => {
    const ben = await logIn(berlin, '2001');
    await withPhone(paris, '1002', async (phone) => {
      await allShow([ben], '31002', IDLE);
      await ben.request('messages.send', { to: '31002', text: 'Bonjour?' });
      const got = await phone.texts.next();
      expect([got.body, got.start]).toEqual(['Bonjour?', expect.stringContaining('MESSAGE')]);
      expect(await phone.text('2001', 'Oui !')).toBe(202);
      const answer = () => [...ben.items('messages').values()].find(({ text }) => text === 'Oui !');
      await ben.until(() => answer() !== undefined, 'the answer');
      expect(answer()).toMatchObject({ with: '31002', from: '31002' });
    });
  });

  test('let a client that moves between them go on with everything but the PBXes, which are others there', async () => {
    const first = await logIn(berlin, '31001');
    await shows(first, { paris: true, pbx: true });
    const moved = await logIn(paris, '31001', first);
    await shows(moved, { berlin: true, pbx: true });
    const resets = moved.messages
      .filter(({ method, params }) => method === 'sync.change' && params?.['reset'] === true)
      .map(({ params }) => params?.['collection']);
    expect(resets).toEqual(['pbx']);
    expect(moved.items('extensions').size).toBe(4);
  });
});

describe('A site that is away is shown so within seconds, and as it is once it is back', () => {
  test('when its daemon has died', async () => {
    const [ben, chloe] = [await logIn(berlin, '2001'), await logIn(berlin, '31001')];
    await shows(ben, { paris: true, pbx: true });
    const phone = await openPhone(paris.asterisk, '1001');
    await allShow([ben], '31001', IDLE);
    await paris.daemon.kill();
    await shows(ben, { paris: false, pbx: true }, 8_000);
    expect(ben.item('presence', '31001')).toMatchObject({ line: 'idle' });
    await phone.close();
    const refused = chloe.request('presence.set', { status: 'away' }).catch(({ code, data }) => [code, data.reason]);
    expect(await refused).toEqual([503, 'pbx_away']);
    await paris.daemon.start();
    await shows(ben, { paris: true, pbx: true });
    // Her client is at the daemon that lived on.
    await allShow([ben], '31001', { line: 'unavailable', online: true, indicator: 'available' });
  });

  test('when its PBX has died', async () => {
    const ben = await logIn(berlin, '2001');
    await shows(ben, { paris: true, pbx: true });
    await paris.asterisk.kill();
    await shows(ben, { paris: false, pbx: true }, 8_000);
    await paris.asterisk.boot();
    await shows(ben, { paris: true, pbx: true }, 30_000);
  });

  test('when its daemon is cut off from the database, which shows itself as it is, and the others as away', async () => {
    const [ben, denis] = [await logIn(berlin, '2001'), await logIn(paris, '31002')];
    await shows(ben, { paris: true, pbx: true });
    await shows(denis, { berlin: true, pbx: true });
    await paris.way.refuse();
    await shows(denis, { berlin: false, pbx: true }, 8_000);
    await shows(ben, { paris: false, pbx: true }, 8_000);
    const phone = await openPhone(paris.asterisk, '1001');
    await allShow([denis], '31001', IDLE);
    expect(ben.item('presence', '31001')).toMatchObject({ line: 'unavailable' });
    await paris.way.accept();
    await shows(denis, { berlin: true, pbx: true }, 20_000);
    await shows(ben, { paris: true, pbx: true }, 20_000);
    await allShow([ben, denis], '31001', IDLE);
    await phone.close();
    await allShow([ben, denis], '31001', OFF);
  });
});
