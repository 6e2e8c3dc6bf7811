import { expect, test } from 'vitest';
import { newCounters } from '../../../src/pbx/ami/counters.ts';
import { Guard, MalformedPeer } from '../../../src/pbx/ami/guard.ts';

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';

function guard() {
  const counters = newCounters();
  return { guard: new Guard({ ids: 'rc-\\d+', counters }), counters };
}

/** What comes out for these chunks after the greeting. */
function passed(...chunks: string[]): string {
  const { guard: opened } = guard();
  opened.push(BANNER);
  return chunks.flatMap((chunk) => opened.push(chunk)).join('');
}

function thrown(fn: () => void): string {
  try {
    fn();
  } catch (error) {
    if (error instanceof MalformedPeer) return error.message;
    throw error;
  }
  return 'taken';
}

test('decent messages pass as they are', () => {
  const text = 'Event: A\r\nX: 1\r\n\r\nEvent: ExtensionStatus\r\nActionID: rc-12\r\nExten: 1001\r\n\r\n';
  expect(passed(text)).toBe(text);
});

test('nothing of a message passes before its end has come, wherever it is cut', () => {
  const text = 'Event: A\r\nX: 1\r\n\r\nEvent: B\r\n\r\n';
  for (let at = 0; at <= text.length; at += 1) {
    const { guard: opened } = guard();
    opened.push(BANNER);
    const first = opened.push(text.slice(0, at)).join('');
    const second = opened.push(text.slice(at)).join('');
    expect(first === '' || first.endsWith('\r\n\r\n')).toBe(true);
    expect(first + second).toBe(text);
  }
  expect(passed(...text)).toBe(text);
});

test('the greeting is kept back and told, in one piece or in many', () => {
  for (const chunks of [[`${BANNER}Event: A\r\n\r\n`], [...`${BANNER}Event: A\r\n\r\n`]]) {
    const { guard: opened } = guard();
    expect(chunks.flatMap((chunk) => opened.push(chunk)).join('')).toBe('Event: A\r\n\r\n');
    expect(opened.banner).toBe('Asterisk Call Manager/11.0.0');
  }
});

test.each([
  'SSH-2.0-OpenSSH_9.2\r\n',
  'HTTP/1.1 400 Bad Request\r\n',
  '\r\n',
  'Asterisk\r\n',
  'x',
  `Asterisk Call Manager${'/'.repeat(300)}`,
])('a peer that greets with %j is no Asterisk manager', (greeting) => {
  expect(thrown(() => guard().guard.push(greeting))).toBe('it does not greet with "Asterisk Call Manager"');
});

test.each([
  ['a bare line feed', 'X: a\nEvent: B', 'X: a Event: B'],
  ['two bare line feeds', 'X: a\n\nEvent: B', 'X: a  Event: B'],
  ['a lone carriage return', 'X: a\rb', 'X: a b'],
  ['a carriage return before a line end', 'X: a\r\r\nY: b', 'X: a \r\nY: b'],
  ['a NUL', 'X: a\0b', 'X: a b'],
  ['a header __proto__', 'X: a\r\n__proto__: b', 'X: a'],
  ['a header Constructor with blanks', 'X: a\r\n Constructor : b', 'X: a'],
  ['a foreign ActionID', 'X: a\r\nActionID: rawevent', 'X: a'],
  ['an ActionID that only begins like one of ours', 'X: a\r\nactionid: rc-1x', 'X: a'],
  ['an ActionID of ours in odd spelling', 'X: a\r\nACTIONID : x', 'X: a'],
  ['a second UserEvent', 'UserEvent: a\r\nUserEvent: b', 'UserEvent: a'],
  ['a second Response', 'Response: Success\r\nresponse: Error', 'Response: Success'],
  ['a name with a long run of blanks', `X: a\r\nb${' '.repeat(64)}c: d`, 'X: a'],
  ['Variable', 'Variable: A=1', 'rollcall-variable: A=1'],
  ['ChanVariable', 'ChanVariable: A=1', 'rollcall-chanvariable: A=1'],
])('%s is mended', (_what, lines, mended) => {
  expect(passed(`Event: A\r\n${lines}\r\n\r\n`)).toBe(`Event: A\r\n${mended}\r\n\r\n`);
});

test.each([
  'Event: RawEvent',
  'EVENT : rawevent ',
  'Event: rc-7',
  `Event: ${'a'.repeat(65)}`,
  'Response: Follows',
  'X: 1\r\nresponse:following',
  'Event: Close',
])('the message %j is left out and counted', (lines) => {
  const { guard: opened, counters } = guard();
  opened.push(BANNER);
  expect(opened.push(`${lines}\r\n\r\nEvent: B\r\n\r\n`)).toEqual(['Event: B\r\n\r\n']);
  expect(counters).toMatchObject({ dropped: 1, mended: 0 });
});

test('a line may have 64 kibibytes and no more, ended or not', () => {
  const line = `X: ${'x'.repeat(64 * 1024 - 3)}`;
  expect(thrown(() => passed(`${line}\r\n\r\n`))).toBe('taken');
  expect(thrown(() => passed(`${line}x\r\n\r\n`))).toMatch(/line/);
  expect(thrown(() => passed(line, 'x'))).toMatch(/line/);
});

test('a message may have a mebibyte and no more, ended or not', () => {
  const line = `X: ${'x'.repeat(1_020)}\r\n`;
  expect(thrown(() => passed(line.repeat(1_000), '\r\n'))).toBe('taken');
  expect(thrown(() => passed(line.repeat(1_030), '\r\n'))).toMatch(/message/);
  expect(thrown(() => passed(...Array(1_030).fill(line)))).toMatch(/message/);
  expect(thrown(() => passed(`${line.repeat(1_030)}\r\n`))).toMatch(/message/);
});

test('a message may have 4,096 lines and no more', () => {
  expect(thrown(() => passed(`${'X:1\r\n'.repeat(4_000)}\r\n`))).toBe('taken');
  expect(thrown(() => passed(`${'X:1\r\n'.repeat(4_200)}\r\n`))).toMatch(/lines/);
});

test('many messages come in pieces of moderate size, and empty ones not at all', () => {
  const { guard: opened } = guard();
  opened.push(BANNER);
  const pieces = opened.push('a\r\n\r\n'.repeat(100_000));
  expect(pieces.join('')).toBe('a\r\n\r\n'.repeat(100_000));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(20_000);
  expect(opened.push('\r\n'.repeat(100_001)).join('').replaceAll('\r\n', '')).toBe('');
});

test('a mebibyte in single letters costs no more than the letters', () => {
  const { guard: opened } = guard();
  opened.push(BANNER);
  const begun = process.cpuUsage();
  for (let n = 0; n < 1_000_000; n += 1) opened.push(n % 1_000 === 999 ? '\n' : n % 1_000 === 998 ? '\r' : 'x');
  const { user, system } = process.cpuUsage(begun);
  expect(user + system).toBeLessThan(5_000_000);
  expect(opened.push('\r\n')).toHaveLength(1);
});
