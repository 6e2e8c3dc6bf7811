// Things that arrive by themselves and are waited for, so that none is missed whichever comes first.

/** How many untaken things are kept; older ones go. */
const limit = 1000;

interface Waiter<T> {
  readonly fits: (item: T) => boolean;
  readonly settle: (item: T) => void;
}

export class Inbox<T> {
  readonly #what: string;
  #items: T[] = [];
  #waiters: Waiter<T>[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  /** What arrived and was not taken yet. */
  get items(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    const waiter = this.#waiters.find(({ fits }) => fits(item));
    if (waiter) waiter.settle(item);
    else this.#items = [...this.#items, item].slice(-limit);
  }

  /** Takes the first thing that fits, now or when it arrives; rejects after `timeout` milliseconds. */
  next(fits: (item: T) => boolean = () => true, timeout = 8000): Promise<T> {
    const here = this.#items.find(fits);
    if (here !== undefined) {
      this.#items = this.#items.filter((item) => item !== here);
      return Promise.resolve(here);
    }
    return new Promise((done, fail) => {
      const leave = () => {
        clearTimeout(timer);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      const waiter: Waiter<T> = {
        fits,
        settle: (item) => {
          leave();
          done(item);
        },
      };
      const timer = setTimeout(() => {
        leave();
        fail(new Error(`no ${this.#what} within ${timeout} ms`));
      }, timeout);
      this.#waiters.push(waiter);
    });
  }
}
