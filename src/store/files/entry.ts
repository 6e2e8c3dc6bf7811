// What the records of journal and snapshot say, as JSON. Knows no file and no framing.
import type { Write } from '../../service/store.ts';
import type { Gap, StoredWrite } from '../held/contents.ts';
import type { Stored } from '../held/revision-log.ts';

/** First record of a journal file. */
export interface JournalHead {
  readonly rollcall: 'journal';
  readonly format: number;
  readonly epoch: string;
  readonly journal: number;
  /** The journal before this one was durable up to this offset, and every older one whole, when this one was made. */
  readonly synced: number;
  /** In the first journal of a run: the last revision found, and the one the run counts on from. */
  readonly run?: Gap;
}

/** With 1 at the end what the row held before is to leave the disk. */
type WrittenRow = readonly [table: string, id: string, value: object | null, erase?: 1];

/** A file with the parts of a batch, durable as a whole before a journal names it. */
export interface BatchRef {
  readonly file: number;
  readonly parts: number;
  readonly bytes: number;
}

/** A commit before it took effect. Its number is its place among the commits of a run. */
export interface CommitEntry {
  readonly commit: number;
  readonly writes: readonly WrittenRow[];
  /** The parts in this file are commits too, with the numbers before this one, and are followed by its own writes, if any. */
  readonly batch?: BatchRef;
}

/** The rows of one part of a batch, in the batch's file. */
export interface PartEntry {
  readonly writes: readonly WrittenRow[];
}

type NotedRow = readonly [table: string, id: string, rev: number, value: object | null];
/** `count` commits from number `commit` on took effect as revision `rev` and those that follow it. */
type Effect = readonly [commit: number, count: number, rev: number];

/** What was told to the feed since the last such record, in order of revision. */
export interface ToldEntry {
  readonly told: readonly (NotedRow | Effect)[];
  /** This file was durable up to this offset when the record was made, and every older file whole. */
  readonly synced: number;
}

export type JournalEntry = JournalHead | CommitEntry | ToldEntry;

/** First record of a snapshot. */
export interface SnapshotHead {
  readonly rollcall: 'snapshot';
  readonly format: number;
  readonly epoch: string;
  /** The first journal whose records are not in the snapshot. */
  readonly journal: number;
  /** Made by a restore: that journal need not exist yet. */
  readonly isFirst?: true;
  readonly rev: number;
  readonly gaps: readonly Gap[];
  /** Per table: removals up to this revision are forgotten, in scopes that `scopes` does not name. */
  readonly floors: Readonly<Record<string, number>>;
  /** Per table and scope the same. */
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Rows, and removals without a value, of one scope of a table, oldest first. */
export interface SnapshotSlice {
  readonly table: string;
  /** Missing: '', the only scope of a small table. */
  readonly scope?: string;
  readonly rows: readonly (readonly [id: string, rev: number, value?: object])[];
}

/** Last record of a snapshot. */
interface SnapshotEnd {
  readonly end: number;
}

export type SnapshotEntry = SnapshotHead | SnapshotSlice | SnapshotEnd;

/** A slice ends at this many rows or characters, whichever comes first: about a millisecond of work. */
const SLICE_ROWS = 200;
const SLICE_CHARACTERS = 128 * 1024;

export const isEffect = (told: NotedRow | Effect): told is Effect => typeof told[0] === 'number';

const writtenRow = ({ table, id, value, erase }: Write): WrittenRow =>
  erase ? [table, id, value, 1] : [table, id, value];

export function commitText(commit: number, writes: readonly Write[], batch?: BatchRef): string {
  const entry: CommitEntry = { commit, writes: writes.map(writtenRow), ...(batch ? { batch } : {}) };
  return JSON.stringify(entry);
}

export function partText(writes: readonly Write[]): string {
  const entry: PartEntry = { writes: writes.map(writtenRow) };
  return JSON.stringify(entry);
}

export function noteText({ table, id, value }: StoredWrite, rev: number): string {
  const told: NotedRow = [table, id, rev, value];
  return JSON.stringify(told);
}

export function effectText(...effect: Effect): string {
  return JSON.stringify(effect);
}

export function toldText(told: readonly string[], synced: number): string {
  return `{"told":[${told.join(',')}],"synced":${synced}}`;
}

export function storedText({ id, rev, value }: Stored): string {
  return JSON.stringify(value === null ? [id, rev] : [id, rev, value]);
}

export function sliceText(table: string, scope: string, rows: readonly string[]): string {
  const where = scope === '' ? '' : `"scope":${JSON.stringify(scope)},`;
  return `{"table":${JSON.stringify(table)},${where}"rows":[${rows.join(',')}]}`;
}

export function endText(count: number): string {
  const end: SnapshotEnd = { end: count };
  return JSON.stringify(end);
}

/** Texts of rows and removals, as many at a time as belong in one record. */
export function slicesOf(all: Iterable<Stored>): Generator<string[]> {
  return slicesOfTexts(textsOf(all));
}

function* textsOf(all: Iterable<Stored>): Generator<string> {
  for (const stored of all) yield storedText(stored);
}

export function* slicesOfTexts(all: Iterable<string>): Generator<string[]> {
  let texts: string[] = [];
  let characters = 0;
  for (const text of all) {
    texts.push(text);
    characters += text.length;
    if (texts.length < SLICE_ROWS && characters < SLICE_CHARACTERS) continue;
    yield texts;
    texts = [];
    characters = 0;
  }
  if (texts.length > 0) yield texts;
}
