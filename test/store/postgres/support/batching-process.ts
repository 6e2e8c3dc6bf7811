// A process that writes batch after batch to the database of the URL it is given until it is killed: each writes the same contacts anew, in
// another book. Says on stdout `open`, `p` for progress, `s` for each slice told and `b <n>` for a batch that was acknowledged.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../../../src/service/clock.ts';
import { openPostgres } from '../../../../src/store/postgres/open.ts';
import { batchOf } from './batch-rows.ts';

const [url = '', rows = '0'] = process.argv.slice(2);
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const { store } = await openPostgres({
  ...{ url, connections: 5, daemon: randomUUID(), site: '', isDaemon: false },
  ...{ clock: systemClock, lastDigits: 7, report: () => undefined },
});
store.subscribe(({ writes: [first] }) => {
  if (first?.table === 'contacts') say('s');
});
say('open');
for (let n = 1 + ((store.get('imports', 'last')?.value as { n: number } | undefined)?.n ?? 0); ; n += 1) {
  await store.commitMany(batchOf(n, Number(rows)), [], () => say('p'));
  say(`b ${n}`);
}
