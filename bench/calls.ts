// Many calls at once through a real Asterisk 22 whose dialplan asks the daemon who is calling, beside the same calls without
// asking. Asterisk itself takes the time of each.
import { openAmi } from '../test/lab/ami.ts';
import { startAsterisk } from '../test/lab/asterisk.ts';
import { freePorts } from '../test/lab/ports.ts';
import { connect } from '../test/support/client.ts';
import { type Daemon, startDaemon } from '../test/support/daemon.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, percentile, printRatio, printValue } from './support/figures.ts';

const PASSWORD = 'correct horse';

/** Ways to ask, and none. */
const WAYS = {
  plain: '',
  FastAGI: ' same => n,Gosub(rollcall-callerid,s,1(1001))\n',
  HTTP: ' same => n,Gosub(rollcall-callerid-http,s,1(1001))\n',
};
type Way = keyof typeof WAYS;

const dialplan = (agi: number, http: number) =>
  `[bench-calls]\n${Object.entries(WAYS)
    .map(
      ([way, ask]) => `exten => ${way},1,Set(BEGUN=\${STRFTIME(,,%s%3q)})
 same => n,Set(ROLLCALL_AGI=127.0.0.1:${agi})
 same => n,Set(ROLLCALL_HTTP=http://127.0.0.1:${http}/lookup)
${ask} same => n,UserEvent(BenchCall,Way: ${way},Took: $[\${STRFTIME(,,%s%3q)} - \${BEGUN}],Name: \${CALLERID(name)})
 same => n,Hangup()
`,
    )
    .join('')}`;

export const calls: Benchmark = {
  name: 'calls',
  usage: '[CALLS [ROUNDS]]',
  what: 'simultaneous calls that ask who is calling, through a real Asterisk',
  async run([atOnce = 200, rounds = 10]) {
    const [agi = 0, http = 0] = await freePorts(2);
    const asterisk = await startAsterisk({ version: '22', dialplan: dialplan(agi, http) });
    const ami = { host: '127.0.0.1', port: asterisk.amiPort, ...asterisk.users.daemon };
    const lookup = { agi: { port: agi }, http: { port: http } };
    const daemon = await startDaemon({ settings: { lookup, pbx: { ami } } });
    await addContacts(daemon, atOnce);
    const console = await openAmi(asterisk, 'daemon');
    const took: Record<Way, number[]> = { plain: [], FastAGI: [], HTTP: [] };
    const named: Record<Way, number> = { plain: 0, FastAGI: 0, HTTP: 0 };
    for (let round = -1; round < rounds; round++) {
      for (const way of Object.keys(WAYS) as Way[]) {
        console.forget();
        let ended = 0;
        const all = console.next(({ UserEvent, Way }) => {
          if (UserEvent === 'BenchCall' && Way === way) ended += 1;
          return ended === atOnce;
        }, 60_000);
        for (let i = 0; i < atOnce; i++) {
          const exten = `Channel: Local/${way}@bench-calls/n\r\nApplication: Wait\r\nData: 10`;
          console.raw(`Action: Originate\r\n${exten}\r\nCallerID: "" <${numberOf(i)}>\r\nAsync: true\r\n\r\n`);
        }
        await all;
        if (round < 0) continue;
        for (const event of console.seen({ Event: 'UserEvent', UserEvent: 'BenchCall', Way: way })) {
          took[way].push(Number(event['Took']));
          if (event['Name']?.startsWith('Bench')) named[way] += 1;
        }
      }
    }
    console.close();
    await daemon.dispose();
    await asterisk.dispose();
    for (const way of ['FastAGI', 'HTTP'] as const) {
      for (const [name, share] of [['p50', 0.5] as const, ['p99', 0.99] as const]) {
        const what = `${atOnce} calls at once by ${way}, until the phone would ring, ${name}`;
        printValue(what, percentile(took[way], share), 'ms', { most: 2_000 });
      }
      const wanted = { ours: named[way], floor: rounds * atOnce, unit: 'calls', floorName: 'all' };
      printRatio({ what: `named by ${way}`, ...wanted, goal: { least: 1 } });
    }
    printValue('without asking, p50', median(took.plain), 'ms');
  },
};

const numberOf = (i: number): string => `0207946${String(1_000 + i).padStart(4, '0')}`;

async function addContacts(daemon: Daemon, count: number): Promise<void> {
  await daemon.user('1001', PASSWORD);
  const client = await connect(daemon.url);
  await client.open({ login: '1001', password: PASSWORD });
  for (let i = 0; i < count; i++) {
    const contact = { firstName: 'Bench', lastName: String(i), numbers: [{ type: 'other', number: numberOf(i) }] };
    await client.request('contacts.create', { book: 'personal', contact });
    // No faster than a client may.
    if (i % 40 === 39) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  client.cut();
}
