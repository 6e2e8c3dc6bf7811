// A file of vCards as the import takes it, card by card: a bad one is a row with an error, and the others go in. Knows nothing
// of bytes and of what a contact may hold.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CellFault } from '../domain/contact-import.ts';
import { Failure } from '../domain/failure.ts';
import type { ContactFile, FileRow } from '../service/contact-file.ts';
import { type Card, readCards } from './vcard-cards.ts';
import { contactRow, isGroup } from './vcard-contact.ts';
import { failedCards, type Place } from './vcard-failed.ts';
import { type Heads, type Property, readProperty } from './vcard-property.ts';

const MOST_CARDS = 500_000;
/** Milliseconds that reading goes on before others have their turn. */
const SLICE = 4;
/** Characters by which the number of cards is guessed. */
const SAMPLE = 200_000;
/** Warnings on cards that are no contacts, one after the other; more of them say nothing new. */
const MOST_ASIDE = 1000;
/** Most characters of a line that a fault shows. */
const SHOWN = 200;
const UNREAD = 'this line is left out, as it is not written as vCards are';
const GROUP = 'a group of contacts is left aside; a contact is made of each of its cards';

/** `encoding`: of the bytes that the text came from. Never throws; a text without a single card fails when its rows are read. */
export function openVCards(text: string, encoding: string): ContactFile {
  const places: Place[] = [];
  return {
    format: 'vcard',
    layout: layoutOf(text),
    encoding,
    columns: [],
    estimate: estimateOf(text),
    rows: () => slices(text, places),
    failedRows: async (faults) => ({ bytes: await failedCards(text, places, faults), type: 'vcf' }),
  };
}

function layoutOf(text: string): string {
  const version = /^VERSION:[ \t]*([0-9.]{1,5})[ \t]*$/im.exec(text.slice(0, SAMPLE))?.[1];
  return version === undefined ? 'vCard' : `vCard ${version}`;
}

function estimateOf(text: string): number {
  const sample = text.slice(0, SAMPLE);
  const found = sample.match(/^BEGIN:VCARD/gim)?.length ?? 0;
  return Math.max(1, Math.round((found * text.length) / Math.max(1, sample.length)));
}

async function* slices(text: string, places: Place[]): AsyncGenerator<readonly FileRow[]> {
  let slice: FileRow[] = [];
  /** The last row is held back, for a warning on a card after it that is no contact. */
  let held: FileRow | undefined;
  let aside: CellFault[] = [];
  const heads: Heads = new Map();
  let since = performance.now();
  for (const card of readCards(text)) {
    if (card) {
      if (places.length >= MOST_CARDS) throw tooMany();
      places.push({ start: card.start, end: card.end });
      const row = rowOf(card, places.length, heads);
      if ('reason' in row) {
        if (aside.length < MOST_ASIDE) aside.push(row);
      } else {
        if (held) slice.push(held);
        held = withWarnings(row, aside);
        aside = [];
      }
    }
    if (performance.now() - since < SLICE) continue;
    if (slice.length > 0) yield slice;
    slice = [];
    await nextTurn();
    since = performance.now();
  }
  if (!held) throw new Failure('params', noContact(places.length));
  yield [...slice, withWarnings(held, aside)];
}

function tooMany(): Failure {
  return new Failure('too_large', `the file has more than ${MOST_CARDS} cards; divide it into several files`);
}

function noContact(cards: number): string {
  if (cards === 0) return 'the file has no vCard in it: no BEGIN:VCARD stands at the start of a line';
  return 'the file has groups only, and no contact; export the contacts themselves';
}

function withWarnings(row: FileRow, warnings: readonly CellFault[]): FileRow {
  return warnings.length === 0 ? row : { ...row, warnings: [...row.warnings, ...warnings] };
}

/** A fault alone for a card that is left aside. */
function rowOf(card: Card, row: number, heads: Heads): FileRow | CellFault {
  if (card.fault !== undefined) {
    return { ...contactRow(new Map(), row), errors: [{ row, column: '', value: '', reason: card.fault }] };
  }
  const properties = new Map<string, readonly Property[]>();
  const warnings: CellFault[] = [];
  for (const line of card.lines) {
    const property = readProperty(line, card.isOld, heads);
    if (property) properties.set(property.name, [...(properties.get(property.name) ?? []), property]);
    else
      warnings.push({
        row,
        column: line.split(/[;:]/, 1)[0] ?? '',
        value: line.slice(0, SHOWN).toWellFormed(),
        reason: UNREAD,
      });
  }
  if (isGroup(properties)) return { row, column: 'KIND', value: 'group', reason: GROUP };
  return withWarnings(contactRow(properties, row), warnings);
}
