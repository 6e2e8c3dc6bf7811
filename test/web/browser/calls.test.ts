// The call history and click to call, seen in browsers while real SIP phones ring, answer and refuse.
import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { overTrunk } from '../../lab/trunk.ts';
import { withPhones } from '../../lab/with-asterisk.ts';
import { keepPicture } from './browser.ts';
import { gone, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse({
  lab: { ring: 3 },
  settings: { calls: { dial: { ring: 5, perMinute: 60, deny: ['^0900'] } } },
});
const plugIn = withPhones(() => house().asterisk);

const entry = (page: Page, text: string | RegExp) =>
  page.getByRole('list', { name: 'Calls' }).getByRole('listitem').filter({ hasText: text });
const dialog = (page: Page) => page.locator('dialog[open]');
const bar = (page: Page) => page.getByRole('status', { name: 'Your calls' });
const place = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });

beforeEach(() =>
  house().boss.request('permissions.set', {
    rules: [{ who: { everyone: true }, books: '*', view: true, manage: true }],
  }),
);

/** A call from outside that rings at Ada until it is given up. */
async function callFromOutside(number: string, name = ''): Promise<void> {
  const trunk = await plugIn('trunk', overTrunk);
  trunk.shows = { name, number };
  const call = trunk.dial('1001');
  await call.until('ringing');
  await call.hangup();
}

/** Types a number on the page of calls and calls it. */
async function dial(page: Page, number: string): Promise<void> {
  await page.getByLabel('Call a number').fill(number);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
}

