// The use cases of chat: messages between two users who see each other, kept for each of them.
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import type { Clock } from './clock.ts';
import type { MessageItem } from './message-row.ts';
import type { PbxMessages } from './messages-port.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

/** `id`: a UUID made by the client, with which the call can be repeated safely. */
export interface MessageWish {
  readonly to: string;
  readonly text: string;
  readonly id?: string | undefined;
}

export interface MessagesParts {
  readonly store: Store;
  readonly access: Access;
  /** Absent: no messages go to or come from phones. */
  readonly phones: PbxMessages | undefined;
  readonly clock: Clock;
  readonly report: Report;
  readonly newId: () => string;
  /** What is kept of each user's messages; whichever is reached first. */
  readonly keep: { readonly count: number; readonly days: number };
}

export class Messages {
  readonly parts: MessagesParts;

  constructor(parts: MessagesParts) {
    this.parts = parts;
  }

  start(): void {}

  async stop(): Promise<void> {}

  /** Failures: `not_found` for an extension that the viewer does not see or that does not see him, `conflict` for an id that is taken, `too_many`, `params`, `storage`. */
  async send(_viewer: Viewer, _wish: MessageWish): Promise<MessageItem> {
    throw new Failure('not_found', 'no such extension');
  }

  /** Everything that `with` wrote to the viewer up to the message `upTo` is read. Failures: `not_found`, `storage`. */
  async read(_viewer: Viewer, _mark: { readonly with: string; readonly upTo: string }): Promise<void> {
    throw new Failure('not_found', 'no such message');
  }

  /** A session of this extension holds all messages that were written to it so far. */
  told(_extension: string): void {}
}
