// What people do with contacts and favourites, each in a browser of his own, without having read anything.
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { keepPicture } from './browser.ts';
import { gone, goTo, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();

const everyone = { everyone: true };
const allow = (...rules: object[]) => house().boss.request('permissions.set', { rules });
const mayManage = { who: everyone, books: '*', view: true, manage: true };
const mayView = { who: everyone, books: '*', view: true, manage: false };

beforeEach(() => allow(mayManage));

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });
const dialog = (page: Page) => page.locator('dialog[open]');

interface Entry {
  readonly first?: string;
  readonly last?: string;
  readonly company?: string;
  readonly number: string;
  /** As the list of books calls it. */
  readonly book?: string;
}

/** Adds a contact on the page where one is. */
async function add(page: Page, { first = '', last = '', company = '', number, book }: Entry): Promise<void> {
  await page.getByRole('button', { name: 'Add contact' }).first().click();
  const form = dialog(page);
  await form.getByLabel('First name').fill(first);
  await form.getByLabel('Last name').fill(last);
  await form.getByLabel('Company', { exact: true }).fill(company);
  await form.getByLabel('Number 1', { exact: true }).fill(number);
  if (book) await form.getByLabel('Save in').selectOption({ label: book });
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await gone(form);
}

describe('Contacts in the portal', () => {
  test('R28 R10: a contact is added to Personal or Company, and each looks different', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Contacts');
    await add(page, { first: 'Grace', last: 'Hopper', number: '+1 202 555 0100', book: 'Personal' });
    await add(page, { company: 'Analytical Engines', number: '+44 20 7946 0000', book: 'Company' });
    await shows(row(page, 'Grace Hopper').getByText('Personal contact'));
    await shows(row(page, 'Analytical Engines').getByText('Company contact'));
    await keepPicture(page, 'contacts-all');
    await goTo(page, 'Personal');
    await shows(row(page, 'Grace Hopper'));
    await gone(row(page, 'Analytical Engines'));
  });

  test('R46 R47: what one browser adds is in another at once, and in a new one from the beginning', async () => {
    const [here, there] = [(await logIn('1001')).page, (await logIn('1001')).page];
    for (const page of [here, there]) await goTo(page, 'Personal');
    await add(here, { first: 'Katherine', last: 'Johnson', number: '0207 946 0001' });
    await shows(row(there, 'Katherine Johnson'));
    const { page: fresh } = await logIn('ada@example.com');
    await goTo(fresh, 'Personal');
    await shows(row(fresh, 'Katherine Johnson'));
  });

  test('R12: nobody else sees a personal contact, the administrator neither', async () => {
    const { page: ada } = await logIn('1001');
    await goTo(ada, 'Personal');
    await add(ada, { first: 'Secret', last: 'Friend', number: '020 7946 0002' });
    for (const user of ['1002', '1000']) {
      const { page } = await logIn(user);
      await goTo(page, 'Contacts');
      await page.getByLabel('Search contacts').fill('Secret');
      await shows(page.getByText('No contact found'));
    }
  });

  test('a contact is changed in all its fields, and what is wrong is said at its place', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Personal');
    await add(page, { first: 'Hedy', last: 'Lamarr', number: '020 7946 0003' });
    await row(page, 'Hedy Lamarr').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const form = dialog(page);
    await form.getByRole('button', { name: 'Add number' }).click();
    await form.getByLabel('Number 2', { exact: true }).fill('abc;def');
    await form.getByRole('button', { name: 'Add e-mail' }).click();
    await form.getByLabel('E-mail 1', { exact: true }).fill('hedy');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await shows(form.getByText('not “;”'));
    await shows(form.getByText('Enter an e-mail address such as'));
    await keepPicture(page, 'contact-mistakes');
    await form.getByLabel('Number 2', { exact: true }).fill('+43 1 234567');
    await form.getByLabel('E-mail 1', { exact: true }).fill('hedy@example.com');
    await form.getByLabel('Remark').fill('Frequency hopping\nand films');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await gone(form);
    await shows(page.getByRole('link', { name: '+43 1 234567' }));
    await shows(page.getByRole('link', { name: 'hedy@example.com' }));
  });

  test('two who change the same contact are told, and neither loses his work silently', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    await goTo(ada, 'Company');
    await goTo(ben, 'Company');
    await add(ada, { first: 'Joan', last: 'Clarke', number: '020 7946 0004', book: 'Company' });
    for (const page of [ada, ben]) {
      await row(page, 'Joan Clarke').click();
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
    }
    await dialog(ben).getByLabel('Title').fill('Numismatist');
    await dialog(ada).getByLabel('Title').fill('Codebreaker');
    await dialog(ada).getByRole('button', { name: 'Save', exact: true }).click();
    await gone(dialog(ada));
    await shows(dialog(ben).getByText('Changed by Ada Lovelace meanwhile'));
    await keepPicture(ben, 'contact-conflict');
    await dialog(ben).getByRole('button', { name: 'Save mine over it' }).click();
    await gone(dialog(ben));
    await shows(ada.getByText('Numismatist'));
  });

  test('R31 R32 R33: a number from elsewhere becomes a new contact or is added to one, once', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Personal');
    await add(page, { first: 'Mary', last: 'Jackson', number: '020 7946 0005' });
    const number = encodeURIComponent('+44 7700 900123');
    for (const outcome of ['The number was added to Mary Jackson.', 'Nothing was changed.']) {
      await page.goto(`${house().daemon.url}/#/contacts/add?number=${number}`);
      await page.getByRole('button', { name: 'Add to existing contact' }).click();
      await page.getByLabel('Search the contact to add it to').fill('Jackson');
      await page.getByRole('button', { name: /Mary Jackson/ }).click();
      await page.getByRole('button', { name: 'Add to Mary Jackson' }).click();
      await shows(page.getByText(outcome));
    }
    await goTo(page, 'Personal');
    await row(page, 'Mary Jackson').click();
    const added = page.getByRole('link', { name: '+44 7700 900123', exact: true });
    await shows(added);
    expect(await added.count()).toBe(1);
  });

  test('R36 R37 R38: deleting asks first, and takes the contact from every other browser, favourites too', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    await goTo(ada, 'Company');
    await add(ada, { first: 'Radia', last: 'Perlman', number: '020 7946 0006', book: 'Company' });
    await goTo(ben, 'Company');
    await row(ben, 'Radia Perlman').getByRole('button', { name: 'Add Radia Perlman to favourites' }).click();
    await goTo(ben, 'Favourites');
    await shows(row(ben, 'Radia Perlman'));
    await row(ada, 'Radia Perlman').click();
    await ada.getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog(ada).getByRole('button', { name: 'Cancel' }).click();
    await shows(row(ben, 'Radia Perlman'));
    await ada.getByRole('button', { name: 'Delete', exact: true }).click();
    await keepPicture(ada, 'contact-delete');
    await dialog(ada).getByRole('button', { name: 'Delete', exact: true }).click();
    await gone(row(ada, 'Radia Perlman'));
    await gone(row(ben, 'Radia Perlman'));
  });

  test('R14 R18: without the right Company is not there and says why; the right given and taken shows at once', async () => {
    await allow();
    const { page } = await logIn('1002');
    await goTo(page, 'Company contacts');
    await shows(page.getByText('You have no permission to see company contacts'));
    await keepPicture(page, 'company-no-permission');
    const { boss } = house();
    const contact = { firstName: 'Barbara', lastName: 'Liskov', numbers: [{ type: 'mobile', number: '07700 900456' }] };
    await boss.request('contacts.create', { book: 'company', contact });
    await allow(mayView);
    await goTo(page, 'Company');
    await shows(row(page, 'Barbara Liskov'));
    await shows(page.getByText('You may view this address book, not change it.'));
    expect(await page.getByRole('button', { name: 'Add contact' }).count()).toBe(0);
    await allow();
    await gone(row(page, 'Barbara Liskov'));
    await shows(page.getByText('You have no permission to see company contacts'));
  });

  test('R29 R34: who may only view is offered no way to change, and an open editor closes when the right goes', async () => {
    const { page } = await logIn('1002');
    await goTo(page, 'Company');
    await add(page, { first: 'Annie', last: 'Easley', number: '020 7946 0007', book: 'Company' });
    await row(page, 'Annie Easley').click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await allow(mayView);
    await gone(dialog(page));
    await shows(page.getByText('You may not change “Company” any more.'));
    for (const name of ['Edit', 'Delete', 'Move'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
    await goTo(page, 'Personal');
    await page.getByRole('button', { name: 'Add contact' }).first().click();
    expect(await dialog(page).getByLabel('Save in').locator('option').allTextContents()).toEqual(['Personal']);
  });

  test('a contact is moved, found in any spelling, and several are deleted together', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Personal');
    for (const [first, number] of [
      ['Wanda', '+44 20 7946 0071'],
      ['Wilma', '+44 20 7946 0072'],
    ] as const)
      await add(page, { first, last: 'Wandering', number });
    await row(page, 'Wanda').click();
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await dialog(page).getByLabel('To').selectOption({ label: 'Company' });
    await dialog(page).getByRole('button', { name: 'Move', exact: true }).click();
    await shows(page.getByText('Wanda Wandering is in Company now.'));
    await goTo(page, 'Contacts');
    await page.getByLabel('Search contacts').fill('02079460071');
    await shows(row(page, 'Wanda'));
    await gone(row(page, 'Wilma'));
    await page.getByLabel('Search contacts').fill('wandering');
    await shows(row(page, 'Wilma'));
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.getByLabel('Select Wanda Wandering').check();
    await page.getByLabel('Select Wilma Wandering').check();
    await page.getByRole('button', { name: 'Delete selected' }).click();
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
    await shows(page.getByText('2 contacts were deleted.'));
    await shows(page.getByText('No contact found'));
  });

  test('R49 R50 R51 R52: colleagues and contacts are favourites until the mark is taken away or they are hidden', async () => {
    const { page } = await logIn('1001');
    await row(page, 'Ben Bitdiddle').getByRole('button', { name: 'Add Ben Bitdiddle to favourites' }).click();
    await goTo(page, 'Personal');
    await add(page, { first: 'Evelyn', last: 'Boyd', number: '020 7946 0008' });
    await row(page, 'Evelyn Boyd').getByRole('button', { name: 'Add Evelyn Boyd to favourites' }).click();
    await goTo(page, 'Favourites');
    await shows(row(page, 'Ben Bitdiddle'));
    await shows(row(page, 'Evelyn Boyd'));
    await keepPicture(page, 'favourites');
    const hide = { who: { extension: '1001' }, whom: { extension: '1002' }, see: false };
    await house().boss.request('visibility.set', { rules: [hide] });
    await gone(row(page, 'Ben Bitdiddle'));
    await house().boss.request('visibility.set', { rules: [] });
    await shows(row(page, 'Ben Bitdiddle'));
    await row(page, 'Evelyn Boyd').getByRole('button', { name: 'Remove Evelyn Boyd from favourites' }).click();
    await gone(row(page, 'Evelyn Boyd'));
  });
});

describe('The Back button', () => {
  test('closes the dialog alone, and asks first when something was entered', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Personal');
    await shows(page.getByRole('heading', { level: 1, name: 'Personal contacts' }));
    await page.getByRole('button', { name: 'Add contact' }).first().click();
    await page.goBack();
    await gone(dialog(page));
    await page.getByRole('button', { name: 'Add contact' }).first().click();
    await dialog(page).getByLabel('First name').fill('Half');
    await page.goBack();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    expect(await dialog(page).getByLabel('First name').inputValue()).toBe('Half');
    await page.goBack();
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await gone(dialog(page));
    await shows(page.getByRole('heading', { level: 1, name: 'Personal contacts' }));
    await page.goBack();
    await shows(page.getByRole('heading', { level: 1, name: 'Extensions' }));
  });
});
