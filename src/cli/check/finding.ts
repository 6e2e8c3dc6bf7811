// One line of `rollcall check`.

export interface Finding {
  readonly level: 'ok' | 'warn' | 'FAIL';
  /** What was looked at, in a word or two. */
  readonly topic: string;
  /** What was found; where it is not good, also how to mend it. */
  readonly text: string;
}

export const ok = (topic: string, text: string): Finding => ({ level: 'ok', topic, text });
export const warn = (topic: string, text: string): Finding => ({ level: 'warn', topic, text });
export const fail = (topic: string, text: string): Finding => ({ level: 'FAIL', topic, text });
