import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContact } from '../../src/domain/contact.ts';
import { openContactFile } from '../../src/formats/contact-file.ts';
import { writeCsv } from '../../src/formats/csv-writing.ts';
import type { WrittenContact } from '../../src/service/contact-file.ts';
import { contactsOf, withIds, writtenText } from '../support/contact-files.ts';

const SPREADSHEET = 'soffice';

function run(...args: string[]): boolean {
  try {
    execFileSync(SPREADSHEET, args, { stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    // Not installed here, or it does not start.
    return false;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-spreadsheet-'));
const PROFILE = `-env:UserInstallation=file://${folder}/profile`;
const hasSpreadsheet = run(PROFILE, '--headless', '--version');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Comma, quotation mark, UTF-8, from the first line; then the columns' formats, the language, and whether what is quoted is text. */
const WITH_QUOTED_AS_TEXT = 'CSV:44,34,76,1,,0,true,false,false';
/** Every column as text, as somebody chooses it who follows the documentation. */
const ALL_AS_TEXT = `CSV:44,34,76,1,${Array.from({ length: 40 }, (_, index) => `${index + 1}/2`).join('/')},0,true,false,false`;
const TO_CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false';

const CONTACTS: readonly WrittenContact[] = withIds(
  [
    {
      firstName: '=1+1',
      lastName: '@SUM(A1)',
      company: '-cmd',
      title: 'x;=2+2',
      numbers: [
        { type: 'mobile', number: '+442079460000' },
        { type: 'business', number: '+44 20 7946 0001' },
        { type: 'business', number: '+44 (20) 7946.0002' },
        { type: 'business', number: '+44-20-7946-0003' },
        { type: 'home', number: '-12' },
        { type: 'home', number: '00442079460004' },
        { type: 'other', number: '+1+2' },
      ],
      emails: [{ type: 'home', address: '=a@example.com' }],
      remark: 'lines\n=3+3\n- b',
    },
    {
      firstName: '=HYPERLINK("http://example.com","x")',
      lastName: "'=1",
      company: '\uff1d1+1',
      numbers: [{ type: 'mobile', number: '02079460005' }],
      addresses: [{ type: 'work', street: "=cmd|'/c calc'!A0", zip: '01234', city: '1/2', state: '1E5' }],
      remark: "=cmd|'/c calc'!A0",
    },
    { firstName: 'Zoë 👍', lastName: 'עברית', company: 'a,"b"\'', numbers: [{ type: 'other', number: '*30#' }] },
  ].map((contact) => readContact(contact)),
);

/** The document that the spreadsheet makes of the exported file, as flat XML. */
function opened(filter: string, name: string): string {
  run(
    PROFILE,
    '--headless',
    `--infilter=${filter}`,
    '--convert-to',
    'fods',
    '--outdir',
    join(folder, name),
    join(folder, 'export.csv'),
  );
  return readFileSync(join(folder, name, 'export.fods'), 'utf8');
}

describe.runIf(hasSpreadsheet)('LibreOffice', () => {
  beforeAll(async () => writeFileSync(join(folder, 'export.csv'), await writtenText(writeCsv, CONTACTS, '=Book')));

  test('finds no formula in the exported file, and keeps each + and each 0 in front', () => {
    const document = opened(WITH_QUOTED_AS_TEXT, 'quoted');
    expect(document.match(/table:formula="[^"]*"/g)).toBe(null);
    expect(document.match(/<text:p>\+[^<]*/g)).toEqual([
      '<text:p>+44 20 7946 0001',
      '<text:p>+44 (20) 7946.0002',
      '<text:p>+442079460000',
    ]);
    expect(document).not.toContain('office:value-type="float"');
  }, 120_000);

  test('opens it as text, saves it, and every contact is imported as it was', async () => {
    expect(opened(ALL_AS_TEXT, 'text').match(/table:formula="[^"]*"|office:value-type="float"/g)).toBe(null);
    run(
      PROFILE,
      '--headless',
      '--convert-to',
      TO_CSV,
      '--outdir',
      join(folder, 'saved'),
      join(folder, 'text', 'export.fods'),
    );
    const file = await openContactFile(readFileSync(join(folder, 'saved', 'export.csv')), { country: 'GB' });
    expect(await contactsOf(file)).toEqual({ contacts: CONTACTS, faults: [] });
  }, 120_000);
});
