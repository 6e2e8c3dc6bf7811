// Contacts as vCards of version 3.0, which every telephone, mail program and web address book reads. Knows no book and no
// right.
import type { WriteContactFile, WrittenContact } from '../service/contact-file.ts';
import { inPieces } from './pieces.ts';
import { NUMBER_PARAMETERS, PLACE_PARAMETERS } from './vcard-kinds.ts';
import { escaped, folded, foldedLine } from './vcard-text.ts';

/** Nothing at all for no contacts. UTF-8 is what the text is to be written in, without a byte order mark. */
export const writeVCards: WriteContactFile = (contacts, book) =>
  inPieces(contacts, (some) => some.map((contact) => card(contact, book)).join(''));

function card({ id, fields }: WrittenContact, book: string): string {
  const { firstName = '', lastName = '', company = '', title, remark } = fields;
  const name = [firstName, lastName].filter((part) => part !== '').join(' ');
  let text = 'BEGIN:VCARD\r\nVERSION:3.0\r\n';
  text += folded('UID', `urn:uuid:${id}`);
  text += foldedLine(`N:${escaped(lastName)};${escaped(firstName)};;;`);
  text += folded('FN', name || company);
  if (company !== '') text += folded('ORG', company);
  if (name === '') text += 'X-ABSHOWAS:COMPANY\r\n';
  if (title) text += folded('TITLE', title);
  for (const { type, number } of fields.numbers) text += folded(`TEL${NUMBER_PARAMETERS[type]}`, number);
  for (const { type, address } of fields.emails ?? [])
    text += folded(`EMAIL;TYPE=INTERNET${PLACE_PARAMETERS[type]}`, address);
  for (const { type, street, city, state, zip, country } of fields.addresses ?? []) {
    const parts = [street, city, state, zip, country].map((part) => escaped(part ?? ''));
    text += foldedLine(`ADR${PLACE_PARAMETERS[type]}:;;${parts.join(';')}`);
  }
  if (remark) text += folded('NOTE', remark);
  if (book !== '') text += folded('CATEGORIES', book);
  return `${text}END:VCARD\r\n`;
}