describe('The call history', () => {
  test('R55: every call is there at once at both parties, with what became of it and why', async () => {
    const [ada, ben] = [(await logIn('1001')).page, (await logIn('1002')).page];
    await goTo(ada, 'Calls');
    await goTo(ben, 'Calls');
    const [adasPhone, bensPhone] = [await plugIn('1001'), await plugIn('1002')];

    const talk = await bensPhone.call('1001');
    await talk.hangup();
    await shows(entry(ada, 'Ben Bitdiddle').getByText('Incoming · Answered'));
    await shows(entry(ben, 'Ada Lovelace').getByText('Outgoing · Answered'));

    adasPhone.behaviour = 'decline';
    await bensPhone.call('1001');
    await shows(entry(ada, 'Missed · declined'));
    await shows(entry(ben, 'Outgoing · No answer'));

    adasPhone.behaviour = 'busy';
    await bensPhone.call('1001');
    await shows(entry(ada, 'Missed · your phone was busy'));
    await shows(entry(ben, 'Outgoing · Busy'));

    adasPhone.behaviour = 'ring';
    await bensPhone.call('1001');
    await shows(entry(ada, 'Missed · nobody picked up'));

    const given = bensPhone.dial('1001');
    await given.until('ringing');
    await given.hangup();
    await shows(entry(ada, 'Missed · the caller hung up'));
    await shows(entry(ben, 'Outgoing · Cancelled'));

    await adasPhone.unregister();
    await bensPhone.call('1001');
    await shows(entry(ada, 'Missed · no phone of yours was registered'));
    await shows(entry(ben, 'Outgoing · Not reached'));
    await keepPicture(ada, 'calls');

    // one entry for each, those of the same kind in one row
    await shows(ada.getByText('6 calls', { exact: true }));
    await shows(ben.getByText('6 calls', { exact: true }));
  });

  test('is filtered by kind and searched by name and number', async () => {
    const { page } = await logIn('1002');
    await goTo(page, 'Calls');
    const [adasPhone, bensPhone] = [await plugIn('1001', { behaviour: 'decline' }), await plugIn('1002')];
    const zoesPhone = await plugIn('1003');
    bensPhone.behaviour = 'decline';
    await zoesPhone.call('1002');
    await bensPhone.call('1001');
    await adasPhone.unregister();
    await shows(entry(page, /Zoë Müller.*Missed · declined/));
    const filter = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await filter('Missed');
    await shows(entry(page, 'Zoë Müller'));
    await gone(entry(page, 'Outgoing'));
    await filter('Incoming');
    await gone(entry(page, 'Outgoing'));
    await filter('Outgoing');
    await shows(entry(page, 'Ada Lovelace'));
    await gone(entry(page, 'Zoë Müller'));
    await filter('All');
    await page.getByLabel('Search calls').fill('zoe mul');
    await shows(entry(page, 'Zoë Müller'));
    await gone(entry(page, 'Ada Lovelace'));
    await page.getByLabel('Search calls').fill('1001');
    await shows(entry(page, 'Ada Lovelace'));
    await gone(entry(page, 'Zoë Müller'));
    await page.getByLabel('Search calls').fill('nobody');
    await shows(page.getByText('No call found'));
    await page.getByRole('button', { name: 'Show all' }).click();
    await shows(entry(page, 'Zoë Müller'));
  });

  test('tells of new missed calls beside its name, until the page is looked at', async () => {
    await house().daemon.user('1003', PASSWORD);
    const { page } = await logIn('1003');
    const [bensPhone] = [await plugIn('1002'), await plugIn('1003', { behaviour: 'decline' })];
    await goTo(page, 'Calls');
    await goTo(page, 'Extensions');
    await bensPhone.call('1003');
    await shows(place(page, 'Calls').getByText('1', { exact: true }));
    await bensPhone.call('1003');
    await shows(place(page, 'Calls').getByText('2', { exact: true }));
    expect(await place(page, 'Calls').getAttribute('aria-describedby')).toBe('nav-calls');
    expect(await page.locator('#nav-calls').textContent()).toBe('2 new missed calls');
    await keepPicture(page, 'calls-badge');
    await goTo(page, 'Calls');
    await gone(page.locator('#nav-calls'));
    await page.reload();
    await shows(entry(page, 'Ben Bitdiddle'));
    expect(await page.locator('#nav-calls').count()).toBe(0);
  });

  test('shows a withheld number as such, and offers nothing to do with it', async () => {
    const { page } = await logIn('1001');
    await plugIn('1001', { behaviour: 'ring' });
    await goTo(page, 'Calls');
    await callFromOutside('');
    await entry(page, 'Withheld number').getByRole('link').first().click();
    await shows(page.getByRole('heading', { level: 2, name: 'Withheld number' }));
    for (const name of ['Call back', 'Add to contacts']) expect(await page.getByRole('link', { name }).count()).toBe(0);
  });
});

describe('A caller from outside', () => {
  test('is shown with the name that he says as text, whatever it holds', async () => {
    const { page } = await logIn('1001');
    await plugIn('1001', { behaviour: 'ring' });
    await goTo(page, 'Calls');
    const name = '<img src=x onerror=alert(1)>';
    await callFromOutside('+442079460104', name);
    await shows(entry(page, '+442079460104').getByText(name, { exact: true }));
    expect(await page.locator('main img').count()).toBe(0);
  });
});

/** The details of the latest call with a number or name. */
async function open(page: Page, text: string): Promise<void> {
  await goTo(page, 'Calls');
  await entry(page, text).getByRole('link').first().click();
  await shows(page.getByRole('heading', { level: 2, name: text }));
}

/** The sentence or button beside the history that says it. */
const detail = (page: Page, name: string): Locator => page.getByRole('link', { name, exact: true });

