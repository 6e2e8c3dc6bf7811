import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { createClient } from '../../client/client.ts';
import { displayName } from '../../client/display-name.ts';
import { surroundingsOf } from '../../client/surroundings.ts';
import { ScriptedSocket } from './scripted-server.ts';

/** What a browser has and Node does not. */
interface Page {
  addEventListener?: unknown;
  removeEventListener?: unknown;
  document?: unknown;
  WebSocket?: unknown;
}
const page = globalThis as Page;
const WebSocket = ScriptedSocket as never;

afterEach(() => {
  delete page.addEventListener;
  delete page.removeEventListener;
  delete page.document;
});

class Events {
  readonly all = new Map<string, () => void>();
  readonly addEventListener = (name: string, fn: () => void) => void this.all.set(name, fn);
  readonly removeEventListener = (name: string, fn: () => void) => {
    if (this.all.get(name) === fn) this.all.delete(name);
  };
}

describe('the client in a browser', () => {
  test('hears that the network is back and that the page is looked at, until it is stopped', () => {
    const window = new Events();
    const document = Object.assign(new Events(), { visibilityState: 'hidden' });
    Object.assign(page, {
      addEventListener: window.addEventListener,
      removeEventListener: window.removeEventListener,
      document,
    });
    let woken = 0;
    const stop = surroundingsOf({ WebSocket }).onWake(() => {
      woken += 1;
    });
    window.all.get('online')?.();
    document.all.get('visibilitychange')?.();
    expect(woken).toBe(1);
    document.visibilityState = 'visible';
    document.all.get('visibilitychange')?.();
    expect(woken).toBe(2);
    stop();
    expect([window.all.size, document.all.size]).toEqual([0, 0]);
  });

  test('takes the WebSocket that is there', () => {
    const before = page.WebSocket;
    page.WebSocket = WebSocket;
    expect(surroundingsOf({}).WebSocket).toBe(WebSocket);
    page.WebSocket = before;
  });
});

describe('the client in Node', () => {
  test('needs no word of waking', () => {
    const stop = surroundingsOf({ WebSocket }).onWake(() => undefined);
    expect(stop).not.toThrow();
  });

  test('says what is missing where there is no WebSocket', () => {
    const before = page.WebSocket;
    delete page.WebSocket;
    const client = { platform: 'sdk', version: '1' } as const;
    expect(() => createClient({ url: 'ws://x/ws', client, auth: { token: 't' } })).toThrow(/the package ws/);
    page.WebSocket = before;
  });

  test('throws what a listener threw by itself, where the program hears it', async () => {
    const listeners = join(resolve(import.meta.dirname, '..', '..'), 'client', 'listeners.ts');
    const text = `
      import { Listeners } from '${listeners}';
      process.on('uncaughtException', (error) => console.log('heard', error.message));
      const all = new Listeners();
      all.add(() => { throw new Error('a fault'); });
      all.add(() => console.log('told'));
      all.tell();
      console.log('went on');`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', text];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe('told\nwent on\nheard a fault\n');
  });

  test('waits with a timer that fires, also for a time that is longer than timers can be', async () => {
    const { after: wait } = surroundingsOf({ WebSocket });
    const fired: string[] = [];
    const stop = wait(1e12, () => fired.push('long'));
    await new Promise<void>((done) => wait(-5, done));
    await new Promise<void>((done) => wait(5, done));
    stop();
    expect(fired).toEqual([]);
  });
});

describe('the name of a contact', () => {
  test('is that of the person, else of the company, else the number', () => {
    const numbers = [{ type: 'mobile', number: '123' }] as const;
    expect(displayName({ firstName: 'Ada', lastName: 'Lovelace', company: 'Engines', numbers })).toBe('Ada Lovelace');
    expect(displayName({ lastName: 'Lovelace', numbers })).toBe('Lovelace');
    expect(displayName({ company: 'Engines', numbers })).toBe('Engines');
    expect(displayName({ numbers })).toBe('123');
    expect(displayName({ numbers: [] })).toBe('');
  });
});
