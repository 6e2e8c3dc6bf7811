// Calls between a PBX whose numbers have the digits of their site in front everywhere else, and those who know extensions by id.
import type { CallNews, DialledCall, OpenCall, PbxCalls, PbxDialer } from '../service/calls-port.ts';
import { entryWithIds } from '../service/site-entries.ts';
import type { SiteNumbers } from '../service/site-numbers.ts';

/** The same calls without a prefix. */
export function siteCalls(calls: PbxCalls, numbers: SiteNumbers): PbxCalls {
  if (!numbers.hasPrefix) return calls;
  const up = (news: CallNews): CallNews => {
    if (news.kind === 'open') return { ...news, call: withDialled(news.call, (call) => upward(call, numbers)) };
    if (news.kind !== 'ended') return news;
    return { ...news, entries: news.entries.map((entry) => entryWithIds(entry, numbers)) };
  };
  return {
    restore: (open) => calls.restore(open.map((one) => withDialled(one, (call) => downward(call, numbers)))),
    subscribe: (listener) => calls.subscribe((news) => listener(up(news))),
    expect: (call) => calls.expect(downward(call, numbers)),
    giveUp: (id, reason) => calls.giveUp(id, reason),
  };
}

/** The same dialer without a prefix. What is dialled is given as the PBX knows it already. */
export function siteDialer(dialer: PbxDialer, numbers: SiteNumbers): PbxDialer {
  if (!numbers.hasPrefix) return dialer;
  return {
    hasPhone: (extension) => dialer.hasPhone(numbers.numberOf(extension)),
    findPhone: (extension) => dialer.findPhone(numbers.numberOf(extension)),
    canDial: (extension, dialString) => dialer.canDial(numbers.numberOf(extension), dialString),
    dial: ({ call, name, ...order }) => {
      const own = downward(call, numbers);
      // Who has no name is shown by his number.
      return dialer.dial({ ...order, call: own, name: name === call.owner ? own.owner : name });
    },
  };
}

function withDialled(open: OpenCall, map: (call: DialledCall) => DialledCall): OpenCall {
  return open.dialled ? { ...open, dialled: map(open.dialled) } : open;
}

function upward(call: DialledCall, numbers: SiteNumbers): DialledCall {
  return { ...call, owner: numbers.idOf(call.owner), number: numbers.idIfOwn(call.number) };
}

function downward(call: DialledCall, numbers: SiteNumbers): DialledCall {
  return { ...call, owner: numbers.numberOf(call.owner), number: numbers.numberIfOwn(call.number) };
}
