import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ActionFields, AmiError } from '../../../src/pbx/ami/link-port.ts';
import { outgoing } from '../../../src/pbx/ami/outgoing.ts';

function refusal(fields: unknown): string {
  try {
    outgoing(fields as ActionFields);
  } catch (error) {
    if (error instanceof AmiError && error.kind === 'unsafe') return error.message;
    throw error;
  }
  return 'let through';
}

test('decent fields go as they are', () => {
  const fields = {
    Action: 'Setvar',
    Variable: 'PRESENCE_STATE(CustomPresence:1001)',
    Value: 'away,,Grüße 🍽',
    Empty: '',
  };
  expect(outgoing(fields)).toEqual(fields);
});

test('what separates, quotes or brackets in a channel variable is escaped', () => {
  expect(outgoing({ Action: 'Originate', Variable: { a: '1,b=2', c: '"x" (y) [z] \\' } })).toEqual({
    Action: 'Originate',
    Variable: { a: '1\\,b=2', c: '\\"x\\" \\(y\\) \\[z\\] \\\\' },
  });
});

test.each([
  ['a carriage return in a value', { Action: 'X', Value: 'a\rb' }],
  ['a line feed in a value', { Action: 'X', Value: 'a\nb' }],
  ['a NUL in a value', { Action: 'X', Value: 'a\0b' }],
  ['a line feed in the name of a field', { Action: 'X', 'Va\nlue': 'a' }],
  ['a colon in the name of a field', { Action: 'X', 'Value: b': 'a' }],
  ['an empty name of a field', { Action: 'X', '': 'a' }],
  ['a line feed in the action', { Action: 'X\n' }],
  ['a line feed in a variable', { Action: 'X', Variable: { a: '\n' } }],
  ['a line feed in the name of a variable', { Action: 'X', Variable: { 'a\n': 'b' } }],
  ['an equals sign in the name of a variable', { Action: 'X', Variable: { 'a=b': 'c' } }],
  ['a comma in the name of a variable', { Action: 'X', Variable: { 'a,b': 'c' } }],
  ['a variable that is no text', { Action: 'X', Variable: { a: 1 } }],
  ['an array', { Action: 'X', Variable: ['a=b'] }],
  ['null', { Action: 'X', Value: null }],
  ['a number', { Action: 'X', Value: 1 }],
  ['an ActionID of its own', { Action: 'X', ActionID: '1' }],
  ['the same field in two spellings', { Action: 'X', Value: 'a', value: 'b' }],
  ['a line of more than 1,000 bytes', { Action: 'X', Value: 'ä'.repeat(500) }],
  [
    'more lines than Asterisk takes',
    { Action: 'X', Variable: Object.fromEntries([...Array(200).keys()].map((n) => [`v${n}`, ''])) },
  ],
])('%s is refused, and the refusal does not repeat it', (_what, fields) => {
  const message = refusal(fields);
  expect(message).toMatch(/was not sent to Asterisk/);
  expect(message).not.toMatch(/[\r\n\0]/);
});

test('a line of exactly 1,000 bytes goes', () => {
  expect(refusal({ Action: 'X', Value: 'a'.repeat(1_000 - 'Value: '.length) })).toBe('let through');
  expect(refusal({ Action: 'X', Value: 'a'.repeat(1_001 - 'Value: '.length) })).not.toBe('let through');
});

test('whatever the fields are, what is let through has no line break in it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0', ':', ' ', '=', ',', '\\', '"', 'ü') });
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.dictionary(text, text))), (fields) => {
      if (refusal({ ...fields, Action: 'X' }) !== 'let through') return;
      expect(JSON.stringify(outgoing({ ...fields, Action: 'X' }))).not.toMatch(/\\r|\\n|\\u0000/);
    }),
  );
});
