// Contacts in bulk, as somebody does it who has a spreadsheet and a browser.
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { keepPicture } from './browser.ts';
import { gone, goTo, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();
const everyone = { everyone: true };
const allow = (view: boolean, manage: boolean) =>
  house().boss.request('permissions.set', { rules: [{ who: everyone, books: '*', view, manage }] });

beforeEach(() => allow(true, true));

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

/** As German Excel writes it: Windows-1252, semicolons, CRLF; one number is destroyed, one row has none. */
const EXCEL = Buffer.from(
  [
    'Vorname;Nachname;Firma;Telefon;Mobil;E-Mail',
    'Jürgen;Groß;Müller & Söhne;030 901820;;juergen@example.com',
    'Ines;Weiß;;;4,91512E+12;ines@example.com',
    'Peter;Ohne;;;;',
    '"=HYPERLINK(""http://evil.example"";""x"")";Formel;;"030 901821";;',
    '',
  ].join('\r\n'),
  'latin1',
);

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.getByLabel('File with contacts').setInputFiles({ name, mimeType: 'text/csv', buffer });
}

async function saved(download: Promise<Download>): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const file = await download;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

describe('Importing in the portal', () => {
  test('R42 R43 R44: a file of German Excel is tried, imported, its bad rows mended and imported as well, and all undone', async () => {
    const { page } = await logIn('1001');
    await goTo(page, 'Personal');
    await page
      .getByRole('link', { name: 'Import' })
      .or(page.getByRole('button', { name: 'Import' }))
      .first()
      .click();
    await choose(page, 'kontakte.csv', EXCEL);
    await shows(page.getByText('2 rows have errors and would be left out.'));
    await shows(page.getByText('4,91512E+12').first());
    await keepPicture(page, 'import-preview');
    await page.getByRole('button', { name: 'Import 2 contacts into Personal' }).click();
    await shows(page.getByText('The import succeeded: 2 contacts were added to or updated in Personal.'));
    await keepPicture(page, 'import-done');
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the rows that failed' }).click();
    const failed = await saved(waiting);
    const text = failed.bytes.toString('utf8');
    expect(text.split('\r\n').length).toBe(4);
    expect(text.split('\r\n')[0]).toBe('\ufeffVorname;Nachname;Firma;Telefon;Mobil;E-Mail;Reason');
    const mended = text.replace('4,91512E+12', '+49 151 2000000').replace('Peter;Ohne;;', 'Peter;Ohne;;030 901822');
    await page.getByRole('button', { name: 'Import another file' }).click();
    await choose(page, 'mended.csv', Buffer.from(mended));
    await page.getByRole('button', { name: 'Import 2 contacts into Personal' }).click();
    await shows(page.getByText('The import succeeded: 2 contacts were added to or updated in Personal.'));
    await goTo(page, 'Personal');
    for (const name of ['Jürgen Groß', 'Ines Weiß', 'Peter Ohne', '=HYPERLINK']) await shows(row(page, name));
    await page.goto(`${house().daemon.url}/#/import/personal`);
    for (let left = 2; left > 0; left -= 1) {
      await page
        .getByRole('button', { name: /^Undo the import of/ })
        .first()
        .click();
      await page.locator('dialog[open]').getByRole('button', { name: 'Undo import' }).click();
      await shows(page.getByText('The import was undone: 2 removed, 0 brought back.'));
      await page.getByRole('button', { name: 'Close' }).first().click();
    }
    await goTo(page, 'Personal');
    await shows(page.getByText('No contacts yet'));
  });

  test('R40 R41: what is exported comes in again without a change, and cannot run as a formula', async () => {
    const { page } = await logIn('1002');
    await page.goto(`${house().daemon.url}/#/import/personal`);
    await choose(page, 'kontakte.csv', EXCEL);
    await page.getByRole('button', { name: 'Import 2 contacts into Personal' }).click();
    await shows(page.getByText('The import succeeded'));
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const { name, bytes } = await saved(waiting);
    expect(name).toMatch(/^contacts-.*\.csv$/);
    const text = bytes.toString('utf8');
    expect(text.slice(0, 40)).toMatch(/^\ufeff"ID",First Name,Last Name,Company Name,/);
    expect(text).toContain(`'=HYPERLINK`);
    expect(text).not.toMatch(/(^|,|\r\n)"?[=@]/);
    await page.getByRole('button', { name: 'Import another file' }).click();
    await choose(page, name, bytes);
    await shows(page.getByText('Nothing would change: there is nothing to import.'));
    await keepPicture(page, 'import-nothing-to-do');
  });

  test('a column is recognised by what it holds, and what it is taken for is corrected by hand', async () => {
    const { page } = await logIn('1001');
    await page.goto(`${house().daemon.url}/#/import/company`);
    const rows = ['Wer,Wo,Womit', 'Ada Byron,Countess,020 7946 0100', ''].join('\n');
    await choose(page, 'strange.csv', Buffer.from(rows));
    const chosen = (name: string) => page.getByLabel(`${name} is taken for`);
    await shows(chosen('Wer'));
    expect([await chosen('Wer').inputValue(), await chosen('Womit').inputValue()]).toEqual(['name', 'number:business']);
    await chosen('Wo').selectOption({ label: 'Title' });
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('button', { name: 'Import 1 contact into Company' }).click();
    await shows(page.getByText('The import succeeded: 1 contact was added to or updated in Company.'));
    const { page: other } = await logIn('1002');
    await goTo(other, 'Company');
    await shows(row(other, 'Ada Byron').getByText('Countess'));
  });

  test('R44: without the right to manage it a company book can be exported and not imported into', async () => {
    await allow(true, false);
    const { page } = await logIn('1002');
    await page.goto(`${house().daemon.url}/#/import/company`);
    await shows(page.getByText('You may view this address book, not change it'));
    expect(await page.getByLabel('File with contacts').count()).toBe(0);
    await shows(page.getByRole('button', { name: 'Export as CSV' }));
    await allow(false, false);
    await gone(page.getByText('You may view this address book, not change it'));
  });

  test.each([
    ['workbook.xlsx', Buffer.from('PK\u0003\u0004 and so on')],
    ['archive.gz', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])],
    ['nothing.csv', Buffer.from('\ufeff')],
  ])('a %s is refused with a word on what to do', async (name, bytes) => {
    const { page } = await logIn('1001');
    await page.goto(`${house().daemon.url}/#/import/personal`);
    await choose(page, name, bytes);
    await shows(page.getByText('This file cannot be imported').or(page.getByText('This file is empty.')));
  });
});
