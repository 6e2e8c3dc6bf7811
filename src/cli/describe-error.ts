// What a failed command says, and with which exit code: the one place where errors become lines for the operator.
import { Failure } from '../domain/failure.ts';
import { AmiError } from '../pbx/ami/link-port.ts';
import { OperatorError } from '../service/operator-error.ts';
import { SettingsError } from '../settings/problems.ts';
import { EXIT, UsageError } from './command.ts';
import { FileFaults } from './file-faults.ts';
import { printable } from './width.ts';

export interface Described {
  /** One line, but for settings and files of rules one per fault. */
  readonly lines: readonly string[];
  readonly code: number;
}

export function describeError(error: unknown): Described {
  if (error instanceof UsageError) return { lines: [printable(error.message)], code: EXIT.usage };
  if (error instanceof SettingsError) return { lines: error.problems.map(printable), code: EXIT.settings };
  if (error instanceof FileFaults) return { lines: error.lines.map(printable), code: EXIT.usage };
  if (error instanceof OperatorError || error instanceof AmiError)
    return { lines: [printable(error.message)], code: EXIT.failed };
  if (error instanceof Failure) return describeFailure(error);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { lines: [`a fault in the program, please report it: ${printable(text)}`], code: EXIT.failed };
}

function describeFailure({ code, message, detail }: Failure): Described {
  if (code !== 'params' || !detail.issues?.length) return { lines: [printable(message)], code: EXIT.failed };
  const issues = detail.issues.map((issue) =>
    issue.path && !issue.message.includes(issue.path) ? `${issue.path} ${issue.message}` : issue.message,
  );
  return { lines: [printable(issues.join('; '))], code: EXIT.usage };
}
