// The use case of exporting: all contacts of a book as its viewer sees them, in order, written by a format. Knows no byte of a format.

import { fold } from '../domain/fold.ts';
import type { Access } from './access.ts';
import { type Clock, isoTime } from './clock.ts';
import type { WriteContactFile, WrittenContact } from './contact-file.ts';
import type { ContactRow } from './contact-row.ts';
import { inOrder } from './contacts-export-order.ts';
import { type Asking, Reach } from './contacts-reach.ts';
import { rowsOf } from './import-book.ts';
import { Breath, nextTurn, type Pause } from './import-breath.ts';
import type { Exports } from './imports-port.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

const LONGEST_NAME = 60;

export interface ContactExportsParts {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly report: Report;
  readonly writers: { readonly csv: WriteContactFile; readonly vcf: WriteContactFile };
  /** The next turn of the event loop when it is left out. */
  readonly pause?: Pause;
}

export class ContactExports implements Exports {
  readonly #parts: ContactExportsParts;
  readonly #reach: Reach;
  readonly #turns = new Turns();

  constructor(parts: ContactExportsParts) {
    this.#parts = parts;
    this.#reach = new Reach(parts);
  }

  async write(
    viewer: Viewer,
    book: string,
    format: 'csv' | 'vcf',
  ): Promise<{ readonly name: string; readonly text: AsyncIterable<string> }> {
    const { clock, writers } = this.#parts;
    const asking = { method: 'contacts.export', viewer };
    this.#seen(asking, book);
    const contacts = await this.#turns.run('export', () => this.#contacts(this.#seen(asking, book).scope));
    const { name } = this.#seen(asking, book);
    const date = isoTime(clock.now()).slice(0, 10);
    const text = this.#whileSeen(asking, book, writers[format](contacts, name));
    return { name: `contacts-${plain(name)}-${date}.${format}`, text };
  }

  /** The book as the viewer sees it now. Failures `not_found`, `forbidden`. */
  #seen(asking: Asking, book: string): { readonly scope: string; readonly name: string } {
    this.#reach.check(asking);
    const scope = this.#reach.book(asking, book);
    const view = this.#parts.access.books(asking.viewer).find((one) => one.scope === scope);
    return { scope, name: view?.item.name ?? book };
  }

  async #contacts(scope: string): Promise<WrittenContact[]> {
    const breath = new Breath(this.#parts.clock, this.#parts.pause ?? nextTurn);
    const rows = await rowsOf(this.#parts.store, scope, breath);
    const placed: { readonly place: string; readonly contact: WrittenContact }[] = [];
    for (const { id, value } of rows.values()) {
      const { fields } = value as ContactRow;
      placed.push({ place: placeOf(fields, id), contact: { id, fields } });
      if (breath.isDue) await breath.pause();
    }
    const sorted = await inOrder(placed, breath);
    return sorted.map(({ contact }) => contact);
  }

  /** Ends in the middle when the right to see the book has gone. */
  async *#whileSeen(asking: Asking, book: string, text: AsyncIterable<string>): AsyncIterable<string> {
    for await (const piece of text) {
      this.#seen(asking, book);
      yield piece;
    }
  }
}

/** By last name, first name and company, and by id at last. */
function placeOf({ lastName = '', firstName = '', company = '' }: ContactRow['fields'], id: string): string {
  return `${fold(lastName)}\n${fold(firstName)}\n${fold(company)}\n${id}`;
}

/** The name of a book as a part of the name of a file, whatever takes it. */
function plain(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^0-9A-Za-z]+/g, '-');
  return safe.slice(0, LONGEST_NAME).replace(/^-+|-+$/g, '') || 'book';
}
