// What the browser tests share: a daemon beside a real Asterisk with three phones, and people who open the portal in browsers
// of their own, as new users would.
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { settingsFor } from '../../e2e/house.ts';
import type { Asterisk } from '../../lab/asterisk.ts';
import type { LabSetup } from '../../lab/setup.ts';
import { withAsterisk } from '../../lab/with-asterisk.ts';
import { type Client, connect } from '../../support/client.ts';
import { type Daemon, prepareDaemon, type SettingsTree } from '../../support/daemon.ts';
import { keepPicture, openVisitor, type Visitor } from './browser.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

export const PASSWORD = 'correct horse';

export interface Person extends Visitor {
  /** The extension number. */
  readonly user: string;
}

export interface House {
  readonly daemon: Daemon;
  readonly asterisk: Asterisk;
  /** The administrator's client, for what is not done in a browser. */
  readonly boss: Client;
}

/** Options of the browser: language, size, colour scheme. */
type Options = Parameters<typeof openVisitor>[0];

/** What a test needs besides: of the Asterisk, and of the daemon's settings. */
interface Extra {
  readonly lab?: Partial<LabSetup>;
  readonly settings?: SettingsTree;
}

/** 1000 is an administrator without a phone; Ada 1001, Ben 1002 and Zoë 1003 have one each. */
export function withHouse(extra: Extra = {}): {
  readonly house: () => House;
  readonly logIn: (user: string, options?: Options) => Promise<Person>;
} {
  const lab = withAsterisk({
    version: '22',
    extensions: [
      { number: '1001', name: 'Ada Lovelace' },
      { number: '1002', name: 'Ben Bitdiddle' },
      { number: '1003', name: 'Zoë Müller' },
    ],
    ...extra.lab,
  });
  let house: House | undefined;
  const people: Person[] = [];
  beforeAll(async () => {
    const daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
    await daemon.configure(extra.settings ?? {});
    await daemon.user('1000', PASSWORD, '--admin', '--name', 'Olga Operator');
    await daemon.user('1001', PASSWORD, '--email', 'ada@example.com', '--group', 'Sales');
    await daemon.user('1002', PASSWORD, '--group', 'Support');
    await daemon.start();
    await daemon.line('pbx.snapshot');
    const boss = await connect(daemon.url);
    await boss.open({ login: '1000', password: PASSWORD });
    house = { daemon, asterisk: lab(), boss };
  });
  afterAll(async () => {
    house?.boss.cut();
    await house?.daemon.dispose();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      for (const { user, page } of people)
        await keepPicture(page, `failed ${task.name.slice(0, 60)} ${user}`.replace(/\W+/g, '-'));
    }
    const complaints = people.splice(0).map(({ user, complaints }) => [user, complaints]);
    expect(complaints.filter(([, list]) => list?.length !== 0)).toEqual([]);
  });
  const known = () => {
    if (!house) throw new Error('the house is ready in tests and hooks only');
    return house;
  };
  return {
    house: known,
    logIn: async (user, options) => {
      const visitor = await openVisitor(options);
      const person = { ...visitor, user };
      people.push(person);
      await visitor.page.goto(known().daemon.url);
      await enter(visitor.page, user);
      return person;
    },
  };
}

/** Logs in on the page that asks for it. */
export async function enter(page: Page, login: string, password = PASSWORD): Promise<void> {
  // by name and not by label, which is in the language of the page
  await page.locator('input[name=username]').fill(login);
  await page.locator('input[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('navigation'));
}

export const shows = (locator: Locator): Promise<void> =>
  locator.first().waitFor({ state: 'visible', timeout: 15_000 });

export const gone = (locator: Locator): Promise<void> => locator.first().waitFor({ state: 'hidden', timeout: 15_000 });

/** Follows a link of the main navigation. */
export function goTo(page: Page, name: string): Promise<void> {
  return page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
}
