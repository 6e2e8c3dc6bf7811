// Watches what is told of calls, and waits for it: the calls that go on, and how calls ended.
import type { CallEntry } from '../../src/domain/call.ts';
import type { CallNews, OpenCall, PbxCalls } from '../../src/service/calls-port.ts';
import { entryInWords } from './call-watch-house.ts';

export class CallsWatch {
  readonly news: CallNews[] = [];
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(calls: Pick<PbxCalls, 'subscribe'>) {
    calls.subscribe((news) => {
      this.news.push(news);
      for (const look of [...this.#waiting]) look();
    });
  }

  /** The entries since they were taken last. */
  get entries(): readonly CallEntry[] {
    return this.news.slice(this.#taken).flatMap((one) => (one.kind === 'ended' ? one.entries : []));
  }

  /** The calls that go on, as they were told last. */
  get open(): readonly OpenCall[] {
    const open = new Map<string, OpenCall>();
    for (const one of this.news) {
      if (one.kind === 'open') open.set(one.call.id, one.call);
      if (one.kind === 'ended' && one.isOver) open.delete(one.id);
    }
    return [...open.values()];
  }

  /** The states that a call was told to be in, each once. */
  states(): readonly string[] {
    const told = this.news.slice(this.#taken).flatMap((one) => (one.kind === 'open' ? [one.call.state] : []));
    return told.filter((state, i) => state !== told[i - 1]);
  }

  /** From here on `entries` begins anew. */
  take(): void {
    this.#taken = this.news.length;
  }

  /** Resolves when this holds, now or after news; rejects after `ms`, with what was told. */
  until(what: string, holds: () => boolean, ms = 8_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const told = [...this.entries.map(entryInWords), ...this.open.map(({ id, state }) => `${id} ${state}`)];
        reject(new Error(`${what} was not told; told: ${told.join(', ')}`));
      }, ms);
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits until a kind of news came since the last `take`. */
  came(kind: CallNews['kind']): Promise<void> {
    return this.until(kind, () => this.news.slice(this.#taken).some((one) => one.kind === kind));
  }
}
