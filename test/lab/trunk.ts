// The outside world: calls that reach Asterisk over the lab's trunk, with whatever name and number they say.
//
//   const trunk = await plugIn('trunk', overTrunk);
//   trunk.shows = { name: 'Eve', number: '+442079460000' };
//   const call = trunk.dial('1001');                        in context lab-trunk, which hands on to internal
//   trunk.dial('1001', withheld('+442079460000'));          Asterisk knows the number, but nobody may be shown it
import type { PhoneOptions } from './phone.ts';
import type { HeaderLines } from './sip/message.ts';

export const overTrunk: PhoneOptions = { register: false, headers: ['X-Lab-Trunk: yes'] };

export function withheld(number: string): HeaderLines {
  return [`P-Asserted-Identity: <sip:${encodeURIComponent(number)}@127.0.0.1>`, 'Privacy: id'];
}
