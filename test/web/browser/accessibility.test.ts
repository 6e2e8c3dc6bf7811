// Every view of the portal for people who use a keyboard, a screen reader, a small screen or a dark one.
import { beforeAll, describe, expect, test } from 'vitest';
import { withPhones } from '../../lab/with-asterisk.ts';
import { expectAccessible, keepPicture, openVisitor } from './browser.ts';
import { goTo, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();
const plugIn = withPhones(() => house().asterisk);

const VIEWS = {
  extensions: 'extensions',
  'extension-details': 'extensions/1002',
  favourites: 'favorites',
  contacts: 'contacts',
  company: 'contacts/company',
  'add-number': 'contacts/add?number=02079460009',
  calls: 'calls',
  account: 'account',
  import: 'import/company',
  'admin-permissions': 'admin/permissions',
  'admin-books': 'admin/books',
  'admin-users': 'admin/users',
  'admin-visibility': 'admin/visibility',
  'admin-presence': 'admin/presence',
  'admin-pbx': 'admin/pbx',
  nothing: 'nothing/at/all',
};

const LOOKS = {
  'desk-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desk-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-light': { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  'phone-dark': {
    viewport: { width: 320, height: 640 },
    colorScheme: 'dark',
    hasTouch: true,
    isMobile: true,
    locale: 'de-DE',
  },
} as const;

beforeAll(async () => {
  const { boss } = house();
  const rules = [
    { who: { group: 'Sales' }, books: ['company'], view: true, manage: true },
    { who: { everyone: true }, books: '*', view: true, manage: false },
  ];
  await boss.request('permissions.set', { rules });
  await boss.request('visibility.set', {
    rules: [{ who: { group: 'Support' }, whom: { extension: '1003' }, see: false }],
  });
  for (const [firstName, lastName] of [
    ['Grace', 'Hopper'],
    ['Katherine', 'Johnson'],
  ]) {
    const numbers = [{ type: 'business', number: '+44 20 7946 0011' }];
    const { contact } = await boss.request<{ contact: { id: string } }>('contacts.create', {
      book: 'company',
      contact: { firstName, lastName, company: 'Navy', numbers },
    });
    await boss.request('favorites.add', { id: `contact:${contact.id}` });
  }
  await boss.request('presence.set', {
    extension: '1003',
    status: 'do_not_disturb',
    note: 'in a meeting that is far too long',
  });
});

describe.each(Object.entries(LOOKS))('On a screen that is %s', (look, options) => {
  test('every view is usable without seeing it, and none is wider than the screen', async () => {
    const { page } = await logIn('1000', options);
    for (const [name, place] of Object.entries(VIEWS)) {
      await page.goto(`${house().daemon.url}/#/${place}`);
      await shows(page.getByRole('heading', { level: 1 }));
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForLoadState('networkidle');
      await keepPicture(page, `${look}-${name}`);
      await expectAccessible(page);
      expect([name, await page.evaluate(tooWide)]).toEqual([name, 0]);
    }
  });

  test('the log-in page too', async () => {
    const { page } = await openVisitor(options);
    await page.goto(house().daemon.url);
    await shows(page.getByRole('heading', { level: 1 }));
    await keepPicture(page, `${look}-log-in`);
    await expectAccessible(page);
  });
});

describe.each(Object.entries(LOOKS))('Calls on a screen that is %s', (look, options) => {
  test('are usable without seeing them: the history, one call, a refusal, and the bar of a call that goes on', async () => {
    const [mine, bens] = [await plugIn('1001', { behaviour: 'decline' }), await plugIn('1002')];
    await bens.call('1001');
    await mine.calls.next();
    await (await mine.call('1002')).hangup();
    mine.behaviour = 'ring';
    const { page } = await logIn('1001', options);
    const check = async (name: string) => {
      await keepPicture(page, `${look}-${name}`);
      await expectAccessible(page);
      expect([name, await page.evaluate(tooWide)]).toEqual([name, 0]);
    };
    await page.goto(`${house().daemon.url}/#/calls`);
    const rows = page.locator('.call-row');
    await shows(rows.filter({ has: page.locator('.call-outcome.missed') }));
    await check('calls');
    await page.locator('.dial-form input').fill('not a number');
    await page.keyboard.press('Enter');
    await shows(page.locator('.dial-form .field-error'));
    await check('call-refused');
    await page.locator('.dial-form input').fill('1002');
    await page.keyboard.press('Enter');
    await shows(page.locator('.call-bar.phone'));
    await rows.first().getByRole('link').first().click();
    await shows(page.locator('.split-details h2'));
    await check('call-details');
    await (await mine.calls.next()).hangup();
    await shows(page.locator('.call-bar.failed'));
    await check('call-ended');
  });
});

describe('With the keyboard alone', () => {
  test('a contact is found, opened, changed and saved', async () => {
    const { page } = await logIn('1001');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(focused)).toMatch(/Skip to content/);
    await goTo(page, 'Company');
    await shows(page.getByRole('listitem').filter({ hasText: 'Grace Hopper' }));
    await page.keyboard.press('/');
    await page.keyboard.type('hopper');
    await shows(page.getByText('1 found').or(page.getByText('1 contact')));
    await page.keyboard.press('Tab');
    for (let i = 0; i < 6 && !/Grace Hopper/.test(await page.evaluate(focused)); i += 1)
      await page.keyboard.press('Tab');
    expect(await page.evaluate(focused)).toMatch(/Grace Hopper/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit', exact: true }).focus();
    await page.keyboard.press('Enter');
    const form = page.locator('dialog[open]');
    await form.getByLabel('Title').focus();
    await page.keyboard.type('Rear Admiral');
    await page.keyboard.press('Enter');
    await shows(page.getByText('Grace Hopper was saved.'));
    await page.getByRole('button', { name: 'Edit', exact: true }).focus();
    await page.keyboard.press('Enter');
    await shows(form);
    await page.keyboard.press('Escape');
    expect(await form.count()).toBe(0);
    expect(await page.evaluate(focused)).toMatch(/Edit/);
  });

  test('the arrow keys go from call to call, past the names of the days', async () => {
    const [mine, bens] = [await plugIn('1001', { behaviour: 'decline' }), await plugIn('1002')];
    await bens.call('1001');
    await (await mine.call('1002')).hangup();
    const { page } = await logIn('1001');
    await page.goto(`${house().daemon.url}/#/calls`);
    await shows(page.getByRole('heading', { level: 2, name: 'Today' }));
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Outgoing · Answered/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Missed · declined/);
    await page.keyboard.press('Home');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Outgoing · Answered/);
    await page.keyboard.press('Enter');
    await shows(page.getByRole('heading', { level: 2, name: 'Ben Bitdiddle' }));
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Outgoing · Answered/);
  });

  test('the arrow keys go through a list, one row at a time', async () => {
    const { page } = await logIn('1001');
    await shows(page.getByRole('listitem').filter({ hasText: 'Ben Bitdiddle' }));
    await page.getByRole('list', { name: 'Extensions' }).locator('[data-column=main]').first().focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Ben Bitdiddle/);
    await page.keyboard.press('End');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Zoë Müller/);
    await page.keyboard.press('Home');
    await expect.poll(() => page.evaluate(focused)).toMatch(/Ada Lovelace/);
  });
});

/** Runs in the page: by how many pixels it is wider than the screen. */
function tooWide(): number {
  const { document } = globalThis as unknown as {
    document: { documentElement: { scrollWidth: number; clientWidth: number } };
  };
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

/** Runs in the page: what the focused element says of itself. */
function focused(): string {
  const { document } = globalThis as unknown as {
    document: { activeElement: { textContent: string; getAttribute(name: string): string | null } | null };
  };
  const { activeElement: element } = document;
  return `${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`;
}
