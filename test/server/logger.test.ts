import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openLog } from '../support/log-lines.ts';

const TIME = '2026-01-05T08:00:00.000Z';

test('a line is one JSON object with level, time, event, fields, advice and text', () => {
  const { lines, report } = openLog();
  report('ami.away', { host: '127.0.0.1', port: 5038, reason: 'connect ECONNREFUSED 127.0.0.1:5038' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'warn',
      time: TIME,
      event: 'ami.away',
      host: '127.0.0.1',
      port: 5038,
      reason: 'connect ECONNREFUSED 127.0.0.1:5038',
      advice:
        'Start Asterisk, or set pbx.ami.host and pbx.ami.port as manager.conf has bindaddr and port. Tried again by itself.',
      msg: 'Asterisk at 127.0.0.1:5038 cannot be reached: connect ECONNREFUSED 127.0.0.1:5038',
    },
  ]);
});

test('lines below the level are not written, and the level can change at any time', () => {
  const { lines, logger, report } = openLog({ level: 'warn' });
  const said = () => lines.splice(0).map((line) => JSON.parse(line).event);
  const sayAll = () => {
    report('ami.connecting');
    report('stopping');
    report('ami.down');
    report('store.failed');
    return said();
  };
  expect(sayAll()).toEqual(['ami.down', 'store.failed']);
  logger.setLevel('debug');
  expect(sayAll()).toEqual(['ami.connecting', 'stopping', 'ami.down', 'store.failed']);
  logger.setLevel('fatal');
  expect(sayAll()).toEqual(['store.failed']);
});

test('at a terminal a line is for people', () => {
  const { lines, report } = openLog({ pretty: true });
  report('listening', { url: 'http://127.0.0.1:8088', host: '127.0.0.1', port: 8088 });
  report('ami.blind', { username: 'rollcall' });
  expect(lines.map((line) => line.replace(/^\[[\d:]+\] /, ''))).toEqual([
    'INFO: listening at http://127.0.0.1:8088\n',
    'WARN: Asterisk did not show this manager user that it has booted; the link waited 15 s and went on — Give the user read=call,cdr,user,system in manager.conf; see config/asterisk. {"username":"rollcall"}\n',
  ]);
});

/** For programs on a busy machine; they end by themselves. */
const PATIENCE_MS = 60_000;

const PROGRAM = `
  import { createLogger } from './src/server/logger.ts';
  import { createReport } from './src/server/reports.ts';
  const logger = createLogger({ level: 'info' });
  const report = createReport(logger);
`;

/** Starts a few lines of a program with the logger on its real stdout. */
function start(lines: string) {
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM + lines], {
    timeout: 15_000,
  });
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

test(
  'what was reported just before the end of the process is written',
  async () => {
    const child = start(`report('stopping'); report('stopped'); process.exit(0);`);
    const [out, err, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    // The first may still be on its way through another thread when the rest is written: lines carry their time.
    expect([code, err, events.sort()]).toEqual([0, '', ['stopped', 'stopping']]);
  },
  PATIENCE_MS,
);

test(
  'a reader of the log that has gone away does not end the daemon',
  async () => {
    const child = start(`
    report('listening');
    let said = 0;
    process.stdin.once('data', function more() {
      report('stopping');
      said += 1;
      if (said < 1_000) setImmediate(more);
      else process.exit(7);
    });
  `);
    const err = textOf(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.end('go on\n');
    const [code] = await once(child, 'exit');
    expect([code, await err]).toEqual([7, '']);
  },
  PATIENCE_MS,
);

test(
  'while nobody takes the lines, 4 MiB of them wait at most',
  async () => {
    const child = start(`
    for (let n = 0; n < 20_000; n++) report('ami.down', { reason: 'x y '.repeat(45) + n });
    process.exit(0);
  `);
    const [out, [code]] = await Promise.all([textOf(child.stdout), once(child, 'close')]);
    expect(code).toBe(0);
    expect(out.length).toBeGreaterThan(3 * 1024 * 1024);
    expect(out.length).toBeLessThan(5 * 1024 * 1024);
  },
  PATIENCE_MS,
);
