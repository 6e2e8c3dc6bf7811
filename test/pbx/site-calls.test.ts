import { describe, expect, test } from 'vitest';
import type { CallEntry } from '../../src/domain/call.ts';
import { siteCalls, siteDialer } from '../../src/pbx/site-calls.ts';
import { siteMessages } from '../../src/pbx/site-messages.ts';
import type { CallNews, DialledCall, OpenCall } from '../../src/service/calls-port.ts';
import { FakeCalls, FakeMessages } from '../support/fake-calls.ts';
import { parisAndBerlin } from '../support/sites.ts';

const { paris, berlin } = parisAndBerlin();

const dialled = (owner: string, number: string): DialledCall => ({ id: 'rollcall-1', owner, number, at: 5 });
const open = (call: DialledCall): OpenCall => ({ id: '17.1', dialled: call, state: 'phone', memory: { story: 1 } });

function entry(owner: string, number: string, more: object = {}): CallEntry {
  const when = { call: '17.1', at: 5, ring: 1, talk: 2 };
  return { ...when, owner, number, direction: 'in', disposition: 'answered', ...more };
}

/** What is heard of a PBX that tells this. */
function heard(...told: readonly CallNews[]): CallNews[] {
  const calls = new FakeCalls();
  const news: CallNews[] = [];
  const stop = siteCalls(calls, paris).subscribe((one) => news.push(one));
  calls.tell(...told);
  stop();
  calls.tell(...told);
  return news;
}

describe('Calls of a PBX with digits in front of its numbers', () => {
  test('are told with the ids of those who took part', () => {
    const entries = [entry('1001', '1002'), entry('1002', '2001'), entry('1002', '02079460000')];
    expect(heard({ kind: 'ended', id: '17.1', entries, isOver: true })).toEqual([
      {
        ...{ kind: 'ended', id: '17.1', isOver: true },
        entries: [entry('31001', '31002'), entry('31002', '2001'), entry('31002', '02079460000')],
      },
    ]);
  });

  test('leave the number that a caller from outside shows as it is', () => {
    const entries = [entry('1001', '1002', { outside: true })];
    expect(heard({ kind: 'ended', id: '17.1', entries, isOver: false })).toEqual([
      { kind: 'ended', id: '17.1', isOver: false, entries: [entry('31001', '1002', { outside: true })] },
    ]);
  });

  test('that were dialled by a user are his, and come back as they went', () => {
    const calls = new FakeCalls();
    const site = siteCalls(calls, paris);
    site.expect(dialled('31001', '31002'));
    site.restore([open(dialled('31001', '020 7946 0000'))]);
    site.giveUp('rollcall-1', 'phone_busy');
    expect([calls.expected, calls.restored, calls.givenUp]).toEqual([
      [dialled('1001', '1002')],
      [open(dialled('1001', '020 7946 0000'))],
      [['rollcall-1', 'phone_busy']],
    ]);
    expect(heard({ kind: 'open', call: open(dialled('1001', '1002')) })).toEqual([
      { kind: 'open', call: open(dialled('31001', '31002')) },
    ]);
  });

  test('tell of the PBX itself what they are told', () => {
    const news: CallNews[] = [
      { kind: 'watching', at: 1 },
      { kind: 'open', call: { id: '17.2', state: 'ringing', memory: {} } },
      { kind: 'away', at: 2 },
    ];
    expect(heard(...news)).toEqual(news);
  });

  test('ring the phone that the PBX has of a user, under his name or his number there', async () => {
    const calls = new FakeCalls();
    calls.phones = new Set(['1001']);
    const dialer = siteDialer(calls, paris);
    expect([dialer.hasPhone('31001'), await dialer.findPhone('31002'), await dialer.canDial('31001', '1002')]).toEqual([
      true,
      false,
      true,
    ]);
    const order = { call: dialled('31001', '31002'), dialString: '1002', ringSeconds: 30 };
    await dialer.dial({ ...order, name: 'Ann' });
    await dialer.dial({ ...order, name: '31001' });
    const sent = { call: dialled('1001', '1002'), dialString: '1002', ringSeconds: 30 };
    expect(calls.orders).toEqual([
      { ...sent, name: 'Ann' },
      { ...sent, name: '1001' },
    ]);
  });
});

describe('Messages at phones of a PBX with digits in front of its numbers', () => {
  test('go to the number that it has, from an own one by its number and from others by their id', async () => {
    const messages = new FakeMessages();
    messages.takers.add('1002');
    const site = siteMessages(messages, paris);
    expect(await site.send({ from: '31001', fromName: 'Ann', to: '31002', text: 'a' })).toBe(true);
    expect(await site.send({ from: '31001', fromName: '31001', to: '31001', text: 'b' })).toBe(false);
    await site.send({ from: '2001', fromName: '', to: '31002', text: 'c' });
    expect(messages.sent).toEqual([
      { from: '1001', fromName: 'Ann', to: '1002', text: 'a' },
      { from: '1001', fromName: '1001', to: '1001', text: 'b' },
      { from: '2001', fromName: '', to: '1002', text: 'c' },
    ]);
  });

  test('come with ids', async () => {
    const messages = new FakeMessages();
    const site = siteMessages(messages, paris);
    const written: unknown[] = [];
    const reached: string[] = [];
    site.subscribe(async (message) => written.push(message) > 0);
    site.onReachable((extension) => reached.push(extension));
    await messages.write({ from: '1001', to: '1002', text: 'a' });
    await messages.write({ from: '1001', to: '2001', text: 'b' });
    messages.reach('1002');
    expect([written, reached]).toEqual([
      [
        { from: '31001', to: '31002', text: 'a' },
        { from: '31001', to: '2001', text: 'b' },
      ],
      ['31002'],
    ]);
  });
});

describe('A PBX without digits in front of its numbers', () => {
  test('is what it was, without anything in between', () => {
    const calls = new FakeCalls();
    const messages = new FakeMessages();
    expect(siteCalls(calls, berlin)).toBe(calls);
    expect(siteDialer(calls, berlin)).toBe(calls);
    expect(siteMessages(messages, berlin)).toBe(messages);
  });
});