describe('From history to contacts', () => {
  test.each([
    ['Personal', '+442079460101', 'Grace', 'Hopper'],
    ['Company', '+442079460102', 'Jean', 'Bartik'],
  ])(
    'R31 R32: a number becomes a new contact in %s, and the history names it then',
    async (book, number, first, last) => {
      const { page } = await logIn('1001');
      await plugIn('1001', { behaviour: 'ring' });
      await callFromOutside(number);
      await open(page, number);
      await shows(page.getByText('In no address book'));
      await detail(page, 'Add to contacts').click();
      await page.getByRole('button', { name: 'New contact' }).click();
      const form = dialog(page);
      expect(await form.getByLabel('Number 1', { exact: true }).inputValue()).toBe(number);
      await form.getByLabel('First name').fill(first);
      await form.getByLabel('Last name').fill(last);
      await form.getByLabel('Save in').selectOption({ label: book });
      await form.getByRole('button', { name: 'Save', exact: true }).click();
      await gone(form);
      // back in the history, where the name follows by itself
      await shows(page.getByRole('heading', { level: 1, name: 'Calls' }));
      await shows(page.getByRole('heading', { level: 2, name: `${first} ${last}` }));
      await shows(entry(page, `${first} ${last}`).getByText(number));
      await detail(page, 'Open contact').click();
      await shows(page.getByRole('heading', { level: 2, name: `${first} ${last}` }));
    },
  );

  test('R32 R33: a number is added to a contact whose other fields stay; a second time changes nothing', async () => {
    const { page } = await logIn('1001');
    await plugIn('1001', { behaviour: 'ring' });
    const number = '+442079460103';
    await callFromOutside(number);
    const { boss } = house();
    const fields = {
      firstName: 'Mary',
      lastName: 'Jackson',
      company: 'NASA',
      title: 'Engineer',
      numbers: [{ type: 'business', number: '+44 20 7946 0199' }],
      emails: [{ type: 'work', address: 'mary@example.com' }],
      remark: 'wind tunnels',
    };
    const { contact } = await boss.request<{ contact: { id: string } }>('contacts.create', {
      book: 'company',
      contact: fields,
    });
    for (const outcome of ['The number was added to Mary Jackson.', 'Nothing was changed.']) {
      await goTo(page, 'Calls');
      await entry(page, outcome === 'Nothing was changed.' ? 'Mary Jackson' : number)
        .getByRole('link')
        .first()
        .click();
      await detail(page, 'Add to contacts').click();
      await page.getByRole('button', { name: 'Add to existing contact' }).click();
      await page.getByLabel('Search the contact to add it to').fill('Jackson');
      await page.getByRole('button', { name: /Mary Jackson/ }).click();
      await dialog(page).getByLabel('Type of the number').selectOption('mobile');
      await page.getByRole('button', { name: 'Add to Mary Jackson' }).click();
      await shows(page.getByText(outcome));
      await shows(page.getByRole('heading', { level: 2, name: 'Mary Jackson' }));
    }
    await keepPicture(page, 'calls-named');
    const { contacts } = await boss.request<{ contacts: Record<string, unknown>[] }>('contacts.search', {
      text: 'Mary Jackson',
    });
    expect(contacts).toEqual([
      expect.objectContaining({
        ...fields,
        id: contact.id,
        rev: 2,
        numbers: [...fields.numbers, { type: 'mobile', number }],
      }),
    ]);
  });
});

const howMany = async (page: Page) => Number.parseInt((await page.locator('.list-count').textContent()) ?? '', 10);

