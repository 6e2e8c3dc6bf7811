// Asks before something is lost. Knows not what.
import { UsageError } from './command.ts';
import type { Io } from './io.ts';
import { Prompt } from './prompt.ts';

/** Whether the person at the terminal says yes. Throws UsageError where there is none; `instead` says what `--yes` does. */
export async function confirmed(io: Io, question: string, instead: string): Promise<boolean> {
  if (!io.stdin.isTTY) throw new UsageError(`stdin is no terminal to ask at: add --yes to ${instead}`);
  io.stderr.write(`${question} [y/N] `);
  const prompt = new Prompt(io);
  try {
    return /^y(es)?$/i.test((await prompt.line()).trim());
  } finally {
    prompt.close();
  }
}
