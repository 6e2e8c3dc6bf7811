// Keeps the call histories in order, whoever wrote them: names follow contacts and rights, and what is old is dropped. One daemon of all
// does it.
import { CallNaming, type CallNamingParts } from './call-naming.ts';
import { CallRetention, type CallRetentionParts } from './call-retention.ts';

export class CallUpkeep {
  readonly #naming: CallNaming;
  readonly #retention: CallRetention;

  constructor(parts: CallNamingParts & CallRetentionParts) {
    this.#naming = new CallNaming(parts);
    this.#retention = new CallRetention(parts);
  }

  start(): void {
    this.#naming.start();
    this.#retention.start();
  }

  /** Resolves when all that was heard of up to now is named, or cannot be now. */
  async idle(): Promise<void> {
    await this.#naming.idle();
    await this.#retention.idle();
  }

  async stop(): Promise<void> {
    await this.#retention.stop();
    await this.#naming.stop();
  }
}
