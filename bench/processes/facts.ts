// The daemon's AMI intake alone: link, guard, asterisk-manager and facts, told to nobody.
import { tmpdir } from 'node:os';
import { openLink } from '../../src/pbx/ami/link.ts';
import { openPbx } from '../../src/pbx/pbx.ts';
import { systemClock } from '../../src/service/clock.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { aboutThisProcess, answering } from '../support/child.ts';
import { untilCount } from '../support/count.ts';
import type { OursOptions } from '../support/side.ts';

const { ami } = JSON.parse(process.argv[2] ?? '{}') as OursOptions;
if (!ami) throw new Error('an Asterisk is missing');
const report = () => undefined;
const { settings } = loadSettings({ config: undefined, env: {}, cwd: tmpdir() });
const link = openLink(ami, { clock: systemClock, report, random: Math.random });
const pbx = openPbx({ link, settings: settings.pbx, clock: systemClock, report });
const snapshot = new Promise<void>((resolve) => {
  pbx.subscribe((update) => update.kind === 'snapshot' && resolve());
});
pbx.start();
link.start();
await snapshot;

const events = () => link.counters.events;
answering({ ...aboutThisProcess, events, untilEvents: untilCount(events) });
