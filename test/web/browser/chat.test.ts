// Chat as people have it in their browsers: live, read, found again, and nobody else's business.
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TcpProxy } from '../../support/proxy.ts';
import { expectAccessible, keepPicture, openVisitor } from './browser.ts';
import { enter, gone, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();

const log = (page: Page) => page.getByRole('log');
const line = (page: Page, text: string) => log(page).getByRole('listitem').filter({ hasText: text });
const composer = (page: Page) => page.getByRole('textbox', { name: /^Message to/ });
const chats = (page: Page) => page.getByRole('list', { name: 'Chats' }).getByRole('listitem');

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

/** Opens the chat with this extension. */
async function chatWith(page: Page, extension: string): Promise<void> {
  await page.evaluate((to) => {
    (globalThis as unknown as { location: { hash: string } }).location.hash = `#/chat/${to}`;
  }, extension);
  await shows(log(page));
}

async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** Looks at the newest message: a chat opens where its unread ones begin, and only what was in sight to the end is read. */
async function lookAtEnd(page: Page): Promise<void> {
  await log(page).press('End');
  await gone(page.getByRole('button', { name: /To the newest messages$/ }));
}

/** What is written in the open chat, oldest first. */
const written = (page: Page): Promise<string[]> => log(page).locator('.message-text').allTextContents();

/** Everybody sees everybody again. */
const seeEverybody = () => house().boss.request('visibility.set', { rules: [] });

beforeAll(async () => {
  await house().daemon.user('1003', PASSWORD);
});
beforeEach(seeEverybody);

describe('Two colleagues', () => {
  test('R54: write to each other, and see what was delivered and read, and how much is unread', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    await goTo(ada, 'Chat');
    await shows(ada.getByText('No chats yet'));
    await ada.getByLabel('Search chats and colleagues').fill('bitd');
    await chats(ada).filter({ hasText: 'Ben Bitdiddle' }).getByRole('link').click();
    await write(ada, 'Good morning, Ben');
    await shows(line(ada, 'Good morning, Ben').getByText(/^Delivered/));
    await expect.poll(() => ben.title()).toBe('(1) Extensions · Rollcall');
    await shows(ben.getByRole('navigation', { name: 'Main' }).getByText(/1 unread/));
    await keepPicture(ben, 'chat-unread');

    await goTo(ben, 'Chat');
    await shows(chats(ben).filter({ hasText: 'Ada Lovelace' }).getByText('1 unread'));
    await chats(ben).filter({ hasText: 'Ada Lovelace' }).getByRole('link').click();
    await shows(line(ben, 'Good morning, Ben'));
    await shows(log(ben).getByText('New messages', { exact: true }));
    await expectAccessible(ben);
    await shows(line(ada, 'Good morning, Ben').getByText(/^Read/));
    await expect.poll(() => ben.title()).toBe('Chat · Rollcall');
    await write(ben, 'Good morning, Ada');
    await gone(log(ben).getByText('New messages', { exact: true }));
    await shows(line(ada, 'Good morning, Ada'));
    await shows(line(ben, 'Good morning, Ada').getByText(/^Read/));
    await keepPicture(ada, 'chat');
  });

  test('have it on all their screens, and one that is read on one is read on the other', async () => {
    const [ada, desk, phone] = [
      (await logIn('1001')).page,
      (await logIn('1002')).page,
      (await logIn('1002', PHONE)).page,
    ];
    await chatWith(ada, '1002');
    await write(ada, 'Seen on which screen?');
    for (const page of [desk, phone]) await shows(page.getByRole('navigation', { name: 'Main' }).getByText(/1 unread/));
    await chatWith(phone, '1001');
    await shows(line(phone, 'Seen on which screen?'));
    await gone(desk.getByRole('navigation', { name: 'Main' }).getByText(/unread/));
    await expect.poll(() => desk.title()).toBe('Extensions · Rollcall');
  });

  test('do not let a third one have a byte of it', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    const third = await openVisitor();
    const frames: string[] = [];
    third.page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
      socket.on('framesent', ({ payload }) => frames.push(String(payload)));
    });
    await third.page.goto(house().daemon.url);
    await enter(third.page, '1003');
    await chatWith(third.page, '1001');
    await chatWith(ada, '1002');
    await chatWith(ben, '1001');
    await write(ada, 'between you and me: zanzibar');
    await shows(line(ben, 'zanzibar'));
    await write(ben, 'not a word of zanzibar');
    await shows(line(ada, 'not a word'));
    await chatWith(ada, '1003');
    await write(ada, 'to Zoë alone');
    await shows(line(third.page, 'to Zoë alone'));
    const heard = frames.join('\n');
    expect([heard.includes('zanzibar'), heard.includes('to Zoë alone')]).toEqual([false, true]);
  });

  test('who do not see each other any more keep what they wrote, and cannot write on', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    await chatWith(ada, '1002');
    await chatWith(ben, '1001');
    await write(ada, 'while we still see each other');
    await shows(line(ben, 'while we still'));
    const rules = [{ who: { extension: '1001' }, whom: { extension: '1002' }, see: false }];
    await house().boss.request('visibility.set', { rules });
    await shows(ada.getByText('You cannot write to 1002 now'));
    expect(await composer(ada).count()).toBe(0);
    await shows(line(ada, 'while we still'));
    await keepPicture(ada, 'chat-hidden');
    await write(ben, 'are you there?');
    await shows(line(ben, 'are you there?').getByText('This colleague cannot be written to.'));
    await keepPicture(ben, 'chat-refused');
    await expectAccessible(ben);
    await seeEverybody();
    await shows(composer(ada));
    await line(ben, 'are you there?').getByRole('button', { name: 'Send again' }).click();
    await shows(line(ada, 'are you there?'));
    expect((await written(ada)).filter((text) => text === 'are you there?').length).toBe(1);
  });
});

