import { expect, test } from 'vitest';
import { type AnswerLine, lineReader } from '../../web/src/import/lines.ts';

const progress = (done: number) => ({ progress: { phase: 'reading' as const, done, total: 10 } });
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

test('each line is told once, when it is whole', () => {
  const told: AnswerLine[] = [];
  const reader = lineReader((answer) => told.push(answer));
  const text = line(progress(1)) + line(progress(2)) + line(progress(3));
  reader.read(text.slice(0, 10));
  expect(told).toEqual([]);
  reader.read(text.slice(0, -5));
  expect(told).toEqual([progress(1), progress(2)]);
  reader.end(text);
  expect(told).toEqual([progress(1), progress(2), progress(3)]);
});

test('a last line without an end is told at the end', () => {
  const told: AnswerLine[] = [];
  const reader = lineReader((answer) => told.push(answer));
  const text = JSON.stringify({ error: { code: 400, message: 'no file of contacts' } });
  reader.read(text);
  expect(told).toEqual([]);
  reader.end(text);
  expect(told).toEqual([{ error: { code: 400, message: 'no file of contacts' } }]);
});

test('what is no such line is passed over', () => {
  const told: AnswerLine[] = [];
  const reader = lineReader((answer) => told.push(answer));
  reader.end(`<html>\n\n"text"\n{"other":1}\n[]\n${line(progress(4))}`);
  expect(told).toEqual([progress(4)]);
});

test('a line that does not end is given up', () => {
  const reader = lineReader(() => {});
  expect(() => reader.read('x'.repeat(33 * 1024 * 1024))).toThrow('too long');
});
