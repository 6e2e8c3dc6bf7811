// What an administrator does in the portal, and what others see of it at once.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { keepPicture } from './browser.ts';
import { enter, gone, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();

const dialog = (page: Page) => page.locator('dialog[open]');
const open = async (page: Page, name: string): Promise<void> => {
  await goTo(page, 'Administration');
  await page.getByRole('link', { name, exact: true }).click();
  await shows(page.getByRole('heading', { level: 1, name }));
};

describe('Administration', () => {
  test('R15 R18: a rule is previewed, then saved, and opens the book to the other browser at once', async () => {
    const [boss, ben] = [(await logIn('1000')).page, (await logIn('1002')).page];
    await shows(ben.getByRole('link', { name: 'Company contacts' }));
    await open(boss, 'Permissions');
    await boss.getByRole('button', { name: 'Add rule' }).first().click();
    await dialog(boss).getByLabel('Everyone').check();
    await dialog(boss).getByLabel('View', { exact: true }).check();
    await dialog(boss).getByRole('button', { name: 'Apply' }).click();
    await shows(boss.getByText('Who will see what'));
    await keepPicture(boss, 'admin-permission-preview');
    expect(await ben.getByRole('link', { name: 'Company', exact: true }).count()).toBe(0);
    await boss.getByRole('button', { name: 'Save rules' }).click();
    await shows(boss.getByText('The rules are saved and in force.'));
    await shows(ben.getByRole('link', { name: 'Company', exact: true }));
    await boss.getByRole('button', { name: /^Delete rule 1/ }).click();
    await boss.getByRole('button', { name: 'Save rules' }).click();
    await shows(ben.getByRole('link', { name: 'Company contacts' }));
  });

  test('a company book is made, named anew, and deleted for everybody', async () => {
    const [boss, other] = [(await logIn('1000')).page, (await logIn('1000')).page];
    await open(boss, 'Company books');
    await boss.getByRole('button', { name: 'Add company book' }).first().click();
    await dialog(boss).getByLabel('Name').fill('Suppliers');
    await dialog(boss)
      .getByRole('button', { name: /Add|Save/ })
      .last()
      .click();
    await shows(other.getByRole('link', { name: 'Suppliers', exact: true }));
    await boss.getByRole('button', { name: 'Rename Suppliers' }).click();
    await dialog(boss).getByLabel('Name').fill('Partners');
    await dialog(boss)
      .getByRole('button', { name: /Save|Rename/ })
      .last()
      .click();
    await shows(other.getByRole('link', { name: 'Partners', exact: true }));
    await boss.getByRole('button', { name: 'Delete Partners' }).click();
    await dialog(boss).getByRole('button', { name: 'Delete for good' }).click();
    await gone(other.getByRole('link', { name: 'Partners', exact: true }));
  });

  test('a user is made and can log in; disabled, he is thrown out at once', async () => {
    const { page: boss } = await logIn('1000');
    await open(boss, 'Users');
    await boss.getByRole('button', { name: 'Add user' }).first().click();
    await dialog(boss).getByLabel('Extension number').fill('1500');
    await dialog(boss).getByLabel('Name', { exact: true }).fill('Nina New');
    await dialog(boss).getByLabel('Password', { exact: true }).fill('short');
    await dialog(boss)
      .getByRole('button', { name: /Add|Save/ })
      .last()
      .click();
    await shows(dialog(boss).getByText('A password has at least 8 characters.'));
    await dialog(boss).getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog(boss)
      .getByRole('button', { name: /Add|Save/ })
      .last()
      .click();
    await shows(boss.getByText('Nina New was saved.'));
    const { page: nina } = await logIn('1500');
    await boss.getByRole('button', { name: /^1500/ }).click();
    await dialog(boss).getByLabel('Disabled').check();
    await dialog(boss).getByRole('button', { name: 'Save', exact: true }).click();
    await shows(nina.getByLabel('Password', { exact: true }));
    await keepPicture(boss, 'admin-users');
  });

  test('extensions are hidden from each other by rules that are previewed', async () => {
    const [boss, ada] = [(await logIn('1000')).page, (await logIn('1001')).page];
    await shows(ada.getByRole('listitem').filter({ hasText: 'Zoë Müller' }));
    const rules = [{ who: { extension: '1001' }, whom: { extension: '1003' }, see: false }];
    await house().boss.request('visibility.set', { rules });
    await gone(ada.getByRole('listitem').filter({ hasText: 'Zoë Müller' }));
    await open(boss, 'Visibility');
    await shows(boss.getByText(/1001/).first());
    await keepPicture(boss, 'admin-visibility');
    await boss.getByRole('button', { name: /^Delete rule 1/ }).click();
    await boss.getByRole('button', { name: 'Save rules' }).click();
    await shows(ada.getByRole('listitem').filter({ hasText: 'Zoë Müller' }));
  });

  test('R13: do not disturb over all extensions is found and ended, and no page shows a personal contact', async () => {
    const { page: ben } = await logIn('1002');
    await goTo(ben, 'Personal');
    await ben.getByRole('button', { name: 'Add contact' }).first().click();
    await dialog(ben).getByLabel('First name').fill('Unseen');
    await dialog(ben).getByLabel('Number 1', { exact: true }).fill('020 7946 0666');
    await dialog(ben).getByRole('button', { name: 'Save', exact: true }).click();
    await gone(dialog(ben));
    await ben.getByRole('button', { name: /My status/ }).click();
    await dialog(ben).getByLabel('Do not disturb', { exact: true }).check();
    await dialog(ben).getByRole('button', { name: 'Set status' }).click();
    await gone(dialog(ben));
    const { page: boss } = await logIn('1000');
    await open(boss, 'Presence');
    await shows(boss.getByText('Ben Bitdiddle').first());
    await keepPicture(boss, 'admin-presence');
    await boss.getByRole('button', { name: /^End do not disturb of 1002/ }).click();
    await shows(ben.getByRole('button', { name: /^My status.*Available/ }));
    for (const name of ['Permissions', 'Company books', 'Users', 'Visibility', 'Phone system']) {
      await open(boss, name);
      expect(await boss.getByText('Unseen').count()).toBe(0);
    }
  });

  test('is for administrators: others do not find it, and are told when they try', async () => {
    const { page } = await logIn('1001');
    expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
    await page.goto(`${house().daemon.url}/#/admin/users`);
    await shows(page.getByText('There is no such page'));
    await page.goto(`${house().daemon.url}/#/extensions`);
    await enterAgain(page);
  });
});

/** What was opened without the right leaves the page usable. */
async function enterAgain(page: Page): Promise<void> {
  await goTo(page, 'Account');
  await page.getByRole('button', { name: 'Log out', exact: true }).first().click();
  await enter(page, '1002');
}
