// A daemon with a board beside a PBX of its own, as a process that is stopped and goes on. Says `there true` with the duty, `site false` when it
// is lost; `dnd <iso>` on stdin sets do not disturb until then and is answered `set <facts>`, `mark` writes a row after all that it wrote before.
import { createInterface } from 'node:readline';
import { choose } from '../../../../src/domain/status.ts';
import { systemClock as clock } from '../../../../src/service/clock.ts';
import { openPostgres } from '../../../../src/store/postgres/open.ts';
import { openPresence } from '../../../support/duty-house.ts';
import { FakePbx, freshFacts } from '../../../support/fake-pbx.ts';

const [url = '', daemon = ''] = process.argv.slice(2);
const report = (): void => undefined;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { store, cluster } = await openPostgres({
  ...{ url, connections: 5, daemon, site: '', isDaemon: true, clock, lastDigits: 7, report },
});
cluster.setPbx(true);
const pbx = new FakePbx();
pbx.obedient = true;
pbx.put(freshFacts('1001'));
const board = openPresence({ store, cluster, clock, report }).newBoard(pbx);
cluster.siteDuty.subscribe((isHeld) => {
  if (!isHeld) board.stop();
  say(`site ${isHeld}`);
});
const started = board.start(100);
pbx.snapshot();
await started;
say(`there ${cluster.siteDuty.isHeld}`);

async function setDnd(until: string): Promise<void> {
  const { onPbx } = await board.change('1001', (chosen) => choose(chosen, { status: 'do_not_disturb', until }));
  await onPbx;
  say(`set ${JSON.stringify(pbx.facts('1001'))}`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [what, until = ''] = line.split(' ');
  if (what === 'dnd') void setDnd(until);
  else void store.commit([{ table: 'upkeep', id: 'mark', value: {} }]);
});
process.stdin.on('end', () => process.exit());
