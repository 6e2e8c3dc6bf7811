import { describe, expect, test } from 'vitest';
import { type AgiRequest, AgiRequestReader } from '../../src/server/agi-request.ts';
import { agiRequest } from '../support/agi-asterisk.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');

/** Reads the bytes in pieces of this size, or tells why not. */
function read(bytes: string | Buffer, size = Number.POSITIVE_INFINITY): AgiRequest | string {
  const all = Buffer.from(bytes);
  const reader = new AgiRequestReader();
  let progress = 'more';
  for (let at = 0; at < all.length && progress === 'more'; at += size)
    progress = reader.push(all.subarray(at, at + size));
  return progress === 'complete' ? reader.request() : progress;
}

const USUAL: AgiRequest = {
  script: 'lookup',
  query: undefined,
  number: '+442079460000',
  name: '',
  isWithheld: false,
  extension: '1001',
  args: [],
};

describe('a request', () => {
  test.each([1, 2, 7, 100, 100_000])('is the same in pieces of %i bytes', (size) => {
    const request = agiRequest({ headers: { calleridname: 'Zoë 😀' }, args: ['1002', 'outside'] });
    expect(read(request, size)).toEqual({ ...USUAL, name: 'Zoë 😀', args: ['1002', 'outside'] });
    expect(read(request.replaceAll('\n', '\r\n'), size)).toEqual(read(request));
  });

  test('has its query, and no slashes around the path', () => {
    const { script, query } = read(agiRequest({ script: '/lookup/?callee=1002&token=a%20b' })) as AgiRequest;
    expect([script, [...(query ?? [])]]).toEqual([
      'lookup',
      [
        ['callee', '1002'],
        ['token', 'a b'],
      ],
    ]);
  });

  test('in bytes that are no UTF-8 is read as Latin-1', () => {
    const request = (name: string) => latin(agiRequest({ headers: { calleridname: name } }));
    expect(read(request('J\xf6rg'))).toEqual({ ...USUAL, name: 'Jörg' });
    expect(read(request('\xc3\xa0'))).toEqual({ ...USUAL, name: 'à' });
    expect(read(request('\xff\xfe\x80'))).toEqual({ ...USUAL, name: 'ÿþ\x80' });
    expect(read(request('\xed\xa0\x80'))).toEqual({ ...USUAL, name: 'í\xa0\x80' });
  });

  test('with nothing in it is complete', () => {
    expect(read('\n')).toEqual({ ...USUAL, script: '', number: '', extension: '' });
    expect(read('\r\n')).toEqual({ ...USUAL, script: '', number: '', extension: '' });
  });

  test('may hold lines of other kinds and other names', () => {
    const odd =
      'agi_new: 1\nagi_arg_1\n__proto__: x\nconstructor: y\nno colon\n: no name\nagi_callerid\nAGI_CALLERID: 5\n';
    expect(read(odd + agiRequest())).toEqual(USUAL);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('keeps values as they are, but for one blank before', () => {
    expect(read(agiRequest({ headers: { callerid: ' 12:3 ' } }))).toEqual({ ...USUAL, number: ' 12:3 ' });
    expect(read('agi_callerid:5\n\n')).toEqual({ ...USUAL, script: '', number: '5', extension: '' });
  });

  test.each([
    ['0', false],
    ['3', false],
    ['32', true],
    ['35', true],
    ['67', true],
    ['', false],
    ['x', false],
  ])('of the presentation %s is withheld: %s', (callingpres, isWithheld) => {
    expect(read(agiRequest({ headers: { callingpres } }))).toEqual({ ...USUAL, isWithheld });
  });

  test('keeps eight arguments', () => {
    const args = Array.from({ length: 20 }, (_, i) => `a${i}`);
    expect(read(agiRequest({ args }))).toEqual({ ...USUAL, args: args.slice(0, 8) });
  });
});

describe('a request is refused', () => {
  test.each([
    ['a line of 1,025 bytes', `agi_callerid: ${'1'.repeat(1_011)}\n\n`, 'line'],
    ['a line without end', 'x'.repeat(1_025), 'line'],
    ['a URL of 2,049 bytes', `agi_request: ${'x'.repeat(2_036)}\n\n`, 'line'],
    ['101 lines', `${'agi_x: y\n'.repeat(101)}\n`, 'lines'],
    ['17 KiB', Buffer.alloc(17_408, 'agi_x: y\n'), 'size'],
    ['NUL', 'agi_callerid: 1\x002\n\n', 'text'],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), 'text'],
    ['zeros', Buffer.alloc(100), 'text'],
    ['a header twice', 'agi_callerid: 1\nagi_callerid: 2\n\n', 'repeated'],
    ['a header after the arguments', 'agi_arg_1: 1\nagi_extension: 2\n\n', 'order'],
    ['arguments that begin with the second', 'agi_arg_2: 1\n\n', 'order'],
    ['an argument twice', 'agi_arg_1: 1\nagi_arg_1: 1\n\n', 'order'],
    ['an argument of an odd name', 'agi_arg___proto__: 1\n\n', 'order'],
  ])('with %s', (_title, bytes, fault) => {
    expect(read(bytes)).toBe(fault);
  });

  test('with a caller whose name would add arguments', () => {
    const headers = { calleridname: 'Eve\nagi_arg_1: 1001\nagi_arg_2: lunch' };
    expect(read(agiRequest({ script: 'status', headers, args: ['1002', 'away'] }))).toBe('order');
    expect(read(agiRequest({ script: 'status', headers }))).toBe('order');
    expect(read(agiRequest({ headers: { calleridname: 'Eve\nagi_extension: 1002' } }))).toBe('repeated');
  });

  test('not yet at the limits', () => {
    expect(read(`agi_callerid: ${'1'.repeat(1_010)}\n\n`)).toMatchObject({ number: '1'.repeat(1_010) });
    expect(read(`agi_request: ${'x'.repeat(2_035)}\n\n`)).toMatchObject({ script: '' });
    expect(read(`${'agi_x: y\n'.repeat(100)}\n`)).toMatchObject({ script: '' });
    expect(read('x'.repeat(1_024))).toBe('more');
    expect(read(`${`${'x'.repeat(1_023)}\n`.repeat(16)}`)).toBe('more');
  });
});

describe('after the request', () => {
  test('what came with it is left', () => {
    const reader = new AgiRequestReader();
    expect(reader.push(Buffer.from(`${agiRequest()}HANGUP\n`))).toBe('complete');
    expect(reader.left).toBe('HANGUP\n');
  });
});
