// Sends a file as soon as the server takes it: while another import is going on, such as one that was cancelled here and is still
// being read there, it waits and tries again.
import type { ImportReport } from '../../../src/domain/contact-import.ts';
import type { Running } from './flow.ts';

export interface Sending {
  /** Rejects with ApiFailure; with reason `cancelled` after `cancel`. */
  readonly report: Promise<ImportReport>;
  readonly cancel: () => void;
}

const TRIES = 40;
const LONGEST_PAUSE_S = 3;

type Send = (tell: (running: Running) => void) => Sending;
type Pause = (seconds: number) => { readonly over: Promise<void>; readonly end: () => void };

/** `pause` ends its promise at once when it is ended. */
export function sendPatiently(send: Send, tell: (running: Running) => void, pause: Pause = timer): Sending {
  let cancelled = false;
  let stop = () => {};
  const run = async () => {
    for (let tries = 1; ; tries += 1) {
      const sending = send(tell);
      stop = sending.cancel;
      try {
        return await sending.report;
      } catch (thrown) {
        const { code, retryAfter = LONGEST_PAUSE_S } = thrown as { code?: number; retryAfter?: number };
        if (code !== 429 || tries >= TRIES || cancelled) throw thrown;
        tell({ sent: 0, queued: true });
        const waiting = pause(Math.min(Math.max(retryAfter, 1), LONGEST_PAUSE_S));
        stop = waiting.end;
        await waiting.over;
        if (cancelled) throw Object.assign(new Error('cancelled'), { code: 0, reason: 'cancelled', issues: [] });
      }
    }
  };
  return {
    report: run(),
    cancel: () => {
      cancelled = true;
      stop();
    },
  };
}

function timer(seconds: number): ReturnType<Pause> {
  let end = () => {};
  const over = new Promise<void>((done) => {
    const id = setTimeout(done, seconds * 1000);
    end = () => {
      clearTimeout(id);
      done();
    };
  });
  return { over, end: () => end() };
}
