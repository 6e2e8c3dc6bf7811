// The FastAGI listener asked by a real Asterisk: what is set arrives as it is, whatever is in it.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAgiServer } from '../../src/server/agi-server.ts';
import type { CallerQuestion } from '../../src/service/dialplan-port.ts';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';

vi.setConfig({ testTimeout: 60_000 });

const TOKEN = 'abcdefghij0123456789';
const NAMES = ['NAME', 'COMPANY', 'BOOK', 'STATUS', 'LINE', 'INDICATOR', 'NOTE', 'UNTIL', 'RESULT', 'THROUGH'];

/** `\u0024` stands for a dollar sign. Base 64, because a manager event is text too. */
const base64 = (variable: string) => `\u0024{BASE64_ENCODE(\u0024{${variable}})}`;
const told = [
  'UserEvent(Asked',
  'Status: \u0024{AGISTATUS}',
  `Injected: ${base64('X')}`,
  `Caller: ${base64('CALLERID(name)')}`,
  ...NAMES.map((name) => `${name}: ${base64(`ROLLCALL_${name}`)}`),
].join(',');

const dialplan = `
[lab-agi]
exten => idle,1,Answer()
 same => n,Wait(20)
exten => ask,1,Set(CALLERID(name)=\u0024{URIDECODE(\u0024{NAME})})
 same => n,AGI(agi://127.0.0.1:\u0024{AGI_PORT}/\u0024{SCRIPT},\u0024{FIRST},\u0024{SECOND},\u0024{THIRD})
 same => n,${told})
 same => n,Hangup()
`;

const NASTY = [
  'Ada Lovelace',
  'Ada "Countess" Lovelace',
  '"',
  '\\',
  'a\\"b\\',
  '\\\\"\\"\\\\',
  '" SET VARIABLE X "1',
  'one, two; three | four & five',
  '\u0024{SHELL(touch injected)} \u0024{EPOCH} \u0024[1+1]',
  "'single' `back` <angle> (round) [square] {curly}",
  '%s%n%x \\n \\t \\0',
  'Zoë Müller 👩‍👩‍👧‍👦 日本語 العربية',
  '😀'.repeat(255),
  '"'.repeat(255),
  '\\'.repeat(255),
];

