// What leaves in the present turn: frames are laid into the outboxes of their receivers, and handed to the sockets all at once.
import type { Frame } from './frames.ts';
import type { Outbox } from './outbox.ts';

export class Post {
  /** Those with frames of this turn. */
  #outboxes: Outbox[] = [];

  push(outbox: Outbox, frame: Frame, tag: string): void {
    if (outbox.push(frame, tag)) this.#outboxes.push(outbox);
  }

  flush(): void {
    const outboxes = this.#outboxes;
    this.#outboxes = [];
    for (const outbox of outboxes) outbox.flush();
  }
}
