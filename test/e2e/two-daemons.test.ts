// Two daemons on one real Asterisk and one database: for clients they are one, whatever becomes of either.
import { describe, expect, test } from 'vitest';
import { withPhones } from '../lab/with-asterisk.ts';
import { allShow, settlesAt, shownAt, watchers } from './house.ts';
import { since, told } from './story.ts';
import { dndOrders, isOnDuty, roles, withPeople, withTwoDaemons } from './two-daemons-house.ts';

const people = [
  { number: '1001', name: 'Ann' },
  { number: '1002', name: 'Ben' },
  { number: '1003', name: 'Cem' },
];
const idle = { line: 'idle', online: true, indicator: 'available' };
const away = { line: 'unavailable', online: false, indicator: 'offline' };
const [first, second] = watchers;

describe('Two daemons beside one Asterisk', () => {
  const house = withTwoDaemons({ version: '22', extensions: people });
  const plugIn = withPhones(() => house().asterisk);
  const { logIn } = withPeople(house);

  /** A watcher at each of them. */
  async function watch() {
    const { holder, standby } = await roles(house());
    const [there, here] = [await logIn(holder, first), await logIn(standby, second)];
    return { holder, standby, there, here, both: [there, here] };
  }

  test('one of them is on duty, and clients of both see what phones do', async () => {
    const { both } = await watch();
    const [ann, ben] = [await plugIn('1001'), await plugIn('1002')];
    await allShow(both, '1001', idle);
    await allShow(both, '1002', idle);
    const call = await ann.call('1002');
    await allShow(both, '1002', { line: 'in_use', online: true, indicator: 'on_call' });
    await call.hangup();
    await allShow(both, '1002', idle);
    await ben.unregister();
    await allShow(both, '1002', away);
  });

  test('a status set at either is seen at both with its note, and ends at its time, once', async () => {
    const { here, there, both } = await watch();
    for (const client of both) {
      const until = new Date(Date.now() + 1_500).toISOString();
      const from = both.map(({ messages }) => messages.length);
      const wish = { extension: '1002', status: 'lunch', note: 'zurück um 2', until };
      const { presence } = await client.request<{ presence: object }>('presence.set', wish);
      expect(client.item('presence', '1002')).toEqual(presence);
      const shown = { ...away, status: 'lunch', note: 'zurück um 2', indicator: 'lunch' };
      await allShow(both, '1002', shown);
      expect(there.item('presence', '1002')).toMatchObject({ until });
      await allShow(both, '1002', away);
      const stories = [told(there, from[0] ?? 0), told(here, from[1] ?? 0)];
      const once = ['presence 1002 unavailable offline lunch', 'presence 1002 unavailable offline offline'];
      expect(stories).toEqual([once, once]);
    }
  });

  test('do not disturb set at either is written to the PBX once, and answered when it refuses calls', async () => {
    const { both } = await watch();
    const { ami } = house();
    const caller = await plugIn('1002');
    for (const client of both) {
      ami.forget();
      await client.request('presence.set', { extension: '1001', status: 'do_not_disturb' });
      expect((await caller.call('1001')).status).toBe(486);
      await allShow(both, '1001', { ...away, status: 'do_not_disturb', indicator: 'do_not_disturb' });
      await client.request('presence.set', { extension: '1001', status: 'available' });
      await allShow(both, '1001', away);
      expect(dndOrders(ami, '1001')).toEqual(['on', 'off']);
    }
  });

  test('somebody with a client at the one that stands by is online for all, until he leaves', async () => {
    const { standby, both } = await watch();
    const cem = await logIn(standby, '1003');
    const online = { line: 'unavailable', online: true, indicator: 'available' };
    await allShow(both, '1003', online);
    await cem.close();
    await allShow(both, '1003', away);
  });

  test('the one on duty is killed: the other takes over within two seconds, and clients go on there with their cursors', async () => {
    const { holder, standby, there, here } = await watch();
    const phone = await plugIn('1001');
    const cem = await logIn(holder, '1003');
    await allShow([there, here], '1001', idle);
    await allShow([there, here], '1003', { ...away, online: true, indicator: 'available' });
    const from = here.messages.length;
    const killed = Date.now();
    await holder.kill();
    await phone.unregister();
    await allShow([here], '1001', away);
    expect(Date.now() - killed).toBeLessThan(2_500);
    const { ami } = house();
    ami.forget();
    await here.request('presence.set', { extension: '1002', status: 'do_not_disturb' });
    await here.request('presence.set', { extension: '1002', status: 'available' });
    expect(dndOrders(ami, '1002')).toEqual(['on', 'off']);
    expect(isOnDuty(standby)).toBe(true);
    // Whoever was at the other goes on here and is told only what has changed; one comes back in time, one never.
    const resumed = await logIn(standby, '', there);
    const back = await logIn(standby, '1003', cem);
    expect(
      since([resumed, back], [0, 0])
        .flat()
        .filter((line) => line.includes('reset')),
    ).toEqual([]);
    await allShow([here, resumed, back], '1001', away);
    await settlesAt(() => shownAt(here, '1003'), {
      status: 'available',
      ...away,
      online: true,
      indicator: 'available',
    });
    expect(told(here, from).filter((line) => line.includes('1003'))).toEqual([]);
    await back.close();
    // What the dead daemon left of him counts for as long as others have to come back.
    await settlesAt(() => shownAt(here, '1003'), { status: 'available', ...away }, 15_000);
    await allShow([here, resumed], '1003', away);
  });

  test('somebody whose daemon was killed and who does not come back is offline within some seconds', async () => {
    const { holder, here } = await watch();
    await logIn(holder, '1003');
    await allShow([here], '1003', { ...away, online: true, indicator: 'available' });
    await holder.kill();
    await settlesAt(() => shownAt(here, '1003'), { status: 'available', ...away }, 15_000);
  });

  test('stopped in good order one hands over at once, and nobody sees a light change', async () => {
    const { holder, standby, here } = await watch();
    const phone = await plugIn('1001');
    const cem = await logIn(holder, '1003');
    await allShow([here], '1001', idle);
    await allShow([here], '1003', { ...away, online: true, indicator: 'available' });
    const from = here.messages.length;
    await holder.stop();
    const back = await logIn(standby, '1003', cem);
    await settlesAt(() => isOnDuty(standby), true, 2_000);
    await phone.feature('*78');
    const dnd = { ...idle, status: 'do_not_disturb', indicator: 'do_not_disturb' };
    await allShow([here, back], '1001', dnd);
    const dark = told(here, from).filter(
      (line) => !/^presence 1001 (idle|in_use) online (available|do_not_disturb)$/.test(line),
    );
    expect(dark).toEqual([]);
    await holder.start();
    await phone.feature('*79');
    await allShow([here, await logIn(holder, first)], '1001', idle);
  });

  test('one that loses its link to Asterisk hands over to the other, and its clients see and set everything all the same', async () => {
    const { holder, standby, there, here, both } = await watch();
    const phone = await plugIn('1001');
    await allShow(both, '1001', idle);
    const way = house().ways.get(holder);
    await way?.refuse();
    await settlesAt(() => [isOnDuty(holder), isOnDuty(standby)], [false, true]);
    await there.until((client) => client.item('pbx', 'pbx')?.['connected'] === true, 'the PBX connected');
    await phone.unregister();
    await allShow(both, '1001', away);
    const { ami } = house();
    ami.forget();
    await there.request('presence.set', { extension: '1001', status: 'do_not_disturb' });
    await allShow(both, '1001', { ...away, status: 'do_not_disturb', indicator: 'do_not_disturb' });
    await way?.accept();
    await holder.line('ami.up', { from: holder.logs.length });
    await here.request('presence.set', { extension: '1001', status: 'available' });
    await allShow(both, '1001', away);
    expect(dndOrders(ami, '1001')).toEqual(['on', 'off']);
    expect([isOnDuty(holder), isOnDuty(standby)]).toEqual([false, true]);
  });

  test('while the database is away presence goes on at both, nothing is stored, and all catch up', async () => {
    const { here, there, both } = await watch();
    const phone = await plugIn('1001');
    await allShow(both, '1001', idle);
    await house().database.kill();
    await phone.unregister();
    // Each sees it for itself, and at its own moment.
    for (const client of both) await allShow([client], '1001', away);
    for (const client of both) {
      const set = client.request('presence.set', { extension: '1002', status: 'lunch' });
      await expect(set).rejects.toMatchObject({ code: 507 });
    }
    const again = await plugIn('1002');
    for (const client of both) await allShow([client], '1002', idle);
    await house().database.start();
    const isBack = async () =>
      here.request('presence.set', { extension: '1002', status: 'lunch' }).then(
        () => 'set',
        () => 'not yet',
      );
    await settlesAt(isBack, 'set');
    await allShow(both, '1002', { ...idle, status: 'lunch', indicator: 'lunch' });
    await there.request('presence.set', { extension: '1002', status: 'available' });
    await allShow(both, '1002', idle);
    await again.unregister();
    await allShow(both, '1002', away);
    await roles(house());
    const fresh = await logIn((await roles(house())).standby, first);
    const seen = (number: string) => [here, there, fresh].map((client) => client.item('presence', number));
    for (const { number } of people) expect(new Set(seen(number).map((item) => JSON.stringify(item))).size).toBe(1);
  });
});
