import { describe, expect, test } from 'vitest';
import { AmiError } from '../../../src/pbx/ami/link-port.ts';
import type { OpenCall } from '../../../src/service/calls-port.ts';
import { CallWatchHouse, entryInWords, someExtensions, turns } from '../../support/call-watch-house.ts';
import { channelOf, PaperChannels } from '../../support/paper-channels.ts';

const SECOND = 1_000;
const ordered = { id: 'rollcall-1', owner: '1001', number: '1002', at: Date.parse('2026-01-05T08:00:00.000Z') };

async function opened(house = new CallWatchHouse(), restored: readonly OpenCall[] = []) {
  await house.begin(restored);
  return { house, pbx: new PaperChannels(house) };
}

/** 1001 calls 1002, who answers after two seconds. */
function answeredCall({ house, pbx }: Awaited<ReturnType<typeof opened>>) {
  const ann = pbx.dials(channelOf('1001', '1'), '1002');
  const bob = channelOf('1002', '2', '1');
  pbx.calls(ann, bob);
  pbx.rings(bob);
  house.clock.pass(2 * SECOND);
  pbx.answers(ann, bob);
  return { ann, bob };
}

function inWords(house: CallWatchHouse): string[] {
  return house.entries.map(entryInWords);
}

function kept(calls: readonly OpenCall[]): OpenCall[] {
  return JSON.parse(JSON.stringify(calls.slice(-1)));
}

