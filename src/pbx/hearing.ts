// Whether Asterisk's events reach us: no action tells what an AMI user may read, so a device that no hint has is switched
// and its event waited for.
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';
import { AmiError, type Link } from './ami/link-port.ts';
import { header } from './ami/message.ts';

const DEVICE = 'Custom:rollcall-check';
const WAIT_MS = 3_000;

export interface HearingDeps {
  readonly link: Link;
  readonly clock: Clock;
  readonly waitMs?: number;
}

/**
 * Switches the device on and off and says whether that was heard; undefined when the AMI user may not switch it. Rejects
 * with AmiError `away` or `timeout`.
 */
export async function hearsEvents({ link, clock, waitMs = WAIT_MS }: HearingDeps): Promise<boolean | undefined> {
  let stop: () => void = () => undefined;
  const heard = new Promise<boolean>((resolve) => {
    const cancel = clock.after(waitMs, () => resolve(false));
    const unsubscribe = link.subscribe((event) => {
      const ours = event.kind === 'event' && event.name === 'DeviceStateChange';
      if (ours && header(event.message, 'device') === DEVICE) resolve(true);
    });
    stop = () => {
      cancel();
      unsubscribe();
    };
  });
  try {
    for (const Value of ['INUSE', 'UNAVAILABLE']) {
      await link.action({ Action: 'Setvar', Variable: `DEVICE_STATE(${DEVICE})`, Value });
    }
    return await heard;
  } catch (error) {
    if (error instanceof AmiError && error.kind === 'refused') return undefined;
    throw error;
  } finally {
    stop();
  }
}

/** Asks after each log-in and reports a link that hears nothing: all that is shown would be stale without a word. */
export function watchHearing(deps: HearingDeps & { readonly report: Report }): () => void {
  return deps.link.subscribe((event) => {
    if (event.kind !== 'up') return;
    hearsEvents(deps).then(
      (hears) => {
        if (hears === false) deps.report('pbx.deaf');
      },
      () => undefined, // the link went away meanwhile, and is asked again when it is back
    );
  });
}
