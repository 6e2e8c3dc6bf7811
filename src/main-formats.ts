// The formats of contact files, read from disk when the first file comes: most runs of the program never see one.
import type { OpenContactFile, WriteContactFile } from './service/contact-file.ts';

export const openContactFile: OpenContactFile = async (bytes, options) =>
  (await import('./formats/contact-file.ts')).openContactFile(bytes, options);

const csv: WriteContactFile = async function* (contacts, book) {
  yield* (await import('./formats/csv-writing.ts')).writeCsv(contacts, book);
};

const vcf: WriteContactFile = async function* (contacts, book) {
  yield* (await import('./formats/vcard-writing.ts')).writeVCards(contacts, book);
};

export const contactWriters = { csv, vcf };
