// Notices a connection that is dead without having ended: programs see no pings of WebSocket, so after a silence the server is
// asked for a sign of life. Knows no socket.
import type { Surroundings } from './surroundings.ts';

const SILENCE_MS = 25_000;
const PATIENCE_MS = 10_000;
/** While pages are on their way the answer stands behind them; a slow network may need this long for one. */
const PAGES_PATIENCE_MS = 60_000;
const MOST_PATIENCE_MS = 480_000;

interface HeartbeatParts {
  readonly surroundings: Pick<Surroundings, 'now' | 'after'>;
  ping(): void;
  dead(): void;
}

export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #heardAt = 0;
  #heardTimes = 0;
  /** Doubled each time that it was too short for pages, so that the slowest network comes to its end. */
  #pagesPatience = PAGES_PATIENCE_MS;
  #isCatchingUp = false;
  #isAsking = false;
  #cancel: (() => void) | undefined;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  start(): void {
    this.stop();
    this.heard();
    this.#listen();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isAsking = false;
  }

  /** Something came, whatever it was. */
  heard(): void {
    this.#heardAt = this.#parts.surroundings.now();
    this.#heardTimes += 1;
  }

  /** Pages are on their way, or not any more. */
  catchingUp(is: boolean): void {
    this.#isCatchingUp = is;
    if (!is) this.#pagesPatience = PAGES_PATIENCE_MS;
  }

  /** Asks now: the machine may have slept, or has another network. */
  probe(): void {
    if (this.#cancel && !this.#isAsking) this.#ask();
  }

  #listen(): void {
    const { now, after } = this.#parts.surroundings;
    this.#isAsking = false;
    const silent = now() - this.#heardAt;
    // A clock that was set back has measured nothing.
    this.#cancel = after(silent < 0 ? SILENCE_MS : SILENCE_MS - silent, () => {
      if (now() - this.#heardAt >= SILENCE_MS) this.#ask();
      else this.#listen();
    });
  }

  #ask(): void {
    this.#cancel?.();
    this.#isAsking = true;
    const heardBefore = this.#heardTimes;
    const patience = this.#isCatchingUp ? this.#pagesPatience : PATIENCE_MS;
    this.#cancel = this.#parts.surroundings.after(patience, () => {
      if (this.#heardTimes !== heardBefore) {
        this.#listen();
        return;
      }
      if (this.#isCatchingUp) this.#pagesPatience = Math.min(MOST_PATIENCE_MS, this.#pagesPatience * 2);
      this.stop();
      this.#parts.dead();
    });
    this.#parts.ping();
  }
}
