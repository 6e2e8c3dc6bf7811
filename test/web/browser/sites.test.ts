// The portal where a company has two sites: who is at the other one, and what is shown of it while it is away.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type Site, withSites } from '../../e2e/sites-house.ts';
import { expectAccessible, keepPicture, openVisitor } from './browser.ts';
import { enter, gone, shows } from './house.ts';

const sites = withSites();
let berlin: Site;
let paris: Site;
beforeAll(() => {
  ({ berlin, paris } = sites);
});

const row = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
const stale = (page: Page, name: string) => row(page, name).locator('.status.stale');

async function open(site: Site, user: string, place = '', locale = 'en-GB'): Promise<Page> {
  const { page } = await openVisitor({ locale });
  await page.goto(`${site.daemon.url}/#/${place}`);
  await enter(page, user);
  return page;
}

describe('The portal of a company with two sites', () => {
  test('shows each colleague with the site, and is quiet while both are there', async () => {
    const page = await open(berlin, '2001', 'extensions/31001');
    await shows(page.getByRole('heading', { name: 'Chloé' }));
    await shows(page.locator('.details').getByText('paris'));
    await shows(row(page, 'Ann'));
    expect(await page.locator('.banner').textContent()).toBe('');
    await expectAccessible(page);
  });

  test('shows the colleagues of a site that is away as last known, and nobody else', async () => {
    const [ben, chloe] = [await open(berlin, '2001', 'extensions'), await open(berlin, '31001', 'extensions', 'de-DE')];
    await shows(row(ben, 'Denis'));
    await paris.daemon.kill();
    await shows(stale(ben, 'Denis'));
    await shows(ben.getByText(/The phone system of paris has not been reached since/));
    expect([await stale(ben, 'Ann').count(), await ben.locator('.banner .notice').count()]).toEqual([0, 0]);
    // Hers is the one that is away, though the daemon that she is at is another one.
    await shows(chloe.locator('.banner .notice').getByText(/Die Telefonanlage ist seit/));
    await shows(stale(chloe, 'Denis'));
    expect(await stale(chloe, 'Ann').count()).toBe(0);
    await expectAccessible(ben);
    await keepPicture(ben, 'extensions-other-site-away');
    const boss = await open(berlin, ADMIN, 'admin/pbx');
    await shows(boss.locator('.notice.success').getByText('berlin:'));
    await shows(boss.locator('.notice.warning').getByText('paris:'));
    await expectAccessible(boss);
    await keepPicture(boss, 'admin-pbx-other-site-away');
    await paris.daemon.start();
    await gone(stale(ben, 'Denis'));
    await gone(ben.getByText(/The phone system of paris/));
    await gone(chloe.getByText(/Die Telefonanlage ist seit/));
  });
});
