// `rollcall run`: the daemon, from start to its end by a signal.
import { type Context, command, EXIT } from './command.ts';
import type { Daemon, Parts } from './parts.ts';

const options = {} as const;

export const run = command({
  name: 'run',
  summary: 'run the daemon',
  usage: '',
  about: `Logs JSON lines to stdout, readable ones at a terminal. SIGTERM and SIGINT end it cleanly, a second one at once;
SIGHUP reloads the settings that can change without a restart.`,
  options,
  positionals: { least: 0, most: 0 },
  run: runDaemon,
});

async function runDaemon({ io, parts, config, settings }: Context<typeof options>): Promise<number> {
  const { settings: loaded } = await settings();
  let daemon: Daemon | undefined;
  let signals = 0;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const onEnd = () => {
    signals += 1;
    if (signals > 1) io.exit(EXIT.failed);
    end();
  };
  const stops = [
    io.onSignal('SIGTERM', onEnd),
    io.onSignal('SIGINT', onEnd),
    io.onSignal('SIGHUP', () => {
      if (daemon) void reload(daemon, parts, config);
    }),
  ];
  const crash = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (daemon) daemon.report('daemon.crashed', { error: text });
    else io.stderr.write(`rollcall: a fault in the program: ${text.replaceAll('\n', ' ')}\n`);
    io.exit(EXIT.failed);
  };
  stops.push(io.onCrash(crash));
  try {
    daemon = await parts.runDaemon(loaded);
    await ended;
    await daemon.stop();
    return EXIT.ok;
  } finally {
    for (const stop of stops) stop();
  }
}

/** Settings that cannot be read or taken over are reported; the daemon goes on. Never rejects. */
async function reload(daemon: Daemon, parts: Parts, config: string | undefined): Promise<void> {
  try {
    const { settings } = await parts.loadSettings(config);
    await daemon.reload(settings);
  } catch (error) {
    daemon.report('settings.refused', { error: error instanceof Error ? error.message : String(error) });
  }
}
