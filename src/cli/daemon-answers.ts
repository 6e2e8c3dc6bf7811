// What the answers of a daemon become for a command: long ones in parts, errors with a word on versions. Knows no method.
import { Failure } from '../domain/failure.ts';
import { OperatorError } from '../service/operator-error.ts';

/** Throws the error on; a method that the daemon does not have says that it is another version. */
export function explain(error: unknown): never {
  if (error instanceof Failure && error.code === 'method') {
    throw new OperatorError('the running daemon is of another version than this command: restart it', { cause: error });
  }
  throw error;
}

/** The first piece of a long answer, which says what it is, and the texts that follow. Rejects when it is refused. */
export async function begun<T>(
  pieces: AsyncIterable<unknown>,
): Promise<{ readonly first: T; readonly rest: AsyncIterable<string> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  const { value } = await iterator.next().catch(explain);
  return { first: value as T, rest: textsOf(iterator) };
}

async function* textsOf(iterator: AsyncIterator<unknown>): AsyncGenerator<string> {
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield String(next.value);
  } finally {
    await iterator.return?.();
  }
}
