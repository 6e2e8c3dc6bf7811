// Whether the number of a caller may be shown. No event says so: those of calls have a withheld number, too.
import type { Link } from '../ami/link-port.ts';
import { header } from '../ami/message.ts';

/** False as well when it cannot be known: the call has ended already, or the AMI user may not ask. Never rejects. */
export async function isWithheld(link: Link, channel: string): Promise<boolean> {
  try {
    const answer = await link.action({ Action: 'Getvar', Channel: channel, Variable: 'CALLERID(num-pres)' });
    return header(answer, 'value')?.startsWith('prohib') ?? false;
  } catch {
    return false; // said above
  }
}
