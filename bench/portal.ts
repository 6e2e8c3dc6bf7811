/// <reference lib="dom" />
// How long somebody who opens the portal waits, in a real Chromium: until the first colleagues are there, and until all contacts
// are, beside a page of ten lines that takes the same collections over its own WebSocket and only parses them. And whether
// scrolling through all contacts stays smooth.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../test/web/browser/chromium.ts';
import type { Benchmark } from './support/benchmark.ts';
import { median, percentile, printRatio, printValue } from './support/figures.ts';
import { endSides, openSide, type Side } from './support/side.ts';

const WEB = resolve(import.meta.dirname, '..', 'dist', 'web');
const COLLECTIONS = ['pbx', 'extensions', 'presence', 'books', 'favorites', 'contacts'];
const DAY_MS = 86_400_000;

export const portal: Benchmark = {
  name: 'portal',
  usage: '[EXTENSIONS [CONTACTS [ROUNDS]]]',
  what: 'the first view of the portal in a real browser, and scrolling in it',
  async run([extensions = 1_000, contacts = 10_000, rounds = 7]) {
    printValue('script until the portal can be used, gzipped', scriptBytes(), 'kB', { most: 60 });
    const side = await openSide('ours', { extensions, contacts, portal: WEB });
    const browser = await chromium.launch({
      executablePath: await findChromium(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const times = { first: [] as number[], all: [] as number[], floor: [] as number[], frames: [] as number[] };
    for (let i = 0; i <= rounds; i++) {
      const [bare, seen] = [await parsed(browser, side), await opened(browser, side, contacts)];
      if (i === 0) continue; // the browser reads its own files
      times.floor.push(bare);
      times.first.push(seen.first);
      times.all.push(seen.all);
      times.frames.push(...seen.frames);
    }
    await browser.close();
    endSides(side);
    const what = `${extensions} extensions and ${contacts} contacts`;
    printValue(`first colleagues of ${what}`, median(times.first), 'ms', { most: 1_000 });
    printRatio({
      what: `all of ${what}`,
      ours: median(times.all),
      floor: median(times.floor),
      unit: 'ms',
      floorName: 'a page that only parses them',
    });
    printValue('a frame while all contacts are scrolled through, p95', percentile(times.frames, 0.95), 'ms', {
      most: 34,
    });
  },
};

/** Of what the page names and the texts in English; administration, import and other languages come when they are asked for. */
function scriptBytes(): number {
  const page = readFileSync(join(WEB, 'index.html'), 'utf8');
  const named = readdirSync(join(WEB, 'assets')).filter(
    (name) => name.endsWith('.js') && (page.includes(name) || name.startsWith('en-')),
  );
  return (
    named.reduce((sum, name) => sum + gzipSync(readFileSync(join(WEB, 'assets', name)), { level: 9 }).length, 0) / 1000
  );
}

async function pageFor(
  browser: Browser,
  side: Side,
  bypassCSP = false,
): Promise<{ readonly page: Page; readonly token: string }> {
  const [token = ''] = await side.server.ask<string[]>({ do: 'tokens', count: 1 });
  const context = await browser.newContext({ bypassCSP });
  // What the loader of these scripts wraps functions with.
  await context.addInitScript('globalThis.__name = (given) => given');
  const page = await context.newPage();
  return { page, token };
}

/** Milliseconds from the navigation until a row is seen, until the count of contacts is told, and of each frame of scrolling. */
async function opened(
  browser: Browser,
  side: Side,
  contacts: number,
): Promise<{ readonly first: number; readonly all: number; readonly frames: readonly number[] }> {
  const { page, token } = await pageFor(browser, side);
  const kept = JSON.stringify({ token, expires: new Date(Date.now() + DAY_MS).toISOString() });
  await page.addInitScript((text) => sessionStorage.setItem('rollcall.token', text), kept);
  const origin = `http://127.0.0.1:${side.port}`;
  await page.goto(`${origin}/#/extensions`);
  const first = await seenAt(page, '[role=listitem]', '');
  await page.close();
  const again = await page.context().newPage();
  await again.addInitScript((text) => sessionStorage.setItem('rollcall.token', text), kept);
  await again.goto(`${origin}/#/contacts/company`);
  const all = await seenAt(again, 'main', new Intl.NumberFormat('en').format(contacts));
  const frames = await again.evaluate(async () => {
    const list = document.querySelector('[role=list][aria-label=Contacts]');
    if (!list) throw new Error('there is no list of contacts');
    const took: number[] = [];
    let before = performance.now();
    const steps = 120;
    for (let i = 1; i <= steps; i++) {
      list.scrollTop = (list.scrollHeight * i) / steps;
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      took.push(now - before);
      before = now;
    }
    return took.slice(1);
  });
  await again.context().close();
  return { first, all, frames };
}

/** Since the navigation, when something with this text is drawn. */
function seenAt(page: Page, selector: string, text: string): Promise<number> {
  return page.evaluate(
    ([selector, text]) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const found = [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
          if (found) requestAnimationFrame(() => resolve(performance.now()));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [selector, text] as const,
  );
}

/** The same collections, taken and parsed by as little as can be. */
async function parsed(browser: Browser, side: Side): Promise<number> {
  const { page, token } = await pageFor(browser, side, true);
  await page.goto(`http://127.0.0.1:${side.port}/healthz`);
  const took = await page.evaluate(
    ({ token, collections, url }) =>
      new Promise<number>((resolve) => {
        const begun = performance.now();
        const socket = new WebSocket(url, ['rollcall.v1']);
        const send = (id: number, method: string, params: object) =>
          socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
        socket.onopen = () => {
          send(1, 'session.open', { client: { platform: 'web', version: '1' }, auth: { token } });
          send(2, 'sync.open', { collections });
        };
        socket.onmessage = ({ data }) => {
          if (JSON.parse(data).method !== 'sync.ready') return;
          socket.close();
          resolve(performance.now() - begun);
        };
      }),
    { token, collections: COLLECTIONS, url: `ws://127.0.0.1:${side.port}/ws` },
  );
  await page.context().close();
  return took;
}
