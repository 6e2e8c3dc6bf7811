// The dialplan when the daemon is not well: whatever it asks, by FastAGI or HTTP, calls go on within two seconds.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LabAmi, type LabMessage, openAmi, type Pattern } from '../lab/ami.ts';
import { putKey } from '../lab/astdb.ts';
import type { Phone } from '../lab/phone.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import { type BadListener, cutsOff, frozen, goesOn, listener, nobody } from '../support/bad-listener.ts';
import { untilItRings } from './call-house.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Milliseconds that a call may be held, and what a busy machine adds to that. */
const HELD = 2000;
const MARGIN = 700;

const agi = 'Gosub(rollcall-callerid,s,1(1002))';
const http = 'Gosub(rollcall-callerid-http,s,1(1002))';
const curl = ['conntimeout', 'httptimeout', 'failurecodes'].map((option) => `\u0024{CURLOPT(${option})}`).join('/');
const after = {
  Limit: '\u0024{TIMEOUT(absolute)}',
  Agi: '\u0024{AGIEXITONHANGUP}\u0024{AGISIGHUP}\u0024{AGISTATUS}',
  Curl: `\u0024{STRREPLACE(CURL_IS,\\,,+)}`,
};
const told = `UserEvent(Asked,${Object.entries(after).map(([name, value]) => `${name}: ${value}`)})`;

/** What each of these numbers does before the phone of 1002 rings. */
const ways: Readonly<Record<string, readonly string[]>> = {
  '501': [agi],
  '502': [http],
  '503': ['Gosub(nested,s,1(1))'],
  '504': ['Set(TIMEOUT(absolute)=6)', 'Gosub(nested,s,1(1))'],
  '505': ['Set(TIMEOUT(absolute)=1)', agi],
  '506': ['Set(TIMEOUT(absolute)=1)', http],
  '507': ['Set(CURLOPT(httptimeout)=7)', 'Set(CURLOPT(conntimeout)=3)', 'Set(CURLOPT(failurecodes)=404,418)', http],
  '508': ['Set(AGISIGHUP=no)', agi],
  '509': ['Gosub(rollcall-dnd,s,1(1003,favorites))'],
  '511': [agi, http, agi],
  '512': [http, agi],
  '513': [agi, 'Gosub(rollcall-dnd,s,1(1003,favorites))'],
  '510': ['Gosub(rollcall-route,s,1(1002))'],
};

function lines(number: string): string {
  const steps = [...(ways[number] ?? []), `Set(CURL_IS=${curl})`, told, 'Dial(PJSIP/1002,20)'];
  return steps.map((step, i) => (i === 0 ? `exten => ${number},1,${step}` : ` same => n,${step}`)).join('\n');
}

const dialplan = `
[nested]
exten => s,1,GotoIf($[\u0024{ARG1} = 3]?ask)
 same => n,Gosub(nested,s,1($[\u0024{ARG1} + 1]))
 same => n,Return()
 same => n(ask),${agi}
 same => n,Return()
[internal](+)
${Object.keys(ways).map(lines).join('\n')}
exten => h,1,UserEvent(Ended)
exten => T,1,UserEvent(Late)
`;

const troubles: Readonly<Record<string, () => Promise<BadListener>>> = {
  'is not there': nobody,
  'takes the connection and says nothing': listener,
  'is cut off in the middle of a request': cutsOff,
  'never comes to an end': goesOn,
  'is stopped': frozen,
  'is stopped, and takes no more connections': () => frozen({ full: true }),
};

