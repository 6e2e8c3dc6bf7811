// How results are printed: JSON that is safe on a terminal, and times as people here read them.
import type { Output } from './io.ts';

/** One JSON text without line ends in it; control characters that JSON leaves as they are become escapes. */
export function jsonLine(value: unknown): string {
  return escapeControls(JSON.stringify(value));
}

export function printJson(output: Output, value: unknown): void {
  output.write(`${escapeControls(JSON.stringify(value, null, 2))}\n`);
}

export function printLines(output: Output, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''));
}

/** A time in the machine's zone: `13:05` today, `2026-11-22 13:05` on another day. */
export function localTime(iso: string, now: number): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  const day = localDay(time);
  return day === localDay(new Date(now)) ? clock : `${day} ${clock}`;
}

function localDay(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function escapeControls(json: string): string {
  return json.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
