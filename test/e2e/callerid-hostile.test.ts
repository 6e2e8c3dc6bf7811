// Names that try to break out of the dialplan, of AGI, of AMI or of SIP, as names of contacts and as callers' own.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { openPhone, type Phone } from '../lab/phone.ts';
import { overTrunk } from '../lab/trunk.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { introduce, served, servedOtherwise, shown, waysToAsk } from './call-house.ts';
import { create, makeUsers, person, withPeople } from './contact-house.ts';
import { settingsFor } from './house.ts';

vi.setConfig({ testTimeout: 60_000 });

const people = [served('1001'), served('1002')];

/** `\u0024` stands for a dollar sign. */
const hostile = [
  'Eve "Quote" O’Hara',
  '"',
  '\\',
  'a\\"b\\',
  'one, two, three',
  'a)b(c]d[e}f{g',
  '\u0024{EPOCH}',
  '\u0024{SHELL(touch hostile)}\u0024{CALLERID(num)}',
  '\u0024[1 + 1]',
  '1?Set(INJECTED=1):Hangup()',
  '" & 1 | "" = "',
  'x=y&z;q#h%41+p',
  '<sip:evil@example.com>',
  'Eve>\u0024{\u0024{',
  'Emoji 👩‍👩‍👧‍👦🐻 日本語 العربية',
  'rollcall-keeper',
  "it's (a) ~!* name",
  '%s%n%x',
];

describe.each(labVersions)('Hostile names on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people, dialplan: servedOtherwise(people) });
  let ami: LabAmi;
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  let ann: Phone;
  let trunk: Phone;

  beforeAll(async () => {
    ami = await openAmi(lab());
    daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
    await makeUsers(daemon, '1000', '1001');
    await daemon.start();
    await introduce(ami, daemon);
    ann = await openPhone(lab(), '1001', { behaviour: 'ring' });
    trunk = await openPhone(lab(), 'trunk', overTrunk);
  });
  afterAll(async () => {
    ami.close();
    await Promise.all([ann.close(), trunk.close()]);
    await daemon.dispose();
  });

  const call = (before: string, number: string, name = '') => shown(trunk, `${before}1001`, ann, { name, number });

  test.each(waysToAsk)('show on the phone as they are, as names of contacts: by %s', async (_way, before) => {
    const client = await logIn('1001');
    const long = { firstName: 'Ä'.repeat(127), lastName: '🐻'.repeat(63) };
    const names = [...hostile.map((firstName) => ({ firstName })), long];
    for (const [i, name] of names.entries()) {
      const number = `+4420794601${String(i).padStart(2, '0')}`;
      const { id } = await create(client, 'personal', { ...person('', number), ...name });
      const wanted = Object.values(name).join(' ');
      expect([wanted, await call(before, number, 'TRUNK')]).toEqual([wanted, { name: wanted, number }]);
      await client.request('contacts.delete', { id });
    }
  });

  test.each(waysToAsk)(
    'leave the call as it would be without Rollcall, as names of callers: by %s',
    async (_way, before) => {
      for (const name of [...hostile, 'x'.repeat(300), 'Injected: 1', 'ä'.repeat(150)]) {
        const number = '+493012345678';
        expect(await call(before, number, name)).toEqual(await call('7', number, name));
      }
    },
  );

  test('forge nothing at AMI, and run nothing', async () => {
    expect(ami.seen((message) => Object.keys(message).some((key) => /^Injected/i.test(key)))).toEqual([]);
    expect(await ami.getvar('INJECTED')).toBe('');
    expect(ami.seen({ Event: 'VarSet', Variable: 'INJECTED' })).toEqual([]);
    expect(await lab().log()).not.toMatch(/ast_expr|syntax error|Error in extension logic/i);
  });
});
