// Whether Asterisk's events reach us: no action tells what an AMI user may read, so a lamp that no hint has is switched and
// its event waited for.
import { AmiError, type Link } from '../../pbx/ami/link-port.ts';
import { header } from '../../pbx/ami/message.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const DEVICE = 'Custom:rollcall-check';
const TOPIC = 'events';
const WAIT_MS = 3_000;

/** Switches the lamp on and off and says whether that was heard. Needs the action Setvar. Rejects with AmiError `away`. */
export async function hearsEvents(link: Link, waitMs = WAIT_MS): Promise<boolean> {
  let stop: () => void = () => undefined;
  const heard = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), waitMs);
    const unsubscribe = link.subscribe((event) => {
      const ours = event.kind === 'event' && event.name === 'DeviceStateChange';
      if (ours && header(event.message, 'device') === DEVICE) resolve(true);
    });
    stop = () => {
      clearTimeout(timer);
      unsubscribe();
    };
  });
  try {
    for (const Value of ['INUSE', 'UNAVAILABLE']) {
      await link.action({ Action: 'Setvar', Variable: `DEVICE_STATE(${DEVICE})`, Value }).catch(unlessRefused);
    }
    return await heard;
  } finally {
    stop();
  }
}

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

function unlessRefused(error: unknown): void {
  if (!(error instanceof AmiError && error.kind === 'refused')) throw error;
}