/** Texts as somebody might write them who means harm, or writes in another direction. */
const HOSTILE = [
  '<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script>',
  'javascript:globalThis.broken=1 https://user:pass@127.0.0.1/ data:text/html,<script>globalThis.broken=1</script>',
  '\u202eesrever\u2066 \u2067 \u0000\u0007 bell',
  `${'a\u0301'.repeat(300)}${'\u0489'.repeat(200)}`,
  'x'.repeat(4_000),
  'line\n'.repeat(799),
  '{{constructor.constructor("globalThis.broken=1")()}} &lt;b&gt; \\n $&',
];

describe('What is written', () => {
  test('is text and nothing else, stays within its place, and only addresses of web pages can be followed', async () => {
    const { page } = await logIn('1001', PHONE);
    await chatWith(page, '1002');
    const zoe = await logIn('1002');
    await chatWith(zoe.page, '1001');
    for (const text of HOSTILE) {
      await composer(page).fill(text);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
    }
    await composer(page).fill('look at https://127.0.0.1/a?b=c, please');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await shows(line(zoe.page, 'look at'));
    const link = line(zoe.page, 'look at').getByRole('link');
    expect(await Promise.all(['href', 'target', 'rel'].map((name) => link.getAttribute(name)))).toEqual([
      'https://127.0.0.1/a?b=c',
      '_blank',
      'noopener noreferrer',
    ]);
    for (const person of [page, zoe.page]) {
      await shows(line(person, 'look at').getByText(/look at/));
      expect(await log(person).getByRole('link').count()).toBe(1);
      expect(await person.evaluate(() => 'broken' in globalThis)).toBe(false);
      expect(await person.evaluate(tooWide)).toBe(0);
    }
    await keepPicture(page, 'chat-hostile');
    await line(zoe.page, 'xxxx').getByRole('button', { name: 'Show all' }).click();
    await shows(log(zoe.page).getByText('x'.repeat(4_000), { exact: true }));
  });

  test('may have 4,000 characters; what is longer is not sent, and not cut', async () => {
    const { page } = await logIn('1001');
    await chatWith(page, '1003');
    await composer(page).fill('y'.repeat(3_990));
    await shows(page.getByText('10 characters left'));
    await composer(page).fill('y'.repeat(4_003));
    await shows(page.getByText('3 characters too many'));
    await composer(page).press('Enter');
    expect((await composer(page).inputValue()).length).toBe(4_003);
    await composer(page).fill('  two\nlines  ');
    await composer(page).press('Enter');
    await shows(line(page, 'two'));
    expect((await written(page)).at(-1)).toBe('  two\nlines');
  });

  test('and not sent is a draft, in each chat its own, until one logs out', async () => {
    const { page } = await logIn('1001');
    await chatWith(page, '1002');
    await composer(page).fill('to be continued');
    await chatWith(page, '1003');
    await shows(page.getByRole('textbox', { name: 'Message to Zoë Müller' }));
    expect(await composer(page).inputValue()).toBe('');
    await page.reload();
    await chatWith(page, '1002');
    await shows(page.getByRole('textbox', { name: 'Message to Ben Bitdiddle' }));
    expect(await composer(page).inputValue()).toBe('to be continued');
    await goTo(page, 'Account');
    await page.getByRole('button', { name: 'Log out', exact: true }).first().click();
    await shows(page.getByLabel('Password', { exact: true }));
    const kept = await page.evaluate(() =>
      JSON.stringify((globalThis as unknown as { sessionStorage: object }).sessionStorage),
    );
    expect(kept).not.toContain('to be continued');
  });
});

