// Colleagues, presence, log-ins and the account, seen in browsers beside real phones.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { withPhones } from '../../lab/with-asterisk.ts';
import { keepPicture, openVisitor } from './browser.ts';
import { enter, gone, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();
const plugIn = withPhones(() => house().asterisk);

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });
const dialog = (page: Page) => page.locator('dialog[open]');

async function setStatus(page: Page, status: string, note = ''): Promise<void> {
  await page.getByRole('button', { name: /My status/ }).click();
  await dialog(page).getByLabel(status, { exact: true }).check();
  await dialog(page).getByLabel('Note').fill(note);
  await dialog(page).getByRole('button', { name: 'Set status' }).click();
  await gone(dialog(page));
}

describe('The directory', () => {
  test('R02 R22 R23: colleagues come from the PBX with their presence, and a call shows while it rings and is talked', async () => {
    const { page } = await logIn('1001');
    const [ben, zoe] = [await plugIn('1002', { behaviour: 'answer' }), await plugIn('1003')];
    await shows(row(page, 'Zoë Müller').getByText('Available'));
    const call = await zoe.call('1002');
    await shows(row(page, 'Ben Bitdiddle').getByText('On a call'));
    await keepPicture(page, 'extensions-on-a-call');
    await call.hangup();
    await shows(row(page, 'Ben Bitdiddle').getByText('Available'));
    await ben.unregister();
    await shows(row(page, 'Ben Bitdiddle').getByText('Offline'));
  });

  test('R03: people are found by name without accents, by number, e-mail and group', async () => {
    const { page } = await logIn('1002');
    for (const [text, found] of [
      ['zoe mull', 'Zoë Müller'],
      ['1003', 'Zoë Müller'],
      ['ada@example', 'Ada Lovelace'],
      ['sales', 'Ada Lovelace'],
    ] as const) {
      await page.getByLabel('Search extensions').fill(text);
      await shows(row(page, found));
      await gone(row(page, 'Ben Bitdiddle'));
    }
    await page.getByLabel('Search extensions').fill('nobody at all');
    await shows(page.getByText('Nobody found'));
  });

  test('R19 R21: a status with a note is set in one browser and shows in the other, and do not disturb shows as well', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    await setStatus(ada, 'Lunch break', 'back at two');
    await shows(row(ben, 'Ada Lovelace').getByText('Lunch break'));
    await shows(row(ben, 'Ada Lovelace').getByText('back at two'));
    await setStatus(ada, 'Do not disturb');
    await shows(row(ben, 'Ada Lovelace').getByText('Do not disturb'));
    await setStatus(ada, 'Available');
    await gone(row(ben, 'Ada Lovelace').getByText('Do not disturb'));
  });

  test('while the PBX is away presence is shown as what was last known, and is live again after', async () => {
    const { page } = await logIn('1001');
    await house().asterisk.kill();
    await shows(page.getByText('The phone system has not been reached since'));
    await keepPicture(page, 'pbx-away');
    await house().asterisk.boot();
    await gone(page.getByText('The phone system has not been reached since'));
  });

  test('while the daemon is away the page says so, and goes on by itself', async () => {
    const person = await logIn('1001');
    const { page, complaints } = person;
    await house().daemon.stop();
    await shows(page.getByText('No connection to the server since'));
    await house().daemon.start();
    await gone(page.getByText('No connection to the server since'));
    // the browser itself tells of connections that were refused
    expect(complaints.filter((line) => !/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/.test(line))).toEqual(
      [],
    );
    complaints.length = 0;
    const { boss } = house();
    boss.cut();
  });
});

describe('Logging in', () => {
  test('R39: with extension number or e-mail; a wrong password is refused without a word on who exists', async () => {
    const { page } = await openVisitor();
    await page.goto(house().daemon.url);
    const tell = async (login: string) => {
      await page.getByLabel('Extension number or e-mail').fill(login);
      await page.getByLabel('Password', { exact: true }).fill('wrong password');
      await page.getByRole('button', { name: 'Log in' }).click();
      await shows(page.getByText('is wrong, or this log-in is not allowed'));
    };
    await tell('1001');
    await tell('7777');
    await keepPicture(page, 'log-in-refused');
    await enter(page, 'ADA@example.com');
    await page.reload();
    await shows(row(page, 'Ben Bitdiddle'));
  });

  test('one sees where one is logged in, and logs out there: the other browser asks for the password', async () => {
    const [here, there] = [(await logIn('1002')).page, (await logIn('1002')).page];
    await goTo(here, 'Account');
    await shows(here.getByText('here', { exact: true }));
    await keepPicture(here, 'account');
    await here
      .getByRole('button', { name: /^Log out Web browser/ })
      .first()
      .click();
    await shows(there.getByText('You were logged out from another place.'));
    await goTo(here, 'Extensions');
    await shows(row(here, 'Ada Lovelace'));
  });

  test('the password is changed with the current one, and counts from then on', async () => {
    await house().daemon.user('1003', PASSWORD);
    const { page } = await logIn('1003');
    await goTo(page, 'Account');
    const change = async (current: string) => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password', { exact: true }).fill('another horse');
      await page.getByLabel('New password again').fill('another horse');
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('not this one');
    await shows(page.getByText('The current password is wrong.'));
    await change(PASSWORD);
    await shows(page.getByText('Your password was changed.'));
    await page.getByRole('button', { name: 'Log out', exact: true }).first().click();
    await enter(page, '1003', 'another horse');
  });

  test('R17: one sees what one may do', async () => {
    await house().daemon.feed('[]', 'permissions', 'set', '-');
    const { page } = await logIn('1001');
    await goTo(page, 'Account');
    await shows(page.getByText('View and change'));
    await shows(page.getByText('No access'));
  });

  test('everything is there in German too', async () => {
    const { page } = await openVisitor({ locale: 'de-DE' });
    await page.goto(house().daemon.url);
    await page.getByLabel('Nebenstelle oder E-Mail').fill('1001');
    await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await shows(page.getByRole('heading', { level: 1, name: 'Nebenstellen' }));
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await keepPicture(page, 'extensions-german');
  });
});
