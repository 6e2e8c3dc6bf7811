// AstDB as an operator and as FreePBX write it, from the console.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Asterisk } from './asterisk.ts';

export async function putKey(asterisk: Asterisk, family: string, key: string, value: string): Promise<void> {
  await asterisk.cli(`database put ${quoted(family)} ${quoted(key)} ${quoted(value)}`);
}

export async function deleteKey(asterisk: Asterisk, family: string, key: string): Promise<void> {
  await asterisk.cli(`database del ${quoted(family)} ${quoted(key)}`);
}

/** The value of a key, or undefined when there is none. */
export async function readKey(asterisk: Asterisk, family: string, key: string): Promise<string | undefined> {
  const said = await asterisk.cli(`database get ${quoted(family)} ${quoted(key)}`);
  return /^Value: (.*)$/s.exec(said)?.[1];
}

/** All keys of a family with their values, by `family/key`. */
export async function readFamily(asterisk: Asterisk, family: string): Promise<Record<string, string>> {
  const lines = (await asterisk.cli(`database show ${quoted(family)}`)).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, key, value] = /^\/(\S+) *: (.*?) *$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
}

export interface FreepbxUser {
  readonly number: string;
  readonly cidname: string;
  /** Device numbers. Default: one, the extension's own number. */
  readonly devices?: readonly string[];
}

/** The keys that FreePBX keeps of each extension: AMPUSER/<ext>/cidname and AMPUSER/<ext>/device. */
export async function putFreepbxUsers(asterisk: Asterisk, people: readonly FreepbxUser[]): Promise<void> {
  for (const { number, cidname, devices } of people) {
    await putKey(asterisk, 'AMPUSER', `${number}/cidname`, cidname);
    await putKey(asterisk, 'AMPUSER', `${number}/device`, (devices ?? [number]).join('&'));
  }
}

/**
 * Waits until everything written so far would survive a SIGKILL: Asterisk commits AstDB about once a second, and what is
 * written now is committed when a mark written after it is on the disk and SQLite's journal, by which a next start would take
 * it back, is gone.
 */
export async function committed(asterisk: Asterisk): Promise<void> {
  const mark = randomUUID();
  await putKey(asterisk, 'LAB', 'mark', mark);
  const file = join(asterisk.folder, 'lib', 'astdb.sqlite3');
  const deadline = Date.now() + 10_000;
  while (!(await readFile(file)).includes(mark) || existsSync(`${file}-journal`)) {
    if (Date.now() > deadline) throw new Error('AstDB was not committed within 10 s');
    await delay(50);
  }
}

/** A word of a console command. */
function quoted(word: string): string {
  if (/[\r\n\0]/.test(word)) throw new Error('a console command is one line');
  return `"${word.replace(/[\\"]/g, '\\$&')}"`;
}
