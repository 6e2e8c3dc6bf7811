// The answer of an import, line by line as it comes: progress, and in the end a report or an error. Pure.
import type { ImportReport, Progress } from '../../../src/domain/contact-import.ts';

export interface AnswerError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly reason?: string; readonly retryAfter?: number };
}

export type AnswerLine =
  | { readonly progress: Progress }
  | { readonly report: ImportReport }
  | { readonly error: AnswerError };

/** Characters of a line; a report with all the faults that it may name has fewer. */
const LONGEST = 32 * 1024 * 1024;

interface LineReader {
  /** What the answer holds so far; each whole line is told once. */
  read(text: string): void;
  /** There is no more: tells also a last line without an end. */
  end(text: string): void;
}

/** Lines that are no such line are passed over. Throws when a line is longer than any report. */
export function lineReader(tell: (line: AnswerLine) => void): LineReader {
  let from = 0;
  const take = (line: string) => {
    const answer = readLine(line);
    if (answer) tell(answer);
  };
  const read = (text: string) => {
    for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', from)) {
      const line = text.slice(from, end);
      from = end + 1;
      take(line);
    }
    if (text.length - from > LONGEST) throw new Error('the answer is too long');
  };
  return {
    read,
    end: (text) => {
      read(text);
      const rest = text.slice(from);
      from = text.length;
      take(rest);
    },
  };
}

function readLine(line: string): AnswerLine | undefined {
  if (line.trim() === '') return undefined;
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && ['progress', 'report', 'error'].some((key) => key in value)
      ? (value as AnswerLine)
      : undefined;
  } catch {
    // Not JSON: a page that something between here and the server has put in its place.
    return undefined;
  }
}
