// The user's calls that go on, made with `calls.dial`, and for a while those that have just ended. Knows no component.
import type { Mirror } from '../../../../client/api.ts';
import type { Call } from '../../../../client/types.ts';

export interface ShownCall {
  readonly call: Call;
  /** Milliseconds since 1970: when somebody answered; only of a call that is talked. */
  readonly talkingSince?: number;
}

interface CallsGoingOnParts {
  readonly mirror: Pick<Mirror<Call>, 'values' | 'get' | 'subscribe'>;
  readonly now: () => number;
  /** Runs it later; returns the function that keeps it from running. */
  readonly later: (run: () => void, ms: number) => () => void;
}

/** How long a call that is over is shown, in milliseconds. */
export const SHOWN_MS = 8_000;

export class CallsGoingOn {
  readonly #parts: CallsGoingOnParts;
  readonly #shown = new Map<string, ShownCall>();
  readonly #dismissed = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;

  constructor(parts: CallsGoingOnParts) {
    this.#parts = parts;
    for (const call of parts.mirror.values()) this.#take(call);
    this.#stop = parts.mirror.subscribe(({ reset, put, remove }) => {
      const before = [...this.#shown.keys()];
      for (const id of remove) this.#forget(id);
      if (reset) for (const id of before) if (!parts.mirror.get(id)) this.#forget(id);
      for (const call of put) this.#take(call);
      this.#tell();
    });
  }

  /** The latest first. */
  list(): readonly ShownCall[] {
    return [...this.#shown.values()]
      .filter(({ call }) => !this.#dismissed.has(call.id))
      .sort((a, b) => (a.call.at < b.call.at ? 1 : -1));
  }

  /** The user does not want to see it any more. */
  dismiss(id: string): void {
    if (this.#shown.get(id)?.call.state === undefined) this.#forget(id);
    else this.#dismissed.add(id);
    this.#tell();
  }

  /** Returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#stop();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#listeners.clear();
  }

  #take(call: Call): void {
    const before = this.#shown.get(call.id);
    if (call.state === undefined) {
      if (before?.call.state !== undefined) this.#end(call);
      return;
    }
    if (call.state !== 'talking') {
      this.#shown.set(call.id, { call });
      return;
    }
    // when it was answered, by the clock of this device if it was seen, else as the server counts
    const seen = before && (before.talkingSince ?? this.#parts.now());
    this.#shown.set(call.id, { call, talkingSince: seen ?? Date.parse(call.at) + call.ring * 1000 });
  }

  #end(call: Call): void {
    if (this.#dismissed.has(call.id)) {
      this.#forget(call.id);
      return;
    }
    this.#shown.set(call.id, { call });
    const cancel = this.#parts.later(() => {
      this.#forget(call.id);
      this.#tell();
    }, SHOWN_MS);
    this.#timers.set(call.id, cancel);
  }

  #forget(id: string): void {
    this.#shown.delete(id);
    this.#dismissed.delete(id);
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
