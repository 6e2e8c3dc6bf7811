// A real Chromium for the tests of the portal: the one of this system, or Debian's in the cache folder. One for each test file.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
import { findChromium } from './chromium.ts';

const repository = resolve(import.meta.dirname, '..', '..', '..');
/** Where screenshots are kept, for people to look at. */
const SCREENSHOTS = resolve(process.env['ROLLCALL_SCREENSHOTS'] ?? join(repository, 'screenshots'));

const ARGUMENTS = [
  '--no-sandbox', // the tests run as root
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | undefined;
const contexts: BrowserContext[] = [];

/** Something that a page did which it must not: a script error, a refused load, a request to elsewhere. */
type Complaint = string;

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Empty at the end of a test, unless the test looks at it. */
  readonly complaints: Complaint[];
}

/** A browser of a user of his own, without cookies and storage of others, closed at the end of the test. */
export async function openVisitor(options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await (await theBrowser()).newContext({ locale: 'en-GB', ...options });
  contexts.push(context);
  const page = await context.newPage();
  const complaints: Complaint[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!/^(data|blob):|^https?:\/\/127\.0\.0\.1[:/]/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  return { page, context, complaints };
}

/** Keeps a picture of a page under this name. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** Fails with what axe finds wrong for people who cannot see, hear or use a pointer (WCAG 2.2, A and AA). */
export async function expectAccessible(page: Page): Promise<void> {
  // evaluated from outside, where the policy of the page does not count
  await page.evaluate(readFileSync(join(repository, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, nodes }) => ({
      id,
      where: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }));
  });
  expect(found).toEqual([]);
}

function theBrowser(): Promise<Browser> {
  browser ??= findChromium().then((executablePath) => chromium.launch({ executablePath, args: ARGUMENTS }));
  return browser;
}

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await (await browser)?.close();
});