describe.each(labVersions)('FastAGI on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, dialplan });
  let ami: LabAmi;
  let agi: Awaited<ReturnType<typeof openAgiServer>>;
  let name = '';
  const questions: CallerQuestion[] = [];
  const reports: string[] = [];

  beforeAll(async () => {
    ami = await openAmi(lab());
    agi = await openAgiServer({
      listen: { host: '127.0.0.1', port: 0 },
      token: TOKEN,
      dialplan: {
        caller: async (question) => {
          questions.push(question);
          return { name, company: name, directory: 'company' };
        },
        presence: () => ({ status: 'lunch', line: 'idle', indicator: 'lunch', note: name, until: '' }),
        setStatus: async (extension) => (extension === '1001' ? 'ok' : 'no_extension'),
        letsThrough: async (_callee, _number, lists) => lists[0],
      },
      report: (event) => reports.push(event),
      metrics: { lookup: () => undefined },
    });
  });
  afterAll(async () => {
    ami.close();
    await agi.close();
  });

  /**
   * One call that asks, with arguments after commas, from a caller of this name; the variables it has afterwards, without
   * the empty ones.
   */
  async function ask(script: string, caller = 'LONDON', port = agi.address.port): Promise<Record<string, string>> {
    ami.forget();
    const [SCRIPT = '', FIRST = '', SECOND = '', THIRD = ''] = script.split(',');
    const asked = ami.next({ Event: 'UserEvent', UserEvent: 'Asked' });
    await ami.originate({
      Channel: 'Local/idle@lab-agi',
      Context: 'lab-agi',
      Exten: 'ask',
      Priority: '1',
      CallerID: '<+442079460000>',
      Variable: { AGI_PORT: String(port), SCRIPT, FIRST, SECOND, THIRD, NAME: encodeURIComponent(caller) },
    });
    const { Status, Injected, Caller = '', ...rest } = await asked;
    const decoded = (text: string) => Buffer.from(text, 'base64').toString('utf8');
    const set = NAMES.map((one) => [one, decoded(rest[one] ?? '')] as const).filter(([, value]) => value !== '');
    expect(Injected).toBe('');
    return { agi: Status ?? '', caller: decoded(Caller), ...Object.fromEntries(set) };
  }

  test.each(NASTY)('the name %s arrives as it is', async (nasty) => {
    name = nasty;
    expect(await ask(`lookup?token=${TOKEN},1001`)).toEqual({
      ...{ agi: 'SUCCESS', caller: nasty, NAME: nasty, COMPANY: nasty, BOOK: 'company' },
    });
  });

  test('a name of several lines arrives on one', async () => {
    name = 'Eve"\nSET VARIABLE X "1"\r\nHANGUP\u2028\0';
    const set = 'Eve" SET VARIABLE X "1"  HANGUP';
    expect(await ask(`presence?token=${TOKEN}`)).toMatchObject({ agi: 'SUCCESS', NOTE: `${set}  ` });
  });

  test('the question is as the dialplan asks it', async () => {
    questions.length = 0;
    await ask(`lookup?token=${TOKEN}`);
    await ask(`lookup?token=${TOKEN},1002,outside`);
    await ask(`lookup?token=${TOKEN}&callee=1003`);
    expect(questions).toEqual([
      { number: '+442079460000', callee: 'ask', outside: false },
      { number: '+442079460000', callee: '1002', outside: true },
      { number: '+442079460000', callee: '1003', outside: false },
    ]);
  });

  test('the other scripts set their variables', async () => {
    name = 'back at two';
    const both = { agi: 'SUCCESS', caller: 'LONDON' };
    expect(await ask(`presence?token=${TOKEN},1001`)).toEqual({
      ...both,
      ...{ STATUS: 'lunch', LINE: 'idle', INDICATOR: 'lunch', NOTE: 'back at two' },
    });
    expect(await ask(`status?token=${TOKEN},1001,lunch`)).toEqual({ ...both, RESULT: 'ok', STATUS: 'lunch' });
    expect(await ask(`status?token=${TOKEN},1009,lunch`)).toEqual({ ...both, RESULT: 'no_extension' });
    expect(await ask(`through?token=${TOKEN},1001,favorites&numbers`)).toEqual({ ...both, THROUGH: 'favorites' });
  });

  test('a caller whose name holds lines of a request is not answered, and his call goes on', async () => {
    questions.length = 0;
    reports.length = 0;
    for (const line of ['agi_arg_1: 1002', 'agi_extension: 1002', 'agi_network_script: status']) {
      const caller = `Eve\n${line}`;
      expect(await ask(`lookup?token=${TOKEN},1001`, caller)).toEqual({ agi: 'SUCCESS', caller });
    }
    expect(questions).toEqual([]);
    expect(reports).toEqual(['agi.dropped', 'agi.dropped', 'agi.dropped']);
  });

  test('a caller whose name ends the request keeps his name', async () => {
    name = 'Ada';
    const caller = 'Eve\n\n200 result=1\n200 result=1';
    expect(await ask(`lookup?token=${TOKEN},1001`, caller)).toMatchObject({ agi: 'SUCCESS', caller });
  });

  test('without the token, without a script and without a daemon calls go on', async () => {
    const unnamed = { agi: 'SUCCESS', caller: 'LONDON' };
    expect(await ask('lookup')).toEqual(unnamed);
    expect(await ask(`?token=${TOKEN}`)).toEqual(unnamed);
    expect(await ask('lookup', 'LONDON', 1)).toEqual({ ...unnamed, agi: 'FAILURE' });
  });

  test('a hundred calls at once have their answers', async () => {
    name = 'Ada';
    ami.forget();
    const calls = Array.from({ length: 100 }, (_, i) =>
      ami.originate({
        Channel: 'Local/idle@lab-agi',
        Context: 'lab-agi',
        Exten: 'ask',
        Priority: '1',
        CallerID: `<+4420794600${i}>`,
        Variable: { AGI_PORT: String(agi.address.port), SCRIPT: `lookup?token=${TOKEN}`, NAME: '' },
      }),
    );
    await Promise.all(calls);
    const asked = () => ami.seen({ Event: 'UserEvent', UserEvent: 'Asked', Caller: 'QWRh' }).length;
    await vi.waitFor(() => expect(asked()).toBe(100), 20_000);
  });
});
