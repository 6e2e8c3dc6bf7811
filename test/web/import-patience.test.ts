import { expect, test } from 'vitest';
import type { ImportReport } from '../../src/domain/contact-import.ts';
import type { Running } from '../../web/src/import/flow.ts';
import { type Sending, sendPatiently } from '../../web/src/import/patience.ts';

const REPORT = { id: 'done' } as ImportReport;
const refusal = (code: number, retryAfter?: number) => Object.assign(new Error('refused'), { code, retryAfter });

/** A server that answers with these, one after the other, the last one for ever. */
function server(...answers: (ImportReport | Error)[]) {
  const seen = { sent: 0, cancelled: 0 };
  const send = (): Sending => {
    const answer = answers[Math.min(seen.sent, answers.length - 1)];
    seen.sent += 1;
    const report = answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? REPORT);
    return { report, cancel: () => (seen.cancelled += 1) };
  };
  return { seen, send };
}

test('a file that is taken at once is sent once', async () => {
  const { seen, send } = server(REPORT);
  await expect(sendPatiently(send, () => {}).report).resolves.toBe(REPORT);
  expect(seen).toEqual({ sent: 1, cancelled: 0 });
});

test('while another import goes on it waits as long as the server asks for, within bounds, and is sent again', async () => {
  const { seen, send } = server(refusal(429, 2), refusal(429, 500), refusal(429, 0), REPORT);
  const told: Running[] = [];
  const pauses: number[] = [];
  const pause = (seconds: number) => {
    pauses.push(seconds);
    return { over: Promise.resolve(), end: () => {} };
  };
  await expect(sendPatiently(send, (running) => told.push(running), pause).report).resolves.toBe(REPORT);
  expect(pauses).toEqual([2, 3, 1]);
  expect(told).toEqual(Array(3).fill({ sent: 0, queued: true }));
  expect(seen.sent).toBe(4);
});

test('it does not wait for ever', async () => {
  const { seen, send } = server(refusal(429));
  const pause = () => ({ over: Promise.resolve(), end: () => {} });
  await expect(sendPatiently(send, () => {}, pause).report).rejects.toMatchObject({ code: 429 });
  expect(seen.sent).toBe(40);
});

test('another refusal is told at once', async () => {
  const { seen, send } = server(refusal(413), REPORT);
  await expect(sendPatiently(send, () => {}).report).rejects.toMatchObject({ code: 413 });
  expect(seen.sent).toBe(1);
});

test('cancelled while it waits, it is not sent again', async () => {
  const { seen, send } = server(refusal(429), REPORT);
  let waits = () => {};
  const waiting = new Promise<void>((told) => {
    waits = told;
  });
  const pause = () => {
    let end = () => {};
    const over = new Promise<void>((done) => {
      end = done;
    });
    waits();
    return { over, end: () => end() };
  };
  const sending = sendPatiently(send, () => {}, pause);
  await waiting;
  sending.cancel();
  await expect(sending.report).rejects.toMatchObject({ reason: 'cancelled' });
  expect(seen).toEqual({ sent: 1, cancelled: 0 });
});

test('cancelled while it is sent, the sending is given up', async () => {
  const seen = { cancelled: 0 };
  let fail = (_: Error) => {};
  const report = new Promise<ImportReport>((_, no) => {
    fail = no;
  });
  const send = (): Sending => ({
    report,
    cancel: () => {
      seen.cancelled += 1;
      fail(Object.assign(new Error('cancelled'), { code: 0, reason: 'cancelled' }));
    },
  });
  const sending = sendPatiently(send, () => {});
  sending.cancel();
  await expect(sending.report).rejects.toMatchObject({ reason: 'cancelled' });
  expect(seen.cancelled).toBe(1);
});
