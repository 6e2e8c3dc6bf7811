// Large imports at a running daemon: what they take, what goes on beside them, and what is left when the daemon dies in the middle.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ImportReport, Progress } from '../../src/domain/contact-import.ts';
import { type Client, connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { FakeAmi } from '../support/fake-ami.ts';
import { makeUsers } from './contact-house.ts';
import { type Api, apiOf, countsOf, manyRows } from './import-house.ts';

vi.setConfig({ testTimeout: 300_000 });

const ROWS = 100_000;
const COMMANDS = 'ExtensionStateList DeviceStateList PresenceStateList DBGetTree DBGet Getvar Setvar Originate';

let fake: FakeAmi;
let daemon: Daemon;
beforeAll(async () => {
  const hint = ['Event: ExtensionStatus', 'Exten: 1001', 'Context: c', 'Hint: PJSIP/1001&Custom:DND1001', 'Status: 0'];
  const device = ['Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: NOT_INUSE'];
  fake = await FakeAmi.listen({
    lists: { ExtensionStateList: [hint], DeviceStateList: [device], PresenceStateList: [], DBGetTree: [] },
    answers: {
      ListCommands: ['Response: Success', ...COMMANDS.split(' ').map((name) => `${name}: x`)],
      DBGet: ['Response: Error', 'Message: Database entry not found'],
      Getvar: ['Response: Success', 'Value: '],
    },
  });
  const ami = { port: fake.port, username: 'u', secret: 's' };
  daemon = await prepareDaemon({ settings: { pbx: { ami }, lookup: { country: 'GB' } } });
  await makeUsers(daemon, '1000', '1001');
  await daemon.start();
});
afterAll(async () => {
  await daemon.dispose();
  await fake.close();
});

type Line = { readonly progress: Progress } | { readonly report: ImportReport } | { readonly error: object };

/** The lines of an import with progress, as they come; it ends early when the daemon does. */
async function* linesOf(api: Api, book: string, file: string): AsyncGenerator<Line> {
  const headers = { accept: 'application/x-ndjson' };
  const response = await api.fetch(`/api/books/${book}/import`, { method: 'POST', headers, body: file });
  let rest = '';
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Line;
  }
}

/** Somebody at a client who looks at presence while `work` goes on: the longest time that a change, and an answer, took to come. */
async function watching(
  client: Client,
  work: Promise<unknown>,
): Promise<{ changes: number; presence: number; ping: number }> {
  const connection = await fake.connection(fake.connections.length);
  let isOver = false;
  const over = work.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  const seen = { changes: 0, presence: 0, ping: 0 };
  let asked = 0;
  for (let busy = true; !isOver; busy = !busy) {
    const from = performance.now();
    connection.message('Event: DeviceStateChange', 'Device: PJSIP/1001', `State: ${busy ? 'INUSE' : 'NOT_INUSE'}`);
    const line = busy ? 'in_use' : 'idle';
    await client.until(() => client.item('presence', '1001')?.['line'] === line, 'a change of presence');
    seen.presence = Math.max(seen.presence, performance.now() - from);
    seen.changes += 1;
    if (performance.now() - asked < 100) continue;
    asked = performance.now();
    await client.request('session.ping');
    seen.ping = Math.max(seen.ping, performance.now() - asked);
  }
  await over;
  return seen;
}

describe('100,000 rows', () => {
  test('are in within a minute, with progress, while presence goes on', async () => {
    const boss = await apiOf(daemon, '1000');
    const client = await connect(daemon.url);
    await client.open({ login: '1001', password: 'correct horse' });
    await client.sync(['pbx', 'extensions', 'presence']);
    const lines: Line[] = [];
    const from = performance.now();
    let took = 0;
    const importing = (async () => {
      for await (const line of linesOf(boss, 'company', manyRows(ROWS))) lines.push(line);
      took = performance.now() - from;
    })();
    const seen = await watching(client, importing);
    await importing;
    client.cut();
    const last = lines.at(-1);
    expect(last && 'report' in last && countsOf(last.report)).toEqual({
      ...{ rows: ROWS, added: ROWS, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
    });
    const told = lines.flatMap((line) => ('progress' in line ? [line.progress] : []));
    expect(told.length).toBeGreaterThan(3);
    expect(told.map(({ done }) => done <= ROWS)).not.toContain(false);
    expect(took).toBeLessThan(60_000);
    expect(seen.changes).toBeGreaterThan(10);
    expect(Math.max(seen.presence, seen.ping)).toBeLessThan(2_000);
  });
});

describe('a daemon that is killed in the middle of an import', () => {
  const MANY = 9_000;
  const isReading = (line: Line) => 'progress' in line && line.progress.phase === 'reading' && line.progress.done > 0;
  const isSaving = (line: Line) => 'progress' in line && line.progress.phase === 'saving';

  /** The contacts of one import that are there. */
  async function present(tag: string): Promise<number> {
    const boss = await apiOf(daemon, '1000');
    const file = await boss.text('/api/books/personal/contacts.csv');
    return file.split(`"${tag}"`).length - 1 + file.split(`,${tag},`).length - 1;
  }

  test.each([
    ['at once', 'Early', () => true, 0],
    ['while it reads', 'Reading', isReading, 0],
    ['when it begins to save', 'Begin', isSaving, 0],
    ['a little later', 'Later', isSaving, 1],
    ['later still', 'Latest', isSaving, 3],
  ] as const)('%s has stored all of it or nothing, and goes on', async (_title, tag, isTime, after) => {
    const boss = await apiOf(daemon, '1000');
    let left = after;
    let isWhole = false;
    const reading = async () => {
      for await (const line of linesOf(boss, 'personal', manyRows(MANY, tag))) {
        isWhole ||= 'report' in line;
        if (!isTime(line)) continue;
        if (left <= 0) await daemon.kill();
        left -= 1;
      }
    };
    await reading().catch((error: Error) => expect(error.message).toBe('terminated'));
    await daemon.kill();
    await daemon.start();
    const count = await present(tag);
    expect(isWhole ? [MANY] : [0, MANY]).toContain(count);
    const again = await (await apiOf(daemon, '1000')).send('personal', manyRows(MANY, tag));
    expect(countsOf(again)).toEqual({
      ...{ rows: MANY, updated: 0, skipped: 0, failed: 0 },
      ...{ added: MANY - count, unchanged: count },
    });
    expect(await present(tag)).toBe(MANY);
  });
});
