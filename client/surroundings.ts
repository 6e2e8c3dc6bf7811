// What the client needs of the program it runs in, browser or Node: time, sockets, and word that it woke up. Declared by
// shape, so that neither the types of the DOM nor those of Node are needed. Knows nothing of the protocol.
import type { SocketConstructor } from './api.ts';

export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `fn` once; returns the function that prevents it. */
  after(ms: number, fn: () => void): () => void;
  /** From 0 to 1, 1 excluded. */
  random(): number;
  readonly WebSocket: SocketConstructor;
  /** Calls `fn` when the network is back or the page is looked at again. Returns the function that stops it. */
  onWake(fn: () => void): () => void;
}

interface EventSource {
  addEventListener?(name: string, listener: () => void): void;
  removeEventListener?(name: string, listener: () => void): void;
}

interface Globals extends EventSource {
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  readonly WebSocket?: SocketConstructor;
  readonly document?: EventSource & { readonly visibilityState?: string };
  reportError?(error: unknown): void;
}

const globals = globalThis as unknown as Globals;

/** Timers of more than this fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function surroundingsOf(given: {
  readonly WebSocket?: SocketConstructor;
  readonly random?: () => number;
}): Surroundings {
  const WebSocket = given.WebSocket ?? globals.WebSocket;
  if (!WebSocket) {
    throw new TypeError('there is no WebSocket here: give one as options.WebSocket, in Node that of the package ws');
  }
  return { now: Date.now, after, random: given.random ?? Math.random, WebSocket, onWake };
}

/** Lets the program hear of a fault of its own listener, without harm to what called it. */
export function report(error: unknown): void {
  if (globals.reportError) globals.reportError(error);
  else
    globals.setTimeout(() => {
      throw error;
    }, 0);
}

function after(ms: number, fn: () => void): () => void {
  const timer = globals.setTimeout(fn, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
  return () => globals.clearTimeout(timer);
}

function onWake(fn: () => void): () => void {
  const { document } = globals;
  const look = () => {
    if (document?.visibilityState === 'visible') fn();
  };
  globals.addEventListener?.('online', fn);
  document?.addEventListener?.('visibilitychange', look);
  return () => {
    globals.removeEventListener?.('online', fn);
    document?.removeEventListener?.('visibilitychange', look);
  };
}
