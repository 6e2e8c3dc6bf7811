// The heartbeat of all sockets: one timer, which visits a part of them at each tick, so that pings are spread over the
// interval. Holds every open socket.
import type { WsSocket } from './ws-socket.ts';

const SLOTS = 25;

export class Heartbeat {
  readonly #slots: Set<WsSocket>[] = Array.from({ length: SLOTS }, () => new Set());
  readonly #dropped: (socket: WsSocket) => void;
  readonly #timer: NodeJS.Timeout;
  #size = 0;
  #next = 0;
  #tick = 0;

  /** Pings each socket every `intervalMs`; tells of those it dropped. Runs until `stop`, keeping no process alive. */
  constructor(intervalMs: number, dropped: (socket: WsSocket) => void) {
    this.#dropped = dropped;
    this.#timer = setInterval(() => this.#beat(), intervalMs / SLOTS);
    this.#timer.unref();
  }

  get size(): number {
    return this.#size;
  }

  *sockets(): Iterable<WsSocket> {
    for (const slot of this.#slots) yield* slot;
  }

  add(socket: WsSocket): void {
    socket.slot = this.#next;
    this.#next = (this.#next + 1) % SLOTS;
    this.#slots[socket.slot]?.add(socket);
    this.#size += 1;
  }

  delete(socket: WsSocket): void {
    if (this.#slots[socket.slot]?.delete(socket)) this.#size -= 1;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const slot = this.#slots[this.#tick] as Set<WsSocket>;
    this.#tick = (this.#tick + 1) % SLOTS;
    for (const socket of slot) if (socket.beat() === 'dropped') this.#dropped(socket);
  }
}