describe.each(labVersions)('Asterisk %s asking a daemon that is not well', (version) => {
  const lab = withAsterisk({ version, dialplan });
  const plugIn = withPhones(lab);
  let ami: LabAmi;
  beforeAll(async () => {
    ami = await openAmi(lab());
  });
  afterAll(() => ami.close());

  async function meanwhile<T>(open: () => Promise<BadListener>, work: () => Promise<T>): Promise<T> {
    const bad = await open();
    try {
      await ami.setvar('ROLLCALL_AGI', `127.0.0.1:${bad.port}`);
      await ami.setvar('ROLLCALL_HTTP', `http://127.0.0.1:${bad.port}/lookup`);
      ami.forget();
      return await work();
    } finally {
      await bad.close();
    }
  }

  async function twoPhones(): Promise<Phone> {
    await plugIn('1002', { behaviour: 'ring' });
    return plugIn('1001');
  }

  const asked = () => ami.seen({ UserEvent: 'Asked' });

  test.each(Object.keys(troubles))('lets calls ring on both ways, refuses and routes when it %s', async (trouble) => {
    const ann = await twoPhones();
    await putKey(lab(), 'DND', '1003', 'YES');
    await meanwhile(troubles[trouble] ?? nobody, async () => {
      const refused = timed(async () => {
        const calls = await Promise.all([ann.call('509'), ann.call('513')]);
        expect(calls.map(({ status }) => status)).toEqual([486, 486]);
      });
      const took = await Promise.all([
        ...['501', '502', '503', '511', '512'].map((number) => untilItRings(ann, number)),
        refused,
      ]);
      expect(took.filter((one) => one > HELD + MARGIN)).toEqual([]);
      expect(await untilItRings(ann, '510')).toBeLessThan(MARGIN);
    });
    // nothing is left behind on the channel
    const clean = ['0', ''];
    await expect
      .poll(() => asked().map(({ Limit, Agi }) => [Limit, Agi]))
      .toEqual([...Array.from({ length: 6 }, () => clean)]);
  });

  test('lets forty calls at once ring when it says nothing', async () => {
    const ann = await twoPhones();
    await meanwhile(listener, async () => {
      const all = Array.from({ length: 40 }, (_, i) => untilItRings(ann, i % 2 === 0 ? '501' : '502'));
      const took = await Promise.all(all);
      expect(took.filter((one) => one > HELD + 2 * MARGIN)).toEqual([]);
    });
  });

  test('leaves a limit that the call had before as it was, less the time that passed', async () => {
    const ann = await twoPhones();
    const took = await meanwhile(listener, () => untilItRings(ann, '504'));
    const left = Number(asked()[0]?.['Limit']) * 1000;
    expect(left).toBeGreaterThan(6000 - took - 50);
    expect(left).toBeLessThan(6000 - 1700);
    expect(await meanwhile(nobody, () => untilItRings(ann, '504'))).toBeLessThan(MARGIN);
    expect(Number(asked()[0]?.['Limit'])).toBeGreaterThan(5);
  });

  test('lets a limit of the call that is reached meanwhile end it as it would have ended', async () => {
    const ann = await twoPhones();
    await meanwhile(listener, async () => {
      const calls = await Promise.all(['505', '506'].map((way) => ann.call(way)));
      expect(calls.map(({ state }) => state)).toEqual(['ended', 'ended']);
      await expect.poll(() => ami.seen({ UserEvent: 'Late' }).length).toBe(2);
    });
    expect(asked()).toEqual([]);
  });

  test('ends with the caller who hangs up meanwhile, by way of the h of his context', async () => {
    const ann = await twoPhones();
    const hungUp = async (way: string, asking: Pattern) => {
      const asks = ami.next(asking);
      const call = ann.dial(way);
      await asks;
      const ended = ami.next({ UserEvent: 'Ended' });
      await call.hangup();
      await ended;
    };
    await meanwhile(listener, async () => {
      const agiAsks = { Event: 'Newexten', Context: 'rollcall-ask', Application: 'AGI' };
      expect(await timed(() => hungUp('501', agiAsks))).toBeLessThan(MARGIN);
      const curlAsks = ({ Context, AppData = '' }: LabMessage) =>
        Context === 'rollcall-fetch' && AppData.startsWith('CURLOPT(failurecodes)');
      expect(await timed(() => hungUp('502', curlAsks))).toBeLessThan(HELD + MARGIN);
    });
    expect(asked()).toEqual([]);
  });

  test('leaves the CURL options as they were', async () => {
    const ann = await twoPhones();
    await meanwhile(nobody, async () => {
      await untilItRings(ann, '507');
      await untilItRings(ann, '502');
    });
    expect(asked().map(({ Curl }) => Curl)).toEqual(['3/7/404+418', '300/180/']);
  });

  test('leaves the AGI options as they were', async () => {
    const ann = await twoPhones();
    await meanwhile(nobody, () => untilItRings(ann, '508'));
    expect(asked().map(({ Agi }) => Agi)).toEqual(['no']);
  });

  test('lets calls ring without names where Asterisk has not loaded the modules to ask', async () => {
    const ann = await twoPhones();
    const modules = ['res_speech.so', 'res_agi.so', 'func_curl.so', 'func_timeout.so'];
    for (const name of modules) await lab().cli(`module unload ${name}`);
    await meanwhile(listener, async () => {
      const took = await Promise.all(['501', '502'].map((number) => untilItRings(ann, number)));
      expect(took.filter((one) => one > MARGIN)).toEqual([]);
    });
    for (const name of modules.reverse()) await lab().cli(`module load ${name}`);
    const [{ Limit: limit = '' } = {}] = asked();
    expect(limit).toBe('');
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
