// A process that writes batch after batch to the store of the folder it is given until it is killed: each writes the same
// contacts anew, in another book. Says on stdout `open`, `p` for progress, `t <id> <rev> <n>` for each row and slice told, `b <n>
// <rev>` for a batch and `c <n> <rev>` for a commit that was acknowledged.
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src/service/clock.ts';
import type { Store, Write } from '../../../src/service/store.ts';
import { openFilesStore } from '../../../src/store/files/files-store.ts';

const [folder = '', rows = '0'] = process.argv.slice(2);

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

const counted = (store: Store, table: 'imports' | 'users'): number =>
  (store.get(table, 'last')?.value as { n: number } | undefined)?.n ?? 0;

async function batches(store: Store): Promise<void> {
  for (let n = counted(store, 'imports') + 1; ; n += 1) {
    const writes = Array.from({ length: Number(rows) }, (_, id): Write => {
      const fields = { lastName: `Batch ${n}`, numbers: [], remark: 'x'.repeat(100) };
      return { table: 'contacts', id: `${id}`, value: { book: `book ${n % 2}`, n, fields, keys: [] } };
    });
    const done: Write = { table: 'imports', id: 'last', value: { n } };
    const rev = await store.commitMany([...writes, done], [], () => say('p'));
    say(`b ${n} ${rev}`);
  }
}

async function commits(store: Store): Promise<void> {
  for (let n = counted(store, 'users') + 1; ; n += 1) {
    const rev = await store.commit([{ table: 'users', id: 'last', value: { n } }]);
    say(`c ${n} ${rev}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const store = await openFilesStore({ folder, clock: systemClock, report: () => undefined });
store.subscribe(({ rev, writes }) => {
  const [first] = writes;
  if (first?.table === 'contacts') say(`t ${first.id} ${rev} ${(first.value as { n: number }).n}`);
});
say('open');
await Promise.all([batches(store), commits(store)]);
