// A daemon of cluster tests as a process of its own, with a real clock, to be killed or stopped: `node --import tsx cluster-process.ts <url> <name>`
// writes a line with each duty when it has it.
import { systemClock } from '../../src/service/clock.ts';
import { openCluster } from '../../src/store/postgres/cluster.ts';

const [, , url = '', daemon = ''] = process.argv;
const cluster = await openCluster({ url, daemon, site: '', clock: systemClock, report: () => undefined });
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
cluster.siteDuty.subscribe((isHeld) => say(`site ${isHeld}`));
cluster.subscribe(() => say(cluster.isConnected ? 'connected' : 'away'));
say(`there ${cluster.siteDuty.isHeld}`);
process.stdin.resume();
process.stdin.on('end', () => process.exit());
