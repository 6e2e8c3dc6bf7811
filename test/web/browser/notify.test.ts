// Notifications of the browser: for whom they are on, of what they tell, and when they do not.
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withPhones } from '../../lab/with-asterisk.ts';
import { type Client, connect } from '../../support/client.ts';
import { keepPicture, openVisitor } from './browser.ts';
import { enter, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house } = withHouse();
const plugIn = withPhones(() => house().asterisk);

let ben: Client;
beforeEach(async () => {
  ben = await speaker('1002');
});
afterEach(() => ben.cut());

/** A client that is no browser. */
async function speaker(extension: string): Promise<Client> {
  const client = await connect(house().daemon.url);
  await client.open({ login: extension, password: PASSWORD });
  await client.sync(['messages', 'calls', 'presence']);
  return client;
}

const tell = (text: string) => ben.request('messages.send', { to: '1001', text });

/** A page on which notifications are written down, and which is in front of others until the test says that it is not. */
async function watched(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    interface Options {
      body?: string;
      tag?: string;
    }
    const world = globalThis as unknown as {
      Notification: new (title: string, options?: Options) => { close(): void };
      document: { hasFocus: () => boolean };
      isAway?: boolean;
      shown: { title: string; body?: string; tag?: string; isOpen: boolean; press: () => void }[];
    };
    world.shown = [];
    world.document.hasFocus = () => !world.isAway;
    world.Notification = class extends world.Notification {
      readonly told: (typeof world.shown)[number];
      constructor(title: string, { body = '', tag = '' }: Options = {}) {
        super(title, { body, tag });
        const press = () => (this as unknown as { onclick: () => void }).onclick();
        this.told = { title, body, tag, isOpen: true, press };
        world.shown.push(this.told);
      }
      override close() {
        this.told.isOpen = false;
        super.close();
      }
    };
  });
  return page;
}

/** Ada at a browser that may show notifications, switched on unless the test does it itself. */
async function ada({ on = true, allowed = true } = {}): Promise<{ page: Page; context: BrowserContext }> {
  const { context } = await openVisitor();
  if (allowed) await context.grantPermissions(['notifications']);
  const page = await watched(context);
  await page.goto(house().daemon.url);
  await enter(page, '1001');
  if (on) await switchOn(page);
  return { page, context };
}

async function switchOn(page: Page): Promise<void> {
  await goTo(page, 'Account');
  await page.getByLabel('Notify me on this device').check();
  await expect
    .poll(() => shown(page))
    .toEqual(['Notifications are on: New messages and missed calls are shown like this.']);
  await page.evaluate(() => {
    (globalThis as unknown as { shown: object[] }).shown.length = 0;
  });
}

const leave = (page: Page) => look(page, true);
const comeBack = (page: Page) => look(page, false);
const look = (page: Page, isAway: boolean) =>
  page.evaluate((away) => {
    const world = globalThis as unknown as { isAway: boolean; dispatchEvent(event: Event): void };
    world.isAway = away;
    world.dispatchEvent(new Event(away ? 'blur' : 'focus'));
  }, isAway);

/** Notifications so far, in words; those that are open, or all. */
function shown(page: Page, all = false): Promise<string[]> {
  return page.evaluate((closedToo) => {
    const { shown } = globalThis as unknown as { shown: { title: string; body: string; isOpen: boolean }[] };
    return shown.filter(({ isOpen }) => closedToo || isOpen).map(({ title, body }) => `${title}: ${body}`);
  }, all);
}

