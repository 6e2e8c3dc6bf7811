// `rollcall presence set`: chooses a status for an extension.
import { STATUSES, type Status } from '../domain/presence.ts';
import { OperatorError } from '../service/operator-error.ts';
import { type Context, command, EXIT, UsageError } from './command.ts';
import { localTime } from './print.ts';
import { parseUntil } from './until.ts';
import { printable } from './width.ts';
import { withDaemon } from './with-operations.ts';

const options = { note: { type: 'string' }, until: { type: 'string' } } as const;

export const presenceSet = command({
  name: 'presence set',
  summary: 'choose the status of an extension',
  usage: 'EXTENSION STATUS [--note NOTE] [--until TIME]',
  about: `STATUS is one of ${STATUSES.join(', ')}.
TIME is an ISO time, HH:MM (the next such time here), or +30m, +2h, +1h30m; then the status before comes back.
A daemon must be running, since the PBX has to be told.`,
  options,
  positionals: { least: 2, most: 2 },
  run,
});

async function run({
  io,
  values,
  positionals: [extension = '', word = ''],
  settings,
}: Context<typeof options>): Promise<number> {
  const status = statusOf(word);
  const until = values.until === undefined ? undefined : untilOf(values.until, io.now());
  const { settings: loaded } = await settings();
  const change = { extension, status, ...(values.note ? { note: values.note } : {}), ...(until ? { until } : {}) };
  const shown = await withDaemon(loaded, (operations) => operations.presenceSet(change));
  if (!shown)
    throw new OperatorError(`no daemon runs on ${loaded.data}, and the PBX has to be told: start it with rollcall run`);
  const end = shown.until ? ` until ${localTime(shown.until, io.now())}` : '';
  const note = shown.note ? ` (${printable(shown.note)})` : '';
  io.stdout.write(`${extension} is ${shown.status}${end}${note}\n`);
  return EXIT.ok;
}

function statusOf(word: string): Status {
  const status = STATUSES.find((one) => one === word);
  if (!status) throw new UsageError(`'${printable(word)}' is no status: use one of ${STATUSES.join(', ')}`);
  return status;
}

function untilOf(text: string, now: number): string {
  const until = parseUntil(text, now);
  if (!until) {
    throw new UsageError(
      `--until '${printable(text)}' is no time to come within a year: use an ISO time, HH:MM, +30m or +2h`,
    );
  }
  return until;
}
