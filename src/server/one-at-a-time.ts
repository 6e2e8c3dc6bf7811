// Long answers of the control socket that are made one at a time: each keeps what it was made of in memory for as long as its
// reader takes.
import { Failure } from '../domain/failure.ts';

/** `make`, refused with `too_many` and these words while an answer of it is being made. */
export function oneAtATime<P>(
  words: string,
  make: (params: P) => AsyncIterable<unknown>,
): (params: P) => AsyncGenerator<unknown> {
  let busy = false;
  return async function* (params) {
    if (busy) throw new Failure('too_many', `${words}: try again when it is done`);
    busy = true;
    try {
      yield* make(params);
    } finally {
      busy = false;
    }
  };
}