/** Waits until the page has this text in its title: what came before it has been dealt with. */
const titled = (page: Page, unread: number) =>
  expect.poll(() => page.title()).toMatch(unread === 0 ? /^[^(]/ : new RegExp(`^\\(${unread}\\) `));

/** Runs in the page: whether it still waits to be the one that notifies. */
async function waitsForLock(): Promise<boolean> {
  const { navigator } = globalThis as unknown as {
    navigator: { locks: { query(): Promise<{ pending: { name: string }[] }> } };
  };
  const { pending } = await navigator.locks.query();
  return pending.some(({ name }) => name.startsWith('rollcall.notify'));
}

describe('Notifications', () => {
  test('are off until they are switched on, and the title tells of messages all the same', async () => {
    const { page } = await ada({ on: false });
    await leave(page);
    await tell('first');
    await titled(page, 1);
    expect(await shown(page, true)).toEqual([]);
    await comeBack(page);
    await switchOn(page);
    await keepPicture(page, 'notify-on');
    await leave(page);
    await tell('second');
    await expect.poll(() => shown(page)).toEqual(['Ben Bitdiddle: 2 new messages']);
    await comeBack(page);
    await page.getByLabel('Notify me on this device').uncheck();
    await leave(page);
    await tell('third');
    await titled(page, 3);
    expect(await shown(page, true)).toEqual(['Ben Bitdiddle: 2 new messages']);
  });

  test('are not asked for where the browser blocks them, and the page says so', async () => {
    const { page } = await ada({ on: false, allowed: false });
    await goTo(page, 'Account');
    const box = page.getByLabel('Notify me on this device');
    await box.click();
    await shows(page.getByText(/^(Your browser blocks notifications|The browser was not allowed)/));
    expect(await box.isChecked()).toBe(false);
    await keepPicture(page, 'notify-blocked');
  });

  test('tell of each chat once, with what was written if one wants it, and lead to it', async () => {
    const { page } = await ada();
    await page.getByLabel('Show what was written').check();
    await leave(page);
    await tell('<b>lunch</b>?');
    await expect.poll(() => shown(page)).toEqual(['Ben Bitdiddle: <b>lunch</b>?']);
    await tell('at one');
    await expect.poll(() => shown(page)).toEqual(['Ben Bitdiddle: at one']);
    expect(await shown(page, true)).toEqual(['Ben Bitdiddle: <b>lunch</b>?', 'Ben Bitdiddle: at one']);
    await page.evaluate(() => {
      (globalThis as unknown as { shown: { press: () => void }[] }).shown.at(-1)?.press();
    });
    await shows(page.getByRole('log').getByText('at one'));
    expect(await shown(page)).toEqual([]);
  });

  test('are taken back when it was read elsewhere, and are not shown while one looks or of what was there before', async () => {
    const { page } = await ada();
    const before = await page.title();
    await tell('seen at once');
    await expect.poll(() => page.title()).not.toBe(before);
    expect(await shown(page, true)).toEqual([]);
    await leave(page);
    await page.reload();
    await leave(page);
    await shows(page.getByRole('navigation', { name: 'Main' }).getByText(/unread/));
    await tell('read at the phone');
    await expect.poll(async () => (await shown(page)).length).toBe(1);
    const phone = await speaker('1001');
    const last = [...phone.items('messages').values()].find((one) => one['text'] === 'read at the phone');
    await phone.request('messages.read', { with: '1002', upTo: last?.['id'] });
    await expect.poll(() => shown(page)).toEqual([]);
    expect((await shown(page, true)).length).toBe(1);
    phone.cut();
  });

  test('come from one of several windows, and from none while one looks at another', async () => {
    const { page, context } = await ada();
    const other = await watched(context);
    const [token] = await page.evaluate(() => [
      (globalThis as unknown as { sessionStorage: Record<string, string> }).sessionStorage['rollcall.token'],
    ]);
    await other.addInitScript((kept) => {
      (globalThis as unknown as { sessionStorage: Record<string, string> }).sessionStorage['rollcall.token'] =
        kept ?? '';
    }, token);
    await other.goto(house().daemon.url);
    await shows(other.getByRole('navigation', { name: 'Main' }));
    await leave(page);
    const before = await page.title();
    await tell('one looks at the other window');
    await expect.poll(() => page.title()).not.toBe(before);
    await leave(other);
    await tell('one looks at none');
    await expect.poll(async () => [...(await shown(page, true)), ...(await shown(other, true))].length).toBe(1);
    await page.close();
    await expect.poll(() => other.evaluate(waitsForLock)).toBe(false);
    await tell('the first window is gone');
    await expect.poll(async () => (await shown(other)).length).toBe(1);
  });

  test('do not disturb whoever does not want to be disturbed', async () => {
    const { page } = await ada();
    const status = page.getByRole('button', { name: /My status/ });
    const phone = await speaker('1001');
    await phone.request('presence.set', { status: 'do_not_disturb' });
    await shows(status.getByText('Do not disturb'));
    await leave(page);
    const before = await page.title();
    await tell('not now');
    await expect.poll(() => page.title()).not.toBe(before);
    expect(await shown(page, true)).toEqual([]);
    await phone.request('presence.set', { status: 'available' });
    phone.cut();
    await shows(status.getByText('Available'));
    await tell('now');
    await expect.poll(async () => (await shown(page)).length).toBe(1);
  });

  test('R55: tell of a missed call, who it was and why it was missed, and lead to it', async () => {
    const { page } = await ada();
    const [own, other] = [await plugIn('1001', { behaviour: 'ring' }), await plugIn('1002')];
    await leave(page);
    const call = other.dial('1001');
    await own.calls.next();
    await call.hangup();
    await expect.poll(() => shown(page)).toEqual(['Missed call from Ben Bitdiddle: The caller hung up · 1002']);
    await page.evaluate(() => {
      (globalThis as unknown as { shown: { press: () => void }[] }).shown.at(-1)?.press();
    });
    await expect.poll(() => page.url()).toMatch(/#\/calls\/.+/);
  });
});
