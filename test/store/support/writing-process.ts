// A process that writes to the store of the folder it is given until it is killed, and says on stdout what was acknowledged:
// `open`, `c <id> <n> <rev>` for a commit, `n <id> <n> <rev>` for a note that is a turn old.
import { writeSync } from 'node:fs';
import type { Clock } from '../../../src/service/clock.ts';
import { openFilesStore } from '../../../src/store/files/files-store.ts';

/** A hundred times as fast, so that syncs of notes and snapshots for removals come often. */
const fastClock: Clock = {
  now: () => Date.now() * 100,
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms / 100);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const [folder = ''] = process.argv.slice(2);
/** Hands the line over before it returns, however slowly it is read. */
function say(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const store = await openFilesStore({ folder, clock: fastClock, report: () => undefined });
say('open');
const start = Math.max(0, ...[...store.all('users'), ...store.all('presence')].map(({ value }) => numberOf(value)));

function numberOf(value: object): number {
  return 'n' in value && typeof value.n === 'number' ? value.n : 0;
}

async function commits(writer: number): Promise<void> {
  for (let n = start + 1; ; n += 1) {
    const id = `${writer}`;
    const spare = { table: 'logins', id: `${writer} ${n % 3}`, value: n % 2 === 0 ? null : { n } } as const;
    const rev = await store.commit([{ table: 'users', id, value: { n, text: 'x'.repeat(1500) } }, spare]);
    say(`c ${id} ${n} ${rev}`);
  }
}

async function notes(): Promise<void> {
  for (let n = start + 1; ; n += 1) {
    const id = `${n % 5}`;
    const rev = store.note([{ table: 'presence', id, value: { n } }]);
    await turn();
    say(`n ${id} ${n} ${rev}`);
  }
}

await Promise.all([...[1, 2, 3, 4, 5, 6].map(commits), notes()]);
