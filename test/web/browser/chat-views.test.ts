// The views of chat for people who use a keyboard, a screen reader, a small screen or a dark one; and a chat that is very long.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Client, connect } from '../../support/client.ts';
import { expectAccessible, keepPicture } from './browser.ts';
import { enter, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();

const log = (page: Page) => page.getByRole('log');

const LOOKS = {
  'desk-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desk-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'wide-light': { viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'de-DE' },
  'tablet-light': { viewport: { width: 800, height: 600 }, colorScheme: 'light' },
  'phone-light': { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  'phone-dark': {
    viewport: { width: 320, height: 640 },
    colorScheme: 'dark',
    hasTouch: true,
    isMobile: true,
    locale: 'de-DE',
  },
} as const;

const SAID = [
  ['1002', 'Did you see the numbers of last week? https://example.com/numbers?week=47'],
  ['1001', 'Not yet.'],
  [
    '1001',
    'Is it bad?\n\nI only have until two, then I am on the train, and there is no telephone before the evening.',
  ],
  ['1002', 'Look at them before the meeting, please: averyveryverylongwordthatgoesonandonandneverends.'],
] as const;

async function open(page: Page, place: string): Promise<void> {
  await page.goto(`${house().daemon.url}/#/${place}`);
  await shows(page.getByRole('heading', { level: 1 }));
}

/** A client that is no browser. */
async function speaker(extension: string): Promise<Client> {
  const client = await connect(house().daemon.url);
  await client.open({ login: extension, password: PASSWORD });
  return client;
}

beforeAll(async () => {
  await house().daemon.user('1003', PASSWORD);
  const people = { '1001': await speaker('1001'), '1002': await speaker('1002') };
  for (const [from, text] of SAID) {
    await people[from].request('messages.send', { to: from === '1001' ? '1002' : '1001', text });
  }
  await people['1001'].request('messages.send', { to: '1003', text: 'Welcome!' });
  for (const client of Object.values(people)) client.cut();
});

describe.each(Object.entries(LOOKS))('On a screen that is %s', (look, options) => {
  test('the chats, one of them, and where notifications are switched are usable without seeing them', async () => {
    const { page } = await logIn('1001', options);
    for (const place of ['chat', 'chat/1002', 'chat/1001', 'chat/9999', 'account']) {
      await open(page, place);
      if (place.startsWith('chat')) await shows(page.getByText('Zoë Müller').or(log(page)));
      if (place === 'chat/1002') await shows(log(page).getByText('Did you see'));
      await keepPicture(page, `${look}-${place.replace('/', '-')}`);
      await expectAccessible(page);
      const width = await page.evaluate(() => {
        const { document } = globalThis as unknown as {
          document: { documentElement: { scrollWidth: number; clientWidth: number } };
        };
        return document.documentElement.scrollWidth - document.documentElement.clientWidth;
      });
      expect([place, width]).toEqual([place, 0]);
    }
  });
});

describe('With the keyboard alone', () => {
  test('a colleague is found, written to, and left again', async () => {
    const { page } = await logIn('1003');
    await goTo(page, 'Chat');
    await page.getByRole('button', { name: 'New chat' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('bitdid');
    await shows(page.getByRole('listitem').filter({ hasText: 'Ben Bitdiddle' }));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await shows(page.getByRole('textbox', { name: 'Message to Ben Bitdiddle' }));
    await page.keyboard.type('one line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('and another');
    await page.keyboard.press('Enter');
    await expect.poll(() => log(page).locator('.message-text').allTextContents()).toEqual(['one line\nand another']);
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(focused)).toBe('Messages with Ben Bitdiddle');
    await page.keyboard.press('Escape');
    await log(page).waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate(focused)).toMatch(/Ben Bitdiddle.*You: one line and another/);
  });

  test('on touch, Enter begins a line and the button sends', async () => {
    const { page } = await logIn('1003', LOOKS['phone-light']);
    await open(page, 'chat/1001');
    const composer = page.getByRole('textbox', { name: 'Message to Ada Lovelace' });
    await composer.fill('one');
    await composer.press('End');
    await composer.press('Enter');
    await composer.pressSequentially('two');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(() => log(page).locator('.message-text').allTextContents()).toContain('one\ntwo');
  });
});

describe('A chat of 5,000 messages', () => {
  test('opens at its end, is read back to its beginning without a jump, and stays there when another comes', async () => {
    const { context } = await logIn('1001');
    const page = await context.newPage();
    await page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((frame) => socket.send(withHistory(String(frame))));
    });
    await page.goto(house().daemon.url);
    await enter(page, '1001');
    await open(page, 'chat/1002');
    await shows(log(page).getByText('Look at them before'));
    const drawn = () => log(page).locator('[data-message]').count();
    expect(await drawn()).toBeLessThanOrEqual(180);
    await keepPicture(page, 'chat-long');
    let jumps = 0;
    for (let turns = 0; turns < 40; turns += 1) {
      jumps += await page.evaluate(scrollBack);
      expect(await drawn()).toBeLessThanOrEqual(180);
    }
    expect(jumps).toBe(0);
    await log(page).focus();
    const beginning = log(page).getByText('number 0.', { exact: true });
    await page.keyboard.press('Home');
    await shows(beginning);
    expect(await drawn()).toBeLessThanOrEqual(180);
    const ben = await speaker('1002');
    await ben.request('messages.send', { to: '1001', text: 'still there?' });
    await shows(page.getByRole('button', { name: /^1 unread/ }));
    await shows(beginning);
    await page.getByRole('button', { name: /^1 unread/ }).click();
    await shows(log(page).getByText('still there?'));
    await log(page).focus();
    await page.keyboard.press('Home');
    await shows(beginning);
    await page.getByRole('textbox', { name: /^Message to/ }).fill('back at the end');
    await page.keyboard.press('Enter');
    await shows(log(page).getByText('back at the end'));
    await ben.until(() => [...ben.items('messages').values()].every((message) => 'read' in message), 'it is read');
    ben.cut();
  });
});

/** A frame of the server, with a long history in the first state of the messages. */
function withHistory(frame: string): string {
  const { params, ...rest } = JSON.parse(frame) as { params?: { collection?: string; reset?: boolean; put: object[] } };
  if (params?.collection !== 'messages' || !params.reset) return frame;
  const history = Array.from({ length: 5_000 }, (_, i) => ({
    ...{ id: `old${i}`, with: '1002', from: i % 3 ? '1001' : '1002', read: '2026-01-01T00:00:00Z' },
    ...{
      text: `number ${i}.${' and more of it'.repeat(i % 23)}`,
      at: new Date(Date.UTC(2025, 0, 1) + i * 1_000_000).toISOString(),
    },
  }));
  return JSON.stringify({ ...rest, params: { ...params, put: [...history, ...params.put] } });
}

/** Runs in the page: scrolls back by a part of what is seen. Resolves with 1 when what was in sight is then not where it must be. */
async function scrollBack(): Promise<number> {
  interface Box {
    scrollTop: number;
    clientHeight: number;
    dataset: Record<string, string>;
    getBoundingClientRect(): { top: number; bottom: number };
    querySelectorAll(name: string): Iterable<Box>;
  }
  const { document, requestAnimationFrame } = globalThis as unknown as {
    document: { querySelector(name: string): Box };
    requestAnimationFrame(run: () => void): void;
  };
  const box = document.querySelector('[role=log]');
  const { top } = box.getBoundingClientRect();
  const first = [...box.querySelectorAll('[data-message]')].find((one) => one.getBoundingClientRect().top >= top);
  if (!first) return 1;
  const [before, from] = [first.getBoundingClientRect().top, box.scrollTop];
  box.scrollTop -= box.clientHeight * 0.8;
  const moved = from - box.scrollTop;
  for (let frames = 0; frames < 4; frames += 1) await new Promise<void>((done) => requestAnimationFrame(done));
  const same = [...box.querySelectorAll('[data-message]')].find(
    (one) => one.dataset['message'] === first.dataset['message'],
  );
  return same && Math.abs(same.getBoundingClientRect().top - before - moved) < 2 ? 0 : 1;
}

/** Runs in the page: what the focused element says of itself. */
function focused(): string {
  const { document } = globalThis as unknown as {
    document: { activeElement: { textContent: string; getAttribute(name: string): string | null } | null };
  };
  const { activeElement: element } = document;
  return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
}
