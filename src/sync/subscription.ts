// What the parts of the hub know of one session's copy of one collection, and of the session itself.
import type { Viewer } from '../service/viewer.ts';
import type { Frame } from './frames.ts';
import type { Outbox } from './outbox.ts';
import type { Reader } from './reader.ts';

export interface Subscription {
  /** The collection, as clients name it. */
  readonly name: string;
  /** For the cursors in its frames. */
  readonly tag: string;
  /** The client was told everything, and is told each change as it happens. */
  readonly settled: boolean;
  /** Whether the client may know of the collection's name from here: something of it was sent, or it gave a cursor. */
  readonly isKnown: boolean;
  /** The frames to send next. None when it has settled meanwhile, or waits for the store. Called in the hub's turn only. */
  next(reader: Reader): readonly Frame[];
  /** Gives up what it follows. Called once. */
  end(): void;
}

/** The copies of one session. */
export interface Subscriber {
  readonly outbox: Outbox;
  viewer: Viewer;
  /** Names that the client asked for, `contacts` for all books among them. */
  wanted: readonly string[];
  /** In the order in which they are to be told. */
  subscriptions: readonly Subscription[];
  /** Whether `sync.ready` was sent for the present `sync.open`. */
  ready: boolean;
  /** Responses that are to come after the changes made so far, when there are any. */
  answers: (() => void)[] | undefined;
  /** Told in the hub's turn when the viewer's rights may have changed. */
  readonly reviewed: () => void;
}

/** The client holds a copy that its user may not see, and is told so once. */
export class Withdrawal implements Subscription {
  readonly name: string;
  readonly tag = '';
  readonly isKnown = true;
  settled = false;
  readonly #frame: Frame;

  constructor(name: string, frame: Frame) {
    this.name = name;
    this.#frame = frame;
  }

  next(): readonly Frame[] {
    this.settled = true;
    return [this.#frame];
  }

  end(): void {
    this.settled = true;
  }
}
