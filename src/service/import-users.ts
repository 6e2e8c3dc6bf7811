// Whether a user was removed while an import ran: another one who gets his number must not find the contacts of a file begun before. Follows
// the store's feed for as long as the import.
import { Failure } from '../domain/failure.ts';
import type { Store } from './store.ts';

export class ImportUsers {
  readonly #stop: () => void;
  #isGone = false;

  constructor(store: Store, extensions: readonly (string | undefined)[]) {
    this.#stop = store.subscribe(({ writes }) => {
      this.#isGone ||= writes.some(({ table, id, value }) => {
        return table === 'users' && value === null && extensions.includes(id);
      });
    });
  }

  /** Failure `not_found` when one of them was removed since. */
  check(): void {
    if (this.#isGone) throw new Failure('not_found', 'there is no such book');
  }

  close(): void {
    this.#stop();
  }
}
