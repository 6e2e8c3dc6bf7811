// Whether Asterisk's events reach us, as one line of `rollcall check`.
import { type Finding, fail, ok, warn } from './finding.ts';

const TOPIC = 'events';

/** `seesBoot` is false when the AMI user cannot know whether Asterisk has booted. */
export function checkEvents(heard: boolean, seesBoot: boolean, username: string): Finding {
  if (!heard) {
    const text = `${username} hears of no state change: set read=call,cdr,user,system in its section of manager.conf and look at its eventfilter lines`;
    return fail(TOPIC, text);
  }
  if (!seesBoot) {
    return warn(
      TOPIC,
      `${username} cannot see when Asterisk has booted: add system to read= in its section of manager.conf`,
    );
  }
  return ok(TOPIC, 'state changes arrive');
}
