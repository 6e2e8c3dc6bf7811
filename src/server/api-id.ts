// Ids in paths: of books and imports. Whether there is such a thing is decided by those who know.
import type { Context } from 'hono';
import { Failure } from '../domain/failure.ts';
import type { Env } from './api-ports.ts';

/** One line without spaces, slashes or anything invisible, and nothing that means another folder. */
const ID = /^(?!\.{1,2}$)[^\p{C}\p{Z}/\\%]{1,64}$/u;

/** Failure `not_found` for what can be no id. */
export function idOf(c: Context<Env>, name: 'book' | 'id', what: string): string {
  const id = c.req.param(name);
  if (id !== undefined && ID.test(id)) return id;
  throw new Failure('not_found', `there is no such ${what}`);
}