describe('Click to call', () => {
  test('R53: one’s own phone rings, then the colleague’s; the bar tells how far it is on every page and after a reload', async () => {
    const { page } = await logIn('1001');
    const mine = await plugIn('1001', { behaviour: 'ring' });
    const bens = await plugIn('1002', { behaviour: 'ring' });
    await goTo(page, 'Calls');
    await shows(page.getByText(/^\d+ calls?$/));
    const before = await howMany(page);
    await page.goto(`${house().daemon.url}/#/extensions/1002`);
    await page.getByRole('link', { name: 'Call Ben Bitdiddle' }).last().click();
    await shows(bar(page).getByText('Your phone rings. Pick up, and Ben Bitdiddle is called.'));
    await keepPicture(page, 'calls-bar');
    const own = await mine.calls.next();
    own.answer();
    const incoming = await bens.calls.next();
    expect(incoming.caller).toMatchObject({ number: '1001' });
    await shows(bar(page).getByText('It rings at Ben Bitdiddle.'));
    await goTo(page, 'Favourites');
    await shows(bar(page).getByText('It rings at Ben Bitdiddle.'));
    incoming.answer();
    await shows(bar(page).getByText(/^Talking to Ben Bitdiddle/));
    await page.reload();
    await shows(bar(page).getByText(/Talking to Ben Bitdiddle/));
    await own.hangup();
    await shows(bar(page).getByText(/^The call with Ben Bitdiddle is over \(\d+ sec/));
    await gone(bar(page).getByText('Ben Bitdiddle'));
    await goTo(page, 'Calls');
    // one entry, and none of a call that came in at one's own phone
    await shows(entry(page, 'Ben Bitdiddle').getByText('Outgoing · Answered'));
    expect(await howMany(page)).toBe(before + 1);
    expect(await entry(page, 'Ada Lovelace').count()).toBe(0);
  });

  test('R53: a contact is called from its details and from favourites', async () => {
    const { boss } = house();
    const numbers = [{ type: 'business', number: '10 03' }];
    const fields = { firstName: 'Hedy', lastName: 'Lamarr', numbers };
    const made = { book: 'company', contact: fields };
    const { contact } = await boss.request<{ contact: { id: string } }>('contacts.create', made);
    const { page } = await logIn('1001');
    await plugIn('1001');
    const zoes = await plugIn('1003', { behaviour: 'ring' });
    await page.goto(`${house().daemon.url}/#/contacts/company/${contact.id}`);
    await page.getByRole('button', { name: 'Add Hedy Lamarr to favourites' }).first().click();
    const call = page.getByRole('link', { name: 'Call Hedy Lamarr: 10 03 Business' });
    await call.last().click();
    await (await zoes.calls.next()).hangup();
    await shows(bar(page).getByText(/ is busy\.$/));
    await goTo(page, 'Favourites');
    await shows(page.getByRole('listitem').filter({ hasText: 'Hedy Lamarr' }));
    await call.click();
    await (await zoes.calls.next()).hangup();
    await shows(bar(page).getByText(/ is busy\.$/));
  });

  test('what the own phone does is told, and the number is not called then', async () => {
    const { page } = await logIn('1001');
    const mine = await plugIn('1001');
    const bens = await plugIn('1002');
    await goTo(page, 'Calls');
    for (const [behaviour, told, kept] of [
      ['decline', 'The call was declined at your phone.', 'Cancelled · declined at your phone'],
      ['busy', 'Your phone was busy.', 'Not reached · your phone was busy'],
      ['ring', 'Your phone was not picked up.', 'Cancelled · your phone was not picked up'],
    ] as const) {
      mine.behaviour = behaviour;
      await dial(page, '1002');
      await shows(bar(page).getByText(told));
      await bar(page).getByRole('button', { name: 'Close' }).first().click();
      await shows(entry(page, `Outgoing · ${kept}`));
    }
    expect(bens.calls.items).toEqual([]);
  });

  test('why the colleague was not reached is told', async () => {
    const { page } = await logIn('1001');
    await plugIn('1001');
    const zoes = await plugIn('1003');
    await goTo(page, 'Calls');
    for (const [behaviour, told] of [
      ['decline', 'Zoë Müller did not answer.'],
      ['busy', 'Zoë Müller is busy.'],
      ['ring', 'Zoë Müller did not answer.'],
    ] as const) {
      zoes.behaviour = behaviour;
      await dial(page, '1003');
      await shows(bar(page).getByText(told));
      await bar(page).getByRole('button', { name: 'Close' }).first().click();
      await gone(bar(page).getByText(told));
    }
    await zoes.unregister();
    await dial(page, '1003');
    await shows(bar(page).getByText('Zoë Müller could not be reached.'));
  });

  test('is refused with what one can do: without a phone, for numbers that may not be called, and without the PBX', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Calls');
    await dial(page, '1002');
    await shows(page.getByText('No phone of yours is registered.'));
    const mine = await plugIn('1001');
    for (const number of ['0900 123456', '*78', '1001']) {
      await dial(page, number);
      await shows(page.getByText('This number may not be called from here.'));
      await page.getByLabel('Call a number').fill('');
    }
    const everyone = { everyone: true };
    const { boss } = house();
    await boss.request('visibility.set', { rules: [{ who: everyone, whom: { extension: '1003' }, see: false }] });
    await dial(page, '1003');
    await shows(page.getByText('This number may not be called from here.'));
    await boss.request('visibility.set', { rules: [] });
    expect(mine.calls.items).toEqual([]);
    // from a button the refusal is in the bar, with the way that is left
    await mine.unregister();
    await page.goto(`${house().daemon.url}/#/extensions/1002`);
    await page.getByRole('link', { name: 'Call Ben Bitdiddle' }).last().click();
    await shows(bar(page).getByText('No phone of yours is registered.'));
    expect(await bar(page).getByRole('link', { name: 'Call with this device' }).getAttribute('href')).toBe('tel:1002');
    await keepPicture(page, 'calls-refused');
    await bar(page).getByRole('button', { name: 'Close' }).click();
    await gone(bar(page).getByText('No phone of yours'));
    await goTo(page, 'Calls');
    await house().asterisk.kill();
    await shows(page.getByText('The phone system has not been reached since'));
    await dial(page, '1002');
    await shows(page.getByText('The phone system is not connected, so nothing can be called now.'));
    await house().asterisk.boot();
    await gone(page.getByText('The phone system has not been reached since'));
    await shows(page.getByText(/calls were not recorded/));
    await keepPicture(page, 'calls-gap');
  });

  test('numbers that carry more than a number are refused in words and do nothing', async () => {
    const { page } = await logIn('1001');
    const mine = await plugIn('1001');
    await goTo(page, 'Calls');
    for (const evil of [
      '1002,1\r\nAction: Originate',
      '1002@lab-targets',
      '1002&PJSIP/1003',
      'Local/600@lab-targets',
      '1002|1',
      `\${SHELL(id)}`,
      '1002;tag=1',
      '1002/n',
      '"x" <1002>',
      '<img src=x onerror=alert(1)>',
      '1'.repeat(200),
    ]) {
      await dial(page, evil);
      await shows(page.getByText('This is not a number that can be called'));
      await page.getByLabel('Call a number').fill('');
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await shows(page.getByText('Enter a number.'));
    }
    expect(mine.calls.items).toEqual([]);
    expect(await bar(page).textContent()).toBe('');
  });

  test('with “This device” the buttons are links that the device opens, and the choice is kept', async () => {
    const { page } = await logIn('1001');
    const mine = await plugIn('1001');
    await goTo(page, 'Calls');
    await page.getByLabel('Call with').selectOption({ label: 'This device' });
    await page.goto(`${house().daemon.url}/#/account`);
    expect(await page.getByLabel('Call with').inputValue()).toBe('device');
    await page.goto(`${house().daemon.url}/#/extensions/1002`);
    const call = page.getByRole('link', { name: 'Call Ben Bitdiddle' }).last();
    expect(await call.getAttribute('href')).toBe('tel:1002');
    expect(await page.getByRole('link', { name: /with this device/ }).count()).toBe(0);
    await page.goto(`${house().daemon.url}/#/account`);
    await page.getByLabel('Call with').selectOption({ label: 'My phone' });
    await page.goto(`${house().daemon.url}/#/extensions/1002`);
    await shows(page.getByRole('link', { name: 'Call 1002 with this device' }));
    expect(mine.calls.items).toEqual([]);
  });
});
