// Frames of the server, checked for their shape: what is not as docs/protocol.md has it is no frame. Pure; never throws.
import type { RequestFailure } from './api.ts';
import { isObject, readFailure } from './failure.ts';

export type Outcome = { readonly result: object } | { readonly failure: RequestFailure };

export type Frame =
  /** `id` is null when the server could not read that of the request. */
  | { readonly kind: 'answer'; readonly id: number | null; readonly outcome: Outcome }
  | { readonly kind: 'notice'; readonly method: string; readonly params: Readonly<Record<string, unknown>> };

export interface Item {
  readonly id: string;
}

/** `sync.change`. */
export interface Page {
  readonly collection: string;
  readonly reset: boolean;
  readonly put: readonly Item[];
  readonly remove: readonly string[];
  /** Of the last page; undefined: more follows. */
  readonly cursor: string | undefined;
}

export interface Gone {
  readonly collection: string;
  readonly why: 'no_permission' | 'deleted';
}

export function readFrame(data: unknown): Frame | undefined {
  const message = typeof data === 'string' ? parse(data) : undefined;
  if (!isObject(message)) return undefined;
  const { id, method, params = {} } = message;
  if (method !== undefined) {
    return typeof method === 'string' && isObject(params) ? { kind: 'notice', method, params } : undefined;
  }
  if (typeof id !== 'number' && id !== null) return undefined;
  const outcome = readOutcome(message);
  return outcome && { kind: 'answer', id, outcome };
}

export function readPage(params: Readonly<Record<string, unknown>>): Page | undefined {
  const { collection, reset, more, put, remove, cursor } = params;
  if (typeof collection !== 'string' || !Array.isArray(put) || !Array.isArray(remove)) return undefined;
  if (!put.every(isItem) || !remove.every((id) => typeof id === 'string')) return undefined;
  if (more === true) return { collection, reset: reset === true, put, remove, cursor: undefined };
  return typeof cursor === 'string' ? { collection, reset: reset === true, put, remove, cursor } : undefined;
}

export function readGone({ collection, why }: Readonly<Record<string, unknown>>): Gone | undefined {
  if (typeof collection !== 'string') return undefined;
  return { collection, why: why === 'deleted' ? 'deleted' : 'no_permission' };
}

export function isItem(value: unknown): value is Item {
  return isObject(value) && typeof value['id'] === 'string';
}

function readOutcome({ result, error }: Readonly<Record<string, unknown>>): Outcome | undefined {
  if (typeof result === 'object' && result !== null) return { result };
  const failure = readFailure(error);
  return failure && { failure };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no frame, as everything else that is wrong with it
  }
}
