// What the end-to-end tests of calls share: extensions whose calls pass the shipped dialplan, an Asterisk that knows where
// the daemon listens, and what a called phone shows.
import type { LabAmi } from '../lab/ami.ts';
import type { LabExtension } from '../lab/asterisk.ts';
import type { Phone } from '../lab/phone.ts';
import type { Party } from '../lab/sip/message.ts';
import type { Daemon } from '../support/daemon.ts';

/** An extension with everything that the shipped dialplan does for its calls. */
export function served(number: string, name?: string): LabExtension {
  const steps = ['callerid', 'dnd', 'route'].map((context) => `Gosub(rollcall-${context},s,1(${number}))`);
  return { number, steps, ...(name === undefined ? {} : { name }) };
}

/** Asks for callers' names by HTTP at 8<extension>, and for nothing at 7<extension>. */
export function servedOtherwise(extensions: readonly LabExtension[]): string {
  const lines = extensions.map(
    ({ number }) => `exten => 8${number},1,Gosub(rollcall-callerid-http,s,1(${number}))
 same => n,Dial(PJSIP/${number},20)
exten => 7${number},1,Dial(PJSIP/${number},20)
`,
  );
  return `[internal](+)\n${lines.join('')}`;
}

/** The ways to ask, and what goes before a number that is called. */
export const waysToAsk = [
  ['FastAGI', ''],
  ['HTTP', '8'],
] as const;

/** Tells the dialplan where the daemon listens now. */
export async function introduce(ami: LabAmi, daemon: Daemon): Promise<void> {
  const from = daemon.logs.findLastIndex(({ event, url }) => event === 'listening' && url === daemon.url);
  const listening = (start: string) =>
    daemon.line(({ event, url }) => event === 'listening' && String(url).startsWith(start) && url !== daemon.url, {
      from: Math.max(0, from),
    });
  const [agi, http] = [await listening('agi:'), await listening('http:')];
  await ami.setvar('ROLLCALL_AGI', String(agi['url']).replace('agi://', ''));
  await ami.setvar('ROLLCALL_HTTP', String(http['url']));
}

/** What the called phone shows of a call, which is cancelled then. */
export async function shown(from: Phone, number: string, at: Phone, caller?: Party): Promise<Party | undefined> {
  from.shows = caller;
  const call = from.dial(number);
  const incoming = await at.calls.next();
  await call.hangup();
  return incoming.caller;
}

/** Milliseconds until a phone rings; the call is cancelled then. */
export async function untilItRings(phone: Phone, number: string): Promise<number> {
  const started = performance.now();
  const call = phone.dial(number);
  await call.until('ringing');
  const took = performance.now() - started;
  await call.hangup();
  return took;
}
