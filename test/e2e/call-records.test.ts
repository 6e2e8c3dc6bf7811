// Calls that are made while the daemon is away come into the history from the records of a real Asterisk, each once; where there are no records
// that time is shown as unknown.
import { mkdir } from 'node:fs/promises';
import { join as pathOf } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabSetup } from '../lab/asterisk.ts';
import type { Phone } from '../lab/phone.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import type { Client } from '../support/client.ts';
import { EVERYTHING, settingsFor, settlesAt, withClients, withDaemon } from './house.ts';

const recording: Pick<LabSetup, 'files' | 'ring'> = {
  ring: 2,
  files: {
    'cdr.conf': '[general]\nunanswered = yes\ncongestion = yes\n[csv]\nloguniqueid = yes\nnewcdrcolumns = yes\n',
    'modules_extra.conf': 'load = cdr_csv.so\n',
  },
};

describe.each(labVersions)('The call records of Asterisk %s', (version) => {
  const lab = withAsterisk({ version, ...recording });
  const plugIn = withPhones(lab);
  const csv = () => pathOf(lab().folder, 'log', 'cdr-csv', 'Master.csv');
  const daemon = withDaemon(
    () => ({ ...settingsFor(lab(), 'daemon'), calls: { records: { csv: csv() } } }),
    ['1001', '1002'],
  );
  const join = withClients(daemon);

  /** Somebody at a client with his history. */
  async function logIn(user: string, before?: Client): Promise<Client> {
    const client = await join(user, before);
    await client.sync([...EVERYTHING, 'calls', 'callGaps'], client.cursors());
    return client;
  }

  /** Calls of every kind, all of them over. */
  async function makeCalls(ann: Phone, ben: Phone): Promise<void> {
    const talk = await ann.call('1002');
    await talk.hangup();
    ben.behaviour = 'busy';
    await ann.call('1002');
    ben.behaviour = 'ring';
    await ann.call('1002');
    await ann.call('1003');
    await lab().cli('database put DND 1002 YES');
    await ann.call('1002');
    await lab().cli('database del DND 1002');
    await ann.feature('*79');
    ben.behaviour = 'answer';
    const back = await ben.call('1001');
    await back.hangup();
  }

  test('bring what happened while the daemon was away, each call once', async () => {
    await mkdir(pathOf(lab().folder, 'log', 'cdr-csv'), { recursive: true });
    const [ann, ben] = [await plugIn('1001'), await plugIn('1002')];
    const before = await logIn('1001');
    const watched = await ann.call('1002');
    await watched.hangup();
    await settlesAt(() => historyOf(before), ['out 1002 answered']);
    await daemon().stop();
    await makeCalls(ann, ben);
    await daemon().start();
    const after = await logIn('', before);
    const other = await logIn('1002');
    const expected = [
      ...[
        'out 1002 answered',
        'out 1002 answered',
        'out 1002 busy',
        'out 1002 no_answer',
        'out 1003 failed',
        'out 1002 busy',
      ],
      'in 1002 answered',
    ];
    await settlesAt(() => historyOf(after), expected.sort(), 20_000);
    await settlesAt(
      () => historyOf(other),
      [
        ...['in 1001 answered', 'in 1001 answered', 'in 1001 missed', 'in 1001 missed', 'in 1001 missed busy'],
        'out 1001 answered',
      ],
    );
    expect([...after.items('calls').values()].map((item) => item['name'])).toEqual(
      expect.arrayContaining(['User 1002', 'User 1003']),
    );
    expect(after.item('pbx', 'pbx')).toEqual({ id: 'pbx', connected: true, since: expect.any(String) });
    // The records of the first absence are read once more with those of the next one, beside calls that are followed.
    await daemon().kill();
    const alone = await ann.call('1002');
    await alone.hangup();
    const from = daemon().logs.length;
    await daemon().start();
    const again = await logIn('1001');
    const live = await ann.call('1002');
    await live.hangup();
    expect(await daemon().line('calls.records_read', { from, within: 20_000 })).toMatchObject({ entries: 2 });
    const answered = Array(2).fill('out 1002 answered');
    await settlesAt(() => historyOf(again), [...expected, ...answered].sort(), 20_000);
  });

  test('that cannot be read leave a gap, which clients see until they can', async () => {
    const ann = await plugIn('1001');
    await plugIn('1002');
    const first = await logIn('1001');
    const known = historyOf(first);
    await daemon().stop();
    await daemon().configure({ calls: { records: { csv: `${csv()}.nowhere` } } });
    const call = await ann.call('1002');
    await call.hangup();
    const from = daemon().logs.length;
    await daemon().start();
    await daemon().line('calls.records_unread', { from, within: 20_000 });
    const second = await logIn('1001');
    await second.until(() => gapsOf(second).length > 0, 'a gap');
    const check = await daemon().run('check');
    expect(check.out).toContain('.nowhere does not exist: set calls.records.csv to the file of cdr_csv');
    await daemon().stop();
    await daemon().configure({ calls: { records: { csv: csv() } } });
    await daemon().start();
    const third = await logIn('1001');
    await settlesAt(() => historyOf(third), [...known, 'out 1002 answered'].sort(), 20_000);
    await third.until(() => gapsOf(third).length === 0, 'no gap');
    expect((await daemon().run('check')).out).toContain(
      `ok    call records: ${csv()} can be read; the last call ended at `,
    );
  });
});

/** The history as its owner sees it, in no order of time: records have whole seconds. */
function historyOf(client: Client): string[] {
  const lines = [...client.items('calls').values()].map(({ direction, number, disposition, reason }) =>
    [direction, number, disposition, ...(reason === undefined ? [] : [reason])].join(' '),
  );
  return lines.sort();
}

function gapsOf(client: Client): readonly unknown[] {
  return [...client.items('callGaps').values()];
}
