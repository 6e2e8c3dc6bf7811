import { describe, expect, it } from 'vitest';
import { Prompt } from '../../src/cli/prompt.ts';
import { CliIo } from '../support/cli-io.ts';

describe('a line of stdin', () => {
  it.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret', 'secret'],
    [' with spaces \nmore\n', ' with spaces '],
    ['pässwörd 🔑\n', 'pässwörd 🔑'],
    ['', ''],
  ])('of %j is %j', async (stdin, line) => {
    const prompt = new Prompt(new CliIo({ stdin }));
    expect(await prompt.line()).toBe(line);
    prompt.close();
  });

  it('is put together from pieces that cut a character', async () => {
    const io = new CliIo();
    const prompt = new Prompt(io);
    const line = prompt.line();
    const bytes = Buffer.from('ä🔑\n');
    for (const byte of bytes) io.stdin.write(Buffer.of(byte));
    expect(await line).toBe('ä🔑');
    prompt.close();
  });

  it('is refused when it never ends', async () => {
    const prompt = new Prompt(new CliIo({ stdin: 'x'.repeat(100_000) }));
    await expect(prompt.line()).rejects.toThrow('that line is too long');
    prompt.close();
  });
});

describe('what is typed unseen', () => {
  it('is shown nowhere, with keys that erase obeyed', async () => {
    const io = new CliIo({ tty: true });
    const prompt = new Prompt(io);
    const typed = prompt.hidden('Password: ');
    io.stdin.write('wrong\u0015secretx\u007f\t\u001b[D\u001b[3~');
    io.stdin.write('!\r');
    expect(await typed).toBe('secret!');
    prompt.close();
    expect({ shown: io.stdout.text + io.stderr.text, raw: io.raw }).toEqual({
      shown: 'Password: \n',
      raw: [true, false],
    });
  });

  it('keeps what was typed ahead for the next question', async () => {
    const io = new CliIo({ tty: true });
    const prompt = new Prompt(io);
    io.stdin.write('one\rtwo\r');
    expect([await prompt.hidden('a'), await prompt.hidden('b')]).toEqual(['one', 'two']);
    prompt.close();
  });

  it('is given up with Ctrl-C, and the terminal is as before', async () => {
    const io = new CliIo({ tty: true });
    const prompt = new Prompt(io);
    const typed = prompt.hidden('Password: ');
    io.stdin.write('sec\u0003');
    await expect(typed).rejects.toThrow('nothing was changed');
    prompt.close();
    expect(io.raw).toEqual([true, false]);
  });
});
