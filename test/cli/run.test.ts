import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Daemon } from '../../src/cli/parts.ts';
import { OperatorError } from '../../src/service/operator-error.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld, type Outcome } from '../support/cli-world.ts';

let world: CliWorld;
let io: CliIo;
/** What happened to the daemon, in order. */
let told: string[];
let wake: () => void;

beforeEach(() => {
  world = new CliWorld();
  io = new CliIo();
  told = [];
  wake = () => undefined;
});
afterEach(() => world.end());

function tell(what: string): void {
  told.push(what);
  wake();
}

async function toldOf(what: string): Promise<void> {
  while (!told.includes(what)) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

function daemon(more: Partial<Daemon> = {}): Daemon {
  return {
    report: (event, fields) => tell(`${event} ${String(fields?.['error']).split('\n')[0]}`),
    reload: async (settings) => tell(`reload ${settings.log.level}`),
    stop: async () => tell('stop'),
    ...more,
  };
}

function run(start: (settings: Settings) => Promise<Daemon>): Promise<Outcome> {
  return world.run(['run'], io, {
    runDaemon: (settings) => {
      tell('start');
      return start(settings);
    },
  });
}

describe('rollcall run', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly with %s', async (signal) => {
    const running = run(async () => daemon());
    await toldOf('start');
    io.signal(signal);
    expect(await running).toEqual({ code: 0, stdout: '', stderr: '' });
    expect({ told, exits: io.exits, handlers: io.handlers }).toEqual({
      told: ['start', 'stop'],
      exits: [],
      handlers: 0,
    });
  });

  it('ends cleanly with a signal that came while it started', async () => {
    const running = run(async () => {
      io.signal('SIGTERM');
      return daemon();
    });
    expect((await running).code).toBe(0);
    expect(told).toEqual(['start', 'stop']);
  });

  it('ends at once with a second signal', async () => {
    let stopped: () => void = () => undefined;
    const stop = () => {
      tell('stop');
      return new Promise<void>((resolve) => {
        stopped = resolve;
      });
    };
    const running = run(async () => daemon({ stop }));
    await toldOf('start');
    io.signal('SIGTERM');
    await toldOf('stop');
    expect(io.exits).toEqual([]);
    io.signal('SIGINT');
    expect(io.exits).toEqual([1]);
    stopped();
    await running;
  });

  it('reloads the settings with SIGHUP, and keeps the old ones when the new are wrong', async () => {
    const running = run(async () => daemon());
    await toldOf('start');
    world.environment = { ROLLCALL_LOG_LEVEL: 'debug' };
    await Promise.resolve();
    io.signal('SIGHUP');
    await toldOf('reload debug');
    world.environment = { ROLLCALL_LOG_LEVEL: 'loud' };
    io.signal('SIGHUP');
    const refused = 'settings.refused ROLLCALL_LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace';
    await toldOf(refused);
    io.signal('SIGTERM');
    await running;
    expect(told).toEqual(['start', 'reload debug', refused, 'stop']);
  });

  it('does not die of a reload that fails', async () => {
    const running = run(async () => daemon({ reload: () => Promise.reject(new Error('no such certificate')) }));
    await toldOf('start');
    await Promise.resolve();
    io.signal('SIGHUP');
    await toldOf('settings.refused no such certificate');
    io.signal('SIGTERM');
    expect((await running).code).toBe(0);
  });

  it('does not die of SIGHUP while it starts', async () => {
    const running = run(async () => {
      io.signal('SIGHUP');
      return daemon();
    });
    await toldOf('start');
    io.signal('SIGTERM');
    expect((await running).code).toBe(0);
    expect(told).toEqual(['start', 'stop']);
  });

  it('logs what nobody caught in one report and ends with exit code 1', async () => {
    const running = run(async () => daemon());
    await toldOf('start');
    await Promise.resolve();
    io.crash(new Error('lost'));
    expect({ told, exits: io.exits }).toEqual({ told: ['start', 'daemon.crashed Error: lost'], exits: [1] });
    io.signal('SIGTERM');
    await running;
  });

  it('says what nobody caught on stderr when there is no log yet', async () => {
    const running = run(async () => {
      io.crash(new Error('lost'));
      throw new OperatorError('ended');
    });
    const { stderr } = await running;
    expect({ exits: io.exits, lines: stderr.split('\n') }).toEqual({
      exits: [1],
      lines: [expect.stringMatching(/^rollcall: a fault in the program: Error: lost/), 'rollcall: ended', ''],
    });
  });

  it('says in one line why it cannot start', async () => {
    const message =
      'The data folder /data is in use by process 4711. Stop that one, or give this one a folder of its own.';
    expect(await run(() => Promise.reject(new OperatorError(message)))).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: ${message}\n`,
    });
    expect(io.handlers).toBe(0);
  });

  it('does not start with wrong settings', async () => {
    world.environment = { ROLLCALL_LISTEN_PORT: 'x' };
    const { code, stderr } = await run(async () => daemon());
    expect({ code, stderr, told }).toEqual({
      code: 3,
      stderr: 'rollcall: ROLLCALL_LISTEN_PORT: must be a whole number from 0 to 65535\n',
      told: [],
    });
  });
});