const proxies: TcpProxy[] = [];
afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.close())));

/** Ada behind a network that can be spoiled. */
async function behindProxy(): Promise<{ page: Page; network: TcpProxy; complaints: string[] }> {
  const network = await TcpProxy.to(Number(new URL(house().daemon.url).port));
  proxies.push(network);
  const { page, complaints } = await openVisitor();
  await page.goto(`http://127.0.0.1:${network.port}`);
  await enter(page, '1001');
  return { page, network, complaints };
}

describe('When the connection breaks', () => {
  test('while messages are being sent, each is there once, in order, whether the server had it or not', async () => {
    const [{ page, network, complaints }, ben] = [await behindProxy(), (await logIn('1002')).page];
    await chatWith(page, '1002');
    await chatWith(ben, '1001');
    const texts = Array.from({ length: 12 }, (_, i) => `part ${i} of it`);
    for (const [i, text] of texts.entries()) {
      await write(page, text);
      if (i === 3) network.cut(); // what was sent may have arrived
      if (i === 6) network.swallow(true); // what is sent now does not
      if (i === 8) {
        network.cut();
        network.swallow(false);
      }
    }
    const parts = async (at: Page) => (await written(at)).filter((text) => /^part \d+ of it$/.test(text));
    await expect.poll(() => parts(ben), { timeout: 30_000 }).toEqual(texts);
    await expect.poll(() => parts(page)).toEqual(texts);
    await gone(log(page).getByText(/^Not sent yet/));
    await expect.poll(() => log(page).locator('.waiting, .sending, .refused').count()).toBe(0);
    // the browser itself tells of connections that broke
    expect(complaints.filter((complaint) => !/WebSocket connection to .* failed/.test(complaint))).toEqual([]);
  });

  test('what is written meanwhile says that it waits, and goes out by itself, also after the page was loaded anew', async () => {
    const [{ page, network }, ben] = [await behindProxy(), (await logIn('1002')).page];
    await chatWith(ben, '1001');
    await lookAtEnd(ben); // the tests before may have left him more unread than there is room for
    await chatWith(page, '1002');
    await network.refuse();
    await shows(page.getByText('No connection to the server since'));
    await write(page, 'written without a connection');
    await shows(line(page, 'written without').getByText(/^Not sent yet/));
    await keepPicture(page, 'chat-waiting');
    await page.evaluate(() => {
      (globalThis as unknown as { location: { hash: string } }).location.hash = '#/contacts';
    });
    await network.accept();
    await page.reload();
    await shows(line(ben, 'written without a connection'));
    await chatWith(page, '1002');
    await shows(line(page, 'written without').getByText(/^Read/));
    for (const at of [page, ben]) {
      expect((await written(at)).filter((text) => text === 'written without a connection').length).toBe(1);
    }
  });
});

/** Runs in the page: by how many pixels anything of it is wider than the screen. */
function tooWide(): number {
  interface Box {
    scrollWidth: number;
    clientWidth: number;
  }
  const { document } = globalThis as unknown as {
    document: { documentElement: Box; querySelector(name: string): Box | null };
  };
  const boxes = [document.documentElement, document.querySelector('[role=log]')];
  return Math.max(...boxes.map((box) => (box ? box.scrollWidth - box.clientWidth : 0)));
}
