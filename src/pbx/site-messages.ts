// Chat between the phones of a PBX whose numbers have the digits of their site in front everywhere else, and those who know extensions
// by id.
import type { PbxMessages } from '../service/messages-port.ts';
import type { SiteNumbers } from '../service/site-numbers.ts';

/** The same messages without a prefix. The PBX takes what is written to an extension of another site under its id. */
export function siteMessages(messages: PbxMessages, numbers: SiteNumbers): PbxMessages {
  if (!numbers.hasPrefix) return messages;
  return {
    send: ({ from, fromName, to, text }) => {
      const sender = numbers.numberIfOwn(from);
      const name = fromName === from ? sender : fromName;
      return messages.send({ from: sender, fromName: name, to: numbers.numberOf(to), text });
    },
    subscribe: (listener) =>
      messages.subscribe(({ from, to, text }) => listener({ from: numbers.idOf(from), to: numbers.idIfOwn(to), text })),
    onReachable: (listener) => messages.onReachable((extension) => listener(numbers.idOf(extension))),
  };
}