describe('The watcher of calls', () => {
  test('tells of a call at each step, and of its end as soon as it has ended', async () => {
    const world = await opened();
    const { house, pbx } = world;
    const { ann, bob } = answeredCall(world);
    expect(house.open.map(({ id, state, answeredAt }) => ({ id, state, answeredAt }))).toEqual([
      { id: '1', state: 'calling', answeredAt: undefined },
      { id: '1', state: 'ringing', answeredAt: undefined },
      { id: '1', state: 'talking', answeredAt: ordered.at + 2 * SECOND },
    ]);
    house.clock.pass(61 * SECOND);
    pbx.asksToHangUp(bob);
    pbx.hangsUp(bob);
    expect(house.entries).toEqual([]);
    pbx.hangsUp(ann);
    const times = { at: ordered.at, ring: 2, talk: 61, call: '1' };
    expect(house.news.at(-1)).toEqual({
      kind: 'ended',
      id: '1',
      entries: [
        { owner: '1001', direction: 'out', disposition: 'answered', number: '1002', ...times },
        { owner: '1002', direction: 'in', disposition: 'answered', number: '1001', ...times },
      ],
      isOver: true,
    });
  });

  test('says first that it watches, since the link is up, and when it does not any more', async () => {
    const { house } = await opened();
    house.clock.pass(SECOND);
    house.link.down();
    expect(house.news).toEqual([
      { kind: 'watching', at: ordered.at },
      { kind: 'away', at: ordered.at + SECOND },
    ]);
  });

  test('holds events back until it has the list and knows whose phones there are', async () => {
    const house = new CallWatchHouse();
    const pbx = new PaperChannels(house);
    const list = house.link.gate('CoreShowChannels');
    house.phones.isKnown = false;
    await house.begin();
    await list.reached;
    const caller = pbx.dials(channelOf('1001', '1'), '1002');
    pbx.hangsUp(caller, 20);
    list.open();
    await turns();
    expect(house.news).toEqual([]);
    house.phones.isKnown = true;
    house.clock.pass(SECOND);
    expect(house.news.map(({ kind }) => kind)).toEqual(['open', 'ended', 'watching']);
    expect(inWords(house)).toEqual(['1001 out failed 1002', '1002 in missed 1001']);
  });

  test('lists again when more came meanwhile than it holds back', async () => {
    const house = new CallWatchHouse();
    const pbx = new PaperChannels(house);
    const list = house.link.gate('CoreShowChannels');
    await house.begin();
    for (let i = 0; i < 20_001; i += 1) pbx.rings(channelOf('1002', '2', '1'));
    list.open();
    await turns();
    expect(house.link.sent('CoreShowChannels')).toHaveLength(2);
    expect(house.news.map(({ kind }) => kind)).toEqual(['watching']);
  });

  test('watches without a list where the AMI user may not have it, and says so once', async () => {
    const house = new CallWatchHouse();
    house.link.answer('CoreShowChannels', () => {
      throw new AmiError('refused', 'Asterisk refused CoreShowChannels: Permission denied');
    });
    const world = await opened(house);
    house.link.down();
    house.link.up();
    await turns();
    expect(house.reports).toEqual(['calls.no_list']);
    const { ann, bob } = answeredCall(world);
    world.pbx.hangsUp(bob);
    world.pbx.hangsUp(ann);
    expect(inWords(house)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
  });

  test('takes nothing for a call that is none', async () => {
    const { house, pbx } = await opened();
    for (const channel of ['Message/ast_msg_queue', 'Local/on_1001@rollcall-control-00000001;1']) {
      const own = { ...channelOf('1001', '7'), channel };
      pbx.dials(own, '1002');
      pbx.calls(undefined, own);
      pbx.hangsUp(own);
    }
    expect(house.watch.counters).toMatchObject({ calls: 0, dropped: 0 });
    expect(house.news.map(({ kind }) => kind)).toEqual(['watching']);
  });
});

describe('A caller from outside', () => {
  const trunk = { ...channelOf('PJSIP/trunk', '1'), number: '+442079460000' };

  test('has the name it came with, whatever the dialplan calls it', async () => {
    const { house, pbx } = await opened();
    const eve = pbx.dials(trunk, '1002', 'Eve Outside');
    house.emit({ Event: 'NewCallerid', Uniqueid: '1', Linkedid: '1', Channel: trunk.channel, CallerIDName: 'Book' });
    pbx.hangsUp(eve, 20);
    await turns();
    expect(house.entries).toMatchObject([{ owner: '1002', number: '+442079460000', presented: 'Eve Outside' }]);
  });

  test('is asked about before anything is told, and shows no number when it wants none shown', async () => {
    const { house, pbx } = await opened();
    house.presentation = 'prohib_passed_screen';
    const gate = house.link.gate('Getvar');
    const eve = pbx.dials(trunk, '1002', 'Eve Outside');
    pbx.hangsUp(eve, 20);
    await turns();
    expect(house.entries).toEqual([]);
    gate.open();
    await turns();
    expect(inWords(house)).toEqual(['1002 in missed (withheld)']);
    expect(house.entries[0]).not.toHaveProperty('presented');
    expect(house.link.sent('Getvar')).toEqual([
      { Action: 'Getvar', Channel: trunk.channel, Variable: 'CALLERID(num-pres)' },
    ]);
    expect(JSON.stringify(house.open)).not.toContain('7946');
  });

  test('is asked about when it rings, where its channel was made before, and once', async () => {
    const { house, pbx } = await opened();
    house.presentation = 'prohib_passed_screen';
    const of = {
      Uniqueid: '1',
      Linkedid: '1',
      Channel: 'SIP/trunk-00000001',
      CallerIDNum: trunk.number,
      Exten: '1002',
    };
    house.emit({ Event: 'Newchannel', ...of, ChannelStateDesc: 'Down' });
    expect(house.link.sent('Getvar')).toEqual([]);
    for (let i = 0; i < 2; i += 1) house.emit({ Event: 'Newstate', ...of, ChannelStateDesc: 'Ring' });
    await turns();
    house.emit({ Event: 'Newconnectedline', ...of, ChannelStateDesc: 'Ring' });
    const bob = channelOf('1002', '2', '1');
    pbx.calls({ ...channelOf('SIP/trunk', '1'), number: trunk.number, exten: '1002' }, bob);
    pbx.hangsUp(bob);
    house.emit({ Event: 'Hangup', ...of, Cause: '20' });
    await turns();
    expect(inWords(house)).toEqual(['1002 in missed (withheld)']);
    expect(house.link.sent('Getvar')).toHaveLength(1);
  });

  test('has the name it came with when it rings while the channels are listed', async () => {
    const house = new CallWatchHouse();
    const pbx = new PaperChannels(house);
    pbx.listed({ ...trunk, exten: '1002' }, { ChannelStateDesc: 'Ring', CallerIDName: 'Book' });
    const list = house.link.gate('CoreShowChannels');
    await house.begin();
    await list.reached;
    const eve = pbx.dials(trunk, '1002', 'Eve Outside');
    list.open();
    await turns();
    pbx.hangsUp(eve, 20);
    await turns();
    expect(house.entries).toMatchObject([{ owner: '1002', number: '+442079460000', presented: 'Eve Outside' }]);
  });

  test('shows no number when an event says that it wants none shown', async () => {
    const { house, pbx } = await opened();
    house.presentation = undefined;
    const eve = pbx.dials(trunk, '1002');
    const presentation = { 'CID-CallingPres': '35 (Presentation Prohibited, Network Number)' };
    house.emit({ Event: 'NewCallerid', Uniqueid: '1', Linkedid: '1', Channel: trunk.channel, ...presentation });
    pbx.hangsUp(eve, 20);
    await turns();
    expect(inWords(house)).toEqual(['1002 in missed (withheld)']);
  });

  test('that nobody can be asked about any more shows its number', async () => {
    const { house, pbx } = await opened();
    house.presentation = undefined;
    pbx.hangsUp(pbx.dials(trunk, '1002'), 20);
    await turns();
    expect(inWords(house)).toEqual(['1002 in missed +442079460000']);
  });

  test('is nobody when no extension was called', async () => {
    const { house, pbx } = await opened();
    pbx.hangsUp(pbx.dials(trunk, '600'));
    await turns();
    expect(house.news.map(({ kind }) => kind)).toEqual(['watching']);
  });
});

describe('A caller who is told busy though no phone was called', () => {
  test('was refused by do not disturb when AstDB says so, which nobody had read yet', async () => {
    const { house, pbx } = await opened();
    house.phones.justBlocked.add('1002');
    pbx.hangsUp(pbx.dials(channelOf('1001', '1'), '1002'), 17);
    expect(inWords(house)).toEqual([]);
    await turns();
    expect(inWords(house)).toEqual(['1001 out busy 1002', '1002 in missed dnd 1001']);
  });

  test('was refused for no reason that is known when it does not', async () => {
    const { house, pbx } = await opened();
    house.phones.justBlocked.add('1003');
    pbx.hangsUp(pbx.dials(channelOf('1001', '1'), '1002'), 17);
    await turns();
    expect(inWords(house)).toEqual(['1001 out busy 1002', '1002 in missed 1001']);
  });
});

describe('A call record that comes late', () => {
  const record = { Event: 'Cdr', UniqueID: '1', LinkedID: '1', Destination: '1004', DestinationChannel: '' };

  test('adds an extension that no event named, once, and changes nothing that was told', async () => {
    const { house, pbx } = await opened();
    pbx.hangsUp(pbx.dials(channelOf('1001', '1'), '1002'), 17);
    await turns();
    expect(inWords(house)).toEqual(['1001 out busy 1002', '1002 in missed 1001']);
    house.emit({ ...record, Destination: '1002', dndblock: '1' });
    house.emit({ ...record, dndblock: '1' });
    house.emit({ ...record, dndblock: '1' });
    expect(inWords(house).slice(2)).toEqual(['1004 in missed dnd 1001']);
    expect(house.news.filter(({ kind }) => kind === 'ended')).toHaveLength(2);
  });

  test('names the phones that Dial did not reach', async () => {
    const { house, pbx } = await opened();
    house.phones.away.add('1005');
    pbx.hangsUp(pbx.dials(channelOf('1001', '1'), '650'), 20);
    const dial = { LastApplication: 'Dial', LastData: 'PJSIP/1005&PJSIP/1005-2/sip:1005@192.0.2.1,20' };
    house.emit({ ...record, LinkedID: '', Destination: 's', ...dial });
    expect(inWords(house)).toEqual(['1001 out failed 650', '1005 in missed unregistered 1001']);
  });

  test('is not waited for longer than a minute', async () => {
    const { house, pbx } = await opened();
    pbx.hangsUp(pbx.dials(channelOf('1001', '1'), '1002'), 17);
    await turns();
    expect(house.watch.counters.calls).toBe(1);
    house.clock.pass(61 * SECOND);
    expect(house.watch.counters.calls).toBe(0);
    house.emit(record);
    expect(house.entries).toHaveLength(2);
  });

  test('of a call that was answered adds nobody who is not known to have missed it', async () => {
    const world = await opened();
    const { ann, bob } = answeredCall(world);
    world.house.clock.pass(SECOND);
    world.house.emit(record);
    world.pbx.hangsUp(bob);
    world.pbx.hangsUp(ann);
    expect(inWords(world.house)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
  });
});

describe('When the link is cut or the daemon restarts', () => {
  test('a call goes on with the time of its answer, and is told once', async () => {
    const world = await opened();
    const { house, pbx } = world;
    const { ann, bob } = answeredCall(world);
    for (const channel of [ann, bob]) pbx.listed(channel, { ChannelStateDesc: 'Up', Application: 'Dial' });
    house.link.down();
    house.clock.pass(10 * SECOND);
    house.link.up();
    await turns();
    const restarted = await opened(Object.assign(new CallWatchHouse(), { channels: house.channels }), kept(house.open));
    for (const one of [house, restarted.house]) {
      one.clock.pass(20 * SECOND);
      const channels = new PaperChannels(one);
      channels.hangsUp(ann);
      channels.hangsUp(bob);
      expect(inWords(one)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
      expect(one.open.at(-1)?.answeredAt).toBe(ordered.at + 2 * SECOND);
      expect(one.watch.counters.dropped).toBe(0);
    }
    expect(house.entries.map(({ ring, talk }) => [ring, talk])).toEqual([
      [2, 30],
      [2, 30],
    ]);
  });

  test('a call that is not there any more ended when the link was lost, or, after a restart, as far as is known', async () => {
    const world = await opened();
    const { house } = world;
    answeredCall(world);
    house.clock.pass(5 * SECOND);
    house.link.down();
    house.clock.pass(100 * SECOND);
    house.link.up();
    await turns();
    expect(house.news.slice(-3).map(({ kind }) => kind)).toEqual(['away', 'ended', 'watching']);
    expect(house.entries.map(({ disposition, talk }) => [disposition, talk])).toEqual([
      ['answered', 5],
      ['answered', 5],
    ]);
    const { house: restarted } = await opened(new CallWatchHouse(), kept(house.open));
    expect(restarted.news.map(({ kind }) => kind)).toEqual(['ended', 'watching']);
    expect(restarted.entries).toEqual(house.entries.map((entry) => ({ ...entry, talk: 0 })));
  });

  test('a call that nobody had answered is missed for a reason that nobody knows', async () => {
    const { house, pbx } = await opened();
    const ann = pbx.dials(channelOf('1001', '1'), '1002');
    pbx.calls(ann, channelOf('1002', '2', '1'));
    pbx.rings(channelOf('1002', '2', '1'));
    const { house: restarted } = await opened(new CallWatchHouse(), kept(house.open));
    expect(inWords(restarted)).toEqual(['1001 out failed 1002', '1002 in missed 1001']);
  });

  test('calls that began meanwhile are taken from the list', async () => {
    const house = new CallWatchHouse();
    const pbx = new PaperChannels(house);
    const ann = { ...channelOf('1001', '1'), exten: '1002' };
    const bob = channelOf('1002', '2', '1');
    const up = { ChannelStateDesc: 'Up', BridgeId: 'b' };
    pbx.listed(bob, { ...up, Application: 'AppDial', Duration: '00:01:00' });
    pbx.listed(ann, { ...up, Application: 'Dial', ApplicationData: 'PJSIP/1002,20', Duration: '00:01:05' });
    const eve = { ...channelOf('PJSIP/trunk', '3'), number: '5551234', exten: '1003' };
    const cid = channelOf('1003', '4', '3');
    pbx.listed(eve, { ChannelStateDesc: 'Ring', Application: 'Dial', ApplicationData: 'PJSIP/1003' });
    pbx.listed(cid, { ChannelStateDesc: 'Ringing', Application: 'AppDial' });
    pbx.listed({ ...channelOf('1004', '9'), channel: 'Message/ast_msg_queue' }, up);
    await house.begin();
    await turns();
    expect(house.open.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(['1 talking', '3 ringing']);
    for (const channel of [ann, bob]) pbx.hangsUp(channel);
    pbx.asksToHangUp(eve);
    for (const channel of [eve, cid]) pbx.hangsUp(channel);
    house.clock.pass(SECOND);
    expect([...house.entries].sort((a, b) => (a.call < b.call ? -1 : 1))).toEqual([
      ...[
        { owner: '1001', direction: 'out', number: '1002', at: ordered.at - 65 * SECOND, ring: 5, talk: 60 },
        { owner: '1002', direction: 'in', number: '1001', at: ordered.at - 60 * SECOND, ring: 0, talk: 60 },
      ].map((entry) => ({ ...entry, call: '1', disposition: 'answered' })),
      {
        ...{ owner: '1003', call: '3', direction: 'in', number: '5551234', outside: true, at: ordered.at },
        ...{ disposition: 'missed', reason: 'cancelled', ring: 0, talk: 0 },
      },
    ]);
  });

  test('a call that was answered while nobody watched was talked as long as its record says', async () => {
    const house = new CallWatchHouse();
    const pbx = new PaperChannels(house);
    const ann = { ...channelOf('1001', '1'), exten: '1002' };
    const bob = channelOf('1002', '2', '1');
    const up = { ChannelStateDesc: 'Up', BridgeId: 'b' };
    pbx.listed(bob, { ...up, Application: 'AppDial', Duration: '00:01:00' });
    pbx.listed(ann, { ...up, Application: 'Dial', ApplicationData: 'PJSIP/1002,20', Duration: '00:01:00' });
    await house.begin();
    await turns();
    house.clock.pass(10 * SECOND);
    const record = { Event: 'Cdr', UniqueID: '1', LinkedID: '1', Destination: '1002', DestinationChannel: bob.channel };
    for (const channel of [bob, ann]) pbx.hangsUp(channel);
    expect(house.entries).toEqual([]);
    house.emit({ ...record, Disposition: 'ANSWERED', BillableSeconds: '57' });
    house.clock.pass(SECOND);
    expect(house.entries.map(({ owner, ring, talk }) => [owner, ring, talk])).toEqual([
      ['1001', 13, 57],
      ['1002', 13, 57],
    ]);
  });

  test('what was kept by another version ends without an entry, and a call of the daemon as failed', async () => {
    const { house } = await opened(new CallWatchHouse(), [
      { id: '1', state: 'talking', memory: { anything: true } },
      { id: ordered.id, dialled: ordered, state: 'phone', memory: {} },
    ]);
    expect(inWords(house)).toEqual(['1001 out failed 1002']);
  });

  test('a channel that is gone without a word is found by the next check', async () => {
    const world = await opened();
    const { house, pbx } = world;
    const { ann, bob } = answeredCall(world);
    pbx.listed(ann, { ChannelStateDesc: 'Up' });
    pbx.listed(bob, { ChannelStateDesc: 'Up' });
    house.clock.pass(300 * SECOND);
    await turns();
    house.clock.pass(2 * SECOND);
    expect(house.entries).toEqual([]);
    house.channels = [];
    house.clock.pass(300 * SECOND);
    await turns();
    house.clock.pass(2 * SECOND);
    expect(inWords(house)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
  });
});

describe('A check for channels that are gone', () => {
  test('that the PBX does not answer is made again later', async () => {
    const { house } = await opened();
    house.link.answer('CoreShowChannels', () => {
      throw new AmiError('timeout', 'no answer');
    });
    for (let i = 0; i < 2; i += 1) {
      house.clock.pass(300 * SECOND);
      await turns();
    }
    expect(house.link.sent('CoreShowChannels')).toHaveLength(3);
  });

  test('does not hide a fault of the daemon itself', async () => {
    const { house } = await opened();
    house.link.answer('CoreShowChannels', () => {
      throw new TypeError('a fault');
    });
    const listeners = process.listeners('unhandledRejection');
    const faults: unknown[] = [];
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (fault) => faults.push(String(fault)));
    try {
      house.clock.pass(300 * SECOND);
      await turns();
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
    expect(faults).toEqual(['TypeError: a fault']);
  });
});

describe('A call that the daemon has made', () => {
  test('is known from the order on, and has failed when the PBX gives no channel', async () => {
    const { house } = await opened();
    house.watch.expect(ordered);
    expect(house.open).toMatchObject([{ id: 'rollcall-1', dialled: ordered, state: 'phone' }]);
    house.watch.giveUp('rollcall-1', 'phone_unreachable');
    house.watch.giveUp('rollcall-1', 'phone_busy');
    expect(inWords(house)).toEqual(['1001 out failed phone_unreachable 1002']);
  });

  test('is not given up once it has a channel', async () => {
    const { house, pbx } = await opened();
    house.watch.expect(ordered);
    const own = channelOf('1001', '1', 'rollcall-1');
    pbx.calls(undefined, { ...own, id: 'rollcall-1' });
    house.watch.giveUp('rollcall-1', 'phone_unreachable');
    expect(house.entries).toEqual([]);
    pbx.stops(undefined, { ...own, id: 'rollcall-1' }, 'BUSY');
    pbx.hangsUp({ ...own, id: 'rollcall-1' }, 17);
    expect(inWords(house)).toEqual(['1001 out failed phone_busy 1002']);
  });

  test('that was given up without a link is judged when the link is back', async () => {
    const { house } = await opened();
    house.watch.expect(ordered);
    house.link.down();
    house.clock.pass(SECOND);
    house.watch.giveUp('rollcall-1', 'phone_no_answer');
    expect(house.entries).toEqual([]);
    house.link.up();
    await turns();
    expect(inWords(house)).toEqual(['1001 out cancelled phone_no_answer 1002']);
  });

  test('that no channel came of and nobody gave up ends by itself', async () => {
    const { house } = await opened();
    house.watch.expect(ordered);
    house.clock.pass(302 * SECOND);
    await turns();
    house.clock.pass(2 * SECOND);
    expect(inWords(house)).toEqual(['1001 out failed 1002']);
  });
});

describe('Who leaves a call that goes on', () => {
  test('has the entry then, and the others have theirs at the end', async () => {
    const world = await opened();
    const { house, pbx } = world;
    const { ann, bob } = answeredCall(world);
    const cid = channelOf('1003', '3', '1');
    house.clock.pass(10 * SECOND);
    pbx.hangsUp(ann);
    pbx.calls({ ...bob, exten: '1003' }, cid);
    pbx.answers(bob, cid);
    house.clock.pass(3 * SECOND);
    expect(inWords(house)).toEqual(['1001 out answered 1002']);
    expect(house.open.at(-1)).toMatchObject({ id: '1', state: 'talking' });
    const { house: restarted } = await opened(Object.assign(new CallWatchHouse(), { channels: [] }), kept(house.open));
    expect(inWords(restarted)).toEqual(['1002 in answered 1001', '1003 in answered 1002']);
    house.clock.pass(10 * SECOND);
    pbx.hangsUp(bob);
    pbx.hangsUp(cid);
    expect(inWords(house)).toEqual(['1001 out answered 1002', '1002 in answered 1001', '1003 in answered 1002']);
    expect(house.entries.map(({ talk }) => talk)).toEqual([10, 23, 13]);
  });

  test('has not ended a call of the daemon: it goes on, also over a restart, until its owner has his entry', async () => {
    const { house, pbx } = await opened();
    house.watch.expect(ordered);
    const own = { ...channelOf('1001', '1', ordered.id), id: ordered.id };
    pbx.calls(undefined, own);
    pbx.rings(own);
    pbx.answers(undefined, own);
    const caller = { ...own, exten: '1002' };
    const bob = channelOf('1002', '2', ordered.id);
    pbx.calls(caller, bob);
    pbx.answers(caller, bob);
    house.clock.pass(30 * SECOND);
    pbx.hangsUp(bob);
    const moved = { ...own, exten: '1003' };
    const cid = channelOf('1003', '3', ordered.id);
    pbx.calls(moved, cid);
    pbx.answers(moved, cid);
    house.clock.pass(3 * SECOND);
    const ends = () =>
      house.news.flatMap((one) => (one.kind === 'ended' ? [[one.isOver, ...one.entries.map(entryInWords)]] : []));
    expect(ends()).toEqual([[false, '1002 in answered 1001']]);
    expect(house.news.at(-1)).toMatchObject({ kind: 'open', call: { id: ordered.id, state: 'talking' } });
    const { house: restarted } = await opened(new CallWatchHouse(), kept(house.open));
    expect(inWords(restarted)).toEqual(['1001 out answered 1002', '1003 in answered 1001']);
    pbx.hangsUp(cid);
    pbx.hangsUp(own);
    expect(ends().slice(1)).toEqual([[true, '1001 out answered 1002', '1003 in answered 1001']]);
  });

  test('is not told of when everybody hangs up', async () => {
    const world = await opened();
    const { house, pbx } = world;
    const { ann, bob } = answeredCall(world);
    pbx.hangsUp(ann);
    house.clock.pass(SECOND);
    pbx.hangsUp(bob);
    house.clock.pass(10 * SECOND);
    expect(house.news.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
  });
});

test('A call whose phones are gone has ended, although Asterisk lets its Local channels stand', async () => {
  const { house, pbx } = await opened();
  house.watch.expect({ ...ordered, owner: '1005' });
  const way = { ...channelOf('1005', '1', 'rollcall-1'), id: 'rollcall-1', channel: 'Local/s@dial-1;1' };
  const half = { ...way, id: 'rollcall-1;2', channel: 'Local/s@dial-1;2' };
  pbx.calls(undefined, way);
  pbx.dials(half, 's');
  const desk = channelOf('1005', '2', 'rollcall-1');
  pbx.calls(half, desk);
  pbx.up(desk);
  pbx.hangsUp(desk, 20);
  house.clock.pass(SECOND);
  expect(house.entries).toEqual([]);
  house.clock.pass(2 * SECOND);
  expect(inWords(house)).toEqual(['1005 out failed 1002', '1002 in missed 1005']);
  const told = house.news.length;
  pbx.up(half);
  pbx.hangsUp(half);
  pbx.hangsUp(way);
  house.clock.pass(10 * SECOND);
  expect(house.news).toHaveLength(told);
});

describe('What nobody should send', () => {
  test('is counted and changes nothing', async () => {
    const world = await opened();
    const { house, pbx } = world;
    const { ann, bob } = answeredCall(world);
    const before = JSON.stringify(house.open.at(-1));
    const long = 'x'.repeat(100_000);
    const hostile: readonly Record<string, unknown>[] = [
      { Event: 'Newchannel' },
      { Event: 'Newchannel', Uniqueid: long, Linkedid: '9', Channel: 'PJSIP/1001-1' },
      { Event: 'Newchannel', Uniqueid: {}, Linkedid: [], Channel: 7 },
      { Event: 'Newstate', Uniqueid: '2', Linkedid: '1' },
      { Event: 'DialBegin', Uniqueid: '1', Linkedid: '1', Channel: ann.channel },
      { Event: 'DialEnd', DestUniqueid: '2', DestLinkedid: '1', DestChannel: bob.channel },
      { Event: 'DialState', DialStatus: 'RINGING' },
      { Event: 'Hangup', Uniqueid: '1', Linkedid: '1', Channel: ann.channel, Cause: 'soon' },
      { Event: 'HangupRequest', Channel: ann.channel },
      { Event: 'Cdr', Destination: '1003' },
    ];
    for (const event of hostile) house.emit(event);
    expect(house.watch.counters).toMatchObject({ dropped: hostile.length, calls: 1 });
    for (const id of ['__proto__', 'constructor', 'toString']) {
      pbx.hangsUp(channelOf('1001', id));
      house.emit({ Event: 'Cdr', UniqueID: id, LinkedID: id, Destination: '1003' });
      house.emit({ Event: 'NewCallerid', Uniqueid: id, 'CID-CallingPres': 'Prohibited' });
    }
    house.emit({ Event: ['DialEnd'], Uniqueid: ['1'], ActionID: 'x' });
    house.clock.pass(SECOND);
    expect(JSON.stringify(house.open.at(-1))).toBe(before);
    pbx.hangsUp(bob);
    pbx.hangsUp(ann);
    expect(inWords(house)).toEqual(['1001 out answered 1002', '1002 in answered 1001']);
  });

  test('numbers and names of any length, and names of objects as ids, are taken within limits', async () => {
    const { house, pbx } = await opened();
    const eve = { ...channelOf('PJSIP/trunk', '__proto__'), number: '9'.repeat(500) };
    pbx.hangsUp(pbx.dials(eve, '1002', '\u0007Eve\n'.repeat(400)), 20);
    await turns();
    expect(inWords(house)).toEqual(['1002 in missed (withheld)']);
    expect(house.entries[0]?.presented).toMatch(/^(Eve ?)+$/);
    expect(house.entries[0]?.presented?.length).toBeLessThanOrEqual(127);
  });

  test('more calls than there may be are refused, reported once, and what ended makes room', async () => {
    const { house, pbx } = await opened(new CallWatchHouse({ ...someExtensions() }));
    const first = pbx.dials(channelOf('1001', '0'), '1002');
    for (let i = 1; i <= 10_001; i += 1) pbx.dials(channelOf('PJSIP/trunk', String(i)), '5');
    expect(house.watch.counters).toMatchObject({ calls: 10_000, refused: 2 });
    expect(house.reports).toEqual(['calls.too_many']);
    pbx.hangsUp(first, 17);
    await turns();
    pbx.dials(channelOf('1003', '20000'), '1004');
    expect(house.watch.counters).toMatchObject({ calls: 10_000, refused: 2 });
    expect(house.open.at(-1)?.id).toBe('20000');
  });

  test('more channels of a call than there may be are refused', async () => {
    const { house, pbx } = await opened();
    const ann = pbx.dials(channelOf('1001', '0'), '650');
    for (let i = 1; i <= 300; i += 1) pbx.calls(ann, channelOf('1002', String(i), '0'));
    for (let i = 1; i <= 300; i += 1) pbx.dials({ ...ann, id: '0' }, String(i));
    expect(house.watch.counters).toMatchObject({ calls: 1 });
    expect(house.watch.counters.refused).toBeGreaterThan(0);
    house.clock.pass(SECOND);
    expect(JSON.stringify(house.open.at(-1)).length).toBeLessThan(60_000);
  });
});
