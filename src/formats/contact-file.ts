// Opens a file of contacts, whatever its format: finds out its encoding and whether it holds vCards or a table.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { IMPORT_BYTES } from '../domain/contact-import.ts';
import { Failure } from '../domain/failure.ts';
import type { OpenContactFile } from '../service/contact-file.ts';
import { openCsv } from './csv-file.ts';
import { type Encoding, recogniseEncoding, textPieces } from './encoding.ts';
import { refuseBinary, refuseOtherText } from './no-text.ts';
import { openVCards } from './vcard-reading.ts';

/** Characters by which a file is recognised, about. */
const HEAD = 64 * 1024;
/** Pieces of text between two turns. */
const AT_ONCE = 16;

export const openContactFile: OpenContactFile = async (bytes, options) => {
  if (bytes.length > IMPORT_BYTES) {
    throw new Failure('too_large', `the file is larger than ${IMPORT_BYTES / 1024 / 1024} MiB: import it in parts`);
  }
  refuseBinary(bytes);
  const encoding = await recogniseEncoding(bytes, options.country);
  const head = headOf(bytes, encoding);
  refuseOtherText(head);
  const areCards = /^\s*BEGIN:VCARD/i.test(head);
  return areCards
    ? openVCards(await wholeText(bytes, encoding), encoding.name)
    : openCsv(bytes, encoding, head, options);
};

function headOf(bytes: Uint8Array, encoding: Encoding): string {
  let head = '';
  for (const piece of textPieces(bytes, encoding)) {
    head += piece;
    if (head.length >= HEAD) break;
  }
  return head;
}

async function wholeText(bytes: Uint8Array, encoding: Encoding): Promise<string> {
  const pieces: string[] = [];
  for (const piece of textPieces(bytes, encoding)) {
    pieces.push(piece);
    if (pieces.length % AT_ONCE === 0) await nextTurn();
  }
  return pieces.join('');
}
