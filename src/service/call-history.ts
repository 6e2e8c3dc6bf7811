// The call history of every extension: what the PBX tells of calls is kept, and named for the owner. What is kept of calls that go on
// lets another run go on with them.
import { CallHistoryQueue, type CallHistoryQueueParts } from './call-history-queue.ts';
import type { CallNews, OpenCall, PbxCalls } from './calls-port.ts';
import { rowsOfSite, siteMark, siteRow } from './site-rows.ts';

export interface CallHistoryParts extends CallHistoryQueueParts {
  readonly calls: PbxCalls;
}

export class CallHistory {
  readonly #parts: CallHistoryParts;
  readonly #queue: CallHistoryQueue;
  #stop = () => {};

  constructor(parts: CallHistoryParts) {
    this.#parts = parts;
    this.#queue = new CallHistoryQueue(parts);
  }

  /** Gives the watcher the calls that went on when they were last watched, and listens; before the watcher starts. */
  start(): void {
    const { store, calls, site } = this.#parts;
    calls.restore([...rowsOfSite(store, 'openCalls', site)].map(({ value }) => value as OpenCall));
    this.#stop = calls.subscribe((news) => this.#hear(news));
  }

  /** Resolves when all that was heard of up to now is written, or cannot be now. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Resolves when what was told is written. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#queue.stop();
  }

  #hear(news: CallNews): void {
    // A copy: the watcher goes on with its own.
    if (news.kind === 'open') this.#note(structuredClone(news.call));
    else if (news.kind === 'ended') this.#queue.add(news);
  }

  #note(call: OpenCall): void {
    const { store, site } = this.#parts;
    const value = { ...call, ...siteMark(site) };
    store.note([{ table: 'openCalls', id: siteRow(site, call.id), value }]);
  }
}
