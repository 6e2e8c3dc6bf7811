// The daemon on duty stands still for a while, as a machine that is suspended does, and goes on when another has its duty.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type ChosenStatus, choose } from '../../../src/domain/status.ts';
import { systemClock as clock } from '../../../src/service/clock.ts';
import type { ExtensionFacts } from '../../../src/service/pbx-port.ts';
import type { Store } from '../../../src/service/store.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import { openPresence } from '../../support/duty-house.ts';
import { FakePbx } from '../../support/fake-pbx.ts';
import { newDatabase, urlOf, useServer } from './support/database.ts';

useServer();

/** A process with a board that has the duty. */
async function boardProcess(url: string) {
  const script = fileURLToPath(new URL('./support/board-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, url, 'a'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  expect(await line()).toBe('there true');
  return {
    ...{ line, kill: () => child.kill('SIGKILL') },
    tell: (text: string) => child.stdin.write(`${text}\n`),
    stands: (isStill: boolean) => child.kill(isStill ? 'SIGSTOP' : 'SIGCONT'),
  };
}

/** Resolves when the store is like this. */
function seen(store: Store, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo()) return;
      stop();
      resolve();
    };
    const stop = store.subscribe(look);
    look();
  });
}

interface Status {
  readonly chosen: ChosenStatus;
  readonly places: { readonly blocked: boolean };
}

test('what was chosen while the daemon on duty stood still is there when it goes on, and the PBX gets no order of it', async () => {
  const url = urlOf(await newDatabase());
  const a = await boardProcess(url);
  const parts = { url, connections: 5, daemon: 'b', site: '', isDaemon: true, clock, lastDigits: 7 };
  const report = (): void => undefined;
  const { store, cluster, close } = await openPostgres({ ...parts, report });
  try {
    const status = (): Status | undefined => store.get('statuses', '1001')?.value as Status | undefined;
    cluster.setPbx(true);
    const until = Date.now() + 8000;
    a.tell(`dnd ${new Date(until).toISOString()}`);
    const facts = JSON.parse((await a.line()).slice('set '.length)) as ExtensionFacts;
    await seen(store, () => status()?.places.blocked === true);
    a.stands(true);
    const takenOver = new Promise<void>((resolve) => cluster.siteDuty.subscribe((isHeld) => isHeld && resolve()));
    await takenOver;
    expect(Date.now()).toBeGreaterThan(until);
    const pbx = new FakePbx();
    pbx.obedient = true;
    pbx.put(facts);
    const board = openPresence({ store, cluster, clock, report }).newBoard(pbx);
    const started = board.start(100);
    pbx.snapshot();
    await started;
    const { onPbx } = await board.change('1001', (chosen) => choose(chosen, { status: 'do_not_disturb' }));
    await onPbx;
    pbx.takeOrders();
    const before = status()?.chosen;
    a.stands(false);
    expect(await a.line()).toBe('site false');
    a.tell('mark');
    await seen(store, () => store.get('upkeep', 'mark') !== undefined);
    expect([status()?.chosen, pbx.takeOrders()]).toEqual([before, []]);
    board.stop();
  } finally {
    a.kill();
    await close();
  }
}, 120_000);
