// The call history of every extension: what the PBX tells of calls is kept, named for the owner, and dropped when it is old.
import type { Access } from './access.ts';
import { CallHistoryQueue } from './call-history-queue.ts';
import { CallNaming } from './call-naming.ts';
import { CallRetention, type CallsKept } from './call-retention.ts';
import type { KnownParty } from './call-row.ts';
import type { CallNews, OpenCall, PbxCalls } from './calls-port.ts';
import type { Clock } from './clock.ts';
import type { Lookup } from './lookup.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';

export interface CallHistoryParts {
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Pick<Lookup, 'find' | 'reach' | 'forms'>;
  readonly calls: PbxCalls;
  readonly clock: Clock;
  readonly report: Report;
  readonly sha256: (text: string) => string;
  readonly keep: CallsKept;
}

export class CallHistory {
  readonly #parts: CallHistoryParts;
  readonly #queue: CallHistoryQueue;
  readonly #naming: CallNaming;
  readonly #retention: CallRetention;
  #stop = () => {};

  constructor(parts: CallHistoryParts) {
    this.#parts = parts;
    this.#queue = new CallHistoryQueue(parts);
    this.#naming = new CallNaming(parts);
    this.#retention = new CallRetention(parts);
  }

  /** Gives the watcher the calls that went on when the daemon last ran, and listens; before the link comes up. */
  start(): void {
    const { store, calls } = this.#parts;
    calls.restore([...store.all('openCalls')].map(({ value }) => value as OpenCall));
    this.#stop = calls.subscribe((news) => this.#hear(news));
    this.#naming.start();
    this.#retention.start();
  }

  /** Whether a name in a row is out of date: the contact that it is from has gone from that book. Such a name may not be shown any more. */
  isOutdated(known: KnownParty): boolean {
    return this.#naming.isOutdated(known);
  }

  /** Resolves when all that was heard of up to now is written and named, or cannot be now. */
  async idle(): Promise<void> {
    await this.#queue.idle();
    await this.#naming.idle();
    await this.#retention.idle();
  }

  /** Resolves when what was told is written. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#queue.stop();
    await this.#retention.stop();
    await this.#naming.stop();
  }

  #hear(news: CallNews): void {
    // A copy: the watcher goes on with its own.
    if (news.kind === 'open') this.#note(structuredClone(news.call));
    else if (news.kind === 'ended') this.#queue.add(news);
  }

  #note(call: OpenCall): void {
    this.#parts.store.note([{ table: 'openCalls', id: call.id, value: call }]);
  }
}
