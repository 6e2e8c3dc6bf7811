// Rows of the table `errands`: what one daemon asks of another, and how a failure travels in one. Pure. They pass by: each is removed by
// whoever asked.
import { Failure, type FailureCode, type FailureDetail } from '../domain/failure.ts';
import type { Store, Table, Write } from './store.ts';

export const ERRANDS = 'errands' satisfies Table;

/** What errands need of the store. */
export type ErrandStore = Pick<Store, 'state' | 'get' | 'all' | 'note' | 'commit' | 'subscribe'>;

/** Characters of parameters or of a result as JSON. */
export const MOST_CHARACTERS = 32_768;

/** Waits for the daemon on duty at the site. */
export interface AskedRow {
  readonly state: 'asked';
  readonly site: string;
  readonly method: string;
  readonly params: object;
  /** ISO 8601, by the clock of the daemon that asks. */
  readonly at: string;
  /** Milliseconds after which nobody begins it any more. */
  readonly within: number;
}

/** Has been begun, by the daemon of this name. */
interface TakenRow {
  readonly state: 'taken';
  readonly by: string;
}

/** Has one of the two. */
export interface AnsweredRow {
  readonly state: 'answered';
  readonly result?: object;
  readonly failure?: { readonly code: FailureCode; readonly message: string; readonly detail: FailureDetail };
}

export type ErrandRow = AskedRow | TakenRow | AnsweredRow;

/** Ids begin with the daemon that asks. */
export function errandId(daemon: string, id: string): string {
  return `${daemon} ${id}`;
}

export function isOf(daemon: string, id: string): boolean {
  return id.startsWith(`${daemon} `);
}

export function errandWrite(id: string, value: ErrandRow | null): Write {
  return { table: ERRANDS, id, value };
}

export function failedRow({ code, message, detail }: Failure): AnsweredRow {
  return { state: 'answered', failure: { code, message, detail } };
}

/** What was answered; throws the failure that was. */
export function answerOf({ result, failure }: AnsweredRow): object {
  if (result) return result;
  if (!failure) throw new Failure('internal', 'the answer of the daemon on duty says nothing');
  throw new Failure(failure.code, failure.message, failure.detail);
}

/** Nothing was done, and nothing will be. */
export function undone(site: string): Failure {
  const pbx = site ? `the PBX of site ${site}` : 'the PBX';
  return new Failure('pbx_away', `no daemon has a link to ${pbx}: nothing was done`);
}

export function unknownOutcome(): Failure {
  return new Failure('pbx_away', 'the daemon on duty at the PBX did not answer: it may or may not have been done');
}

/** A copy as JSON has it; undefined when it is too large. */
export function plain(value: object): object | undefined {
  const text = JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? undefined : (JSON.parse(text) as object);
}
