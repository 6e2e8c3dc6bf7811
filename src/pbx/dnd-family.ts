// What AstDB's DND family says: any non-empty value refuses calls. Reads it whole and key by key, and knows which of two
// readings is the newer. A write raises no event, so it is read again whenever a lamp hints at one.
import type { Clock } from '../service/clock.ts';
import type { Link } from './ami/link-port.ts';
import { header } from './ami/message.ts';
import { isSafeNumber } from './hint.ts';
import { isNotFound } from './privileges.ts';
import { inSlices } from './slices.ts';

/** More extensions than this are read as one tree. */
const MOST_SINGLE = 20;
/** Longest that the facts of an extension wait for a reading. */
const HOLD_MS = 1_000;

export interface DndFamilyOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly family: string;
  /** These extensions were read; `blocked` has their values. */
  readonly learned: (numbers: readonly string[]) => void;
  /** The facts of the extension need not wait any longer. */
  readonly released: (number: string) => void;
}

export class DndFamily {
  readonly #options: DndFamilyOptions;
  #sent = 0;
  #readings = 0;
  #tree: { readonly order: number; readonly at: number; readonly keys: ReadonlySet<string> } = {
    ...{ order: 0, at: 0 },
    keys: new Set(),
  };
  /** Keys read after the tree was. */
  readonly #single = new Map<string, { readonly order: number; readonly at: number; readonly blocked: boolean }>();
  readonly #wanted = new Set<string>();
  readonly #held = new Map<string, () => void>();
  #reading = false;

  constructor(options: DndFamilyOptions) {
    this.#options = options;
  }

  /** Whether calls for the extension are refused, by the newest reading. */
  blocked(number: string): boolean {
    return this.#single.get(number)?.blocked ?? this.#tree.keys.has(number);
  }

  /** How many readings were taken so far. */
  get readings(): number {
    return this.#readings;
  }

  /** The extensions read after so many readings; undefined when all were. */
  readSince(readings: number): readonly string[] | undefined {
    if (this.#tree.at > readings) return undefined;
    return [...this.#single].flatMap(([number, { at }]) => (at > readings ? [number] : []));
  }

  /** The extensions whose facts have to wait for a reading. */
  held(): Iterable<string> {
    return this.#held.keys();
  }

  /** Whether the facts of the extension have to wait for a reading. */
  isHeld(number: string): boolean {
    return this.#held.has(number);
  }

  /** Reads the whole family. Rejects with AmiError. */
  async readAll(): Promise<void> {
    const { link, family } = this.#options;
    this.#sent += 1;
    const order = this.#sent;
    const items = await link.list({ Action: 'DBGetTree', Family: family });
    const keys = new Set<string>();
    const prefix = `/${family}/`;
    await inSlices(items, (item) => {
      const key = header(item, 'key') ?? '';
      if (key.startsWith(prefix) && header(item, 'val')) keys.add(key.slice(prefix.length));
    });
    if (order < this.#tree.order) return;
    this.#readings += 1;
    this.#tree = { order, at: this.#readings, keys };
    for (const [number, single] of this.#single) if (single.order < order) this.#single.delete(number);
  }

  /** Reads one extension. Resolves with whether its calls are refused; rejects with AmiError. */
  async read(number: string): Promise<boolean> {
    const { link, family } = this.#options;
    this.#sent += 1;
    const order = this.#sent;
    const blocked = await readKey(link, family, number);
    if (order > this.#tree.order && order > (this.#single.get(number)?.order ?? 0)) {
      this.#readings += 1;
      this.#single.set(number, { order, at: this.#readings, blocked });
    }
    this.#options.learned([number]);
    return blocked;
  }

  /** Reads these extensions, many of them as one tree. What fails leaves what was known; the next poll reads again. */
  async readSome(numbers: readonly string[]): Promise<void> {
    if (numbers.length <= MOST_SINGLE) {
      await Promise.allSettled(numbers.map((number) => this.read(number)));
      return;
    }
    await this.readAll().then(
      () => this.#options.learned(numbers),
      () => undefined,
    );
  }

  /** Reads the extension as soon as may be; its facts wait for that, but not long. */
  readSoon(number: string): void {
    this.#wanted.add(number);
    if (!this.#held.has(number)) {
      this.#held.set(
        number,
        this.#options.clock.after(HOLD_MS, () => this.#release(number)),
      );
    }
    if (!this.#reading) void this.#readWanted();
  }

  /** The link is gone: nothing waits any more, and what was read no longer counts as newer than what will be. */
  reset(): void {
    this.#wanted.clear();
    for (const cancel of this.#held.values()) cancel();
    this.#held.clear();
  }

  async #readWanted(): Promise<void> {
    this.#reading = true;
    while (this.#wanted.size > 0) {
      const numbers = [...this.#wanted];
      this.#wanted.clear();
      await this.readSome(numbers);
      await inSlices(numbers, (number) => {
        if (!this.#wanted.has(number)) this.#release(number);
      });
    }
    this.#reading = false;
  }

  #release(number: string): void {
    const cancel = this.#held.get(number);
    if (!cancel) return;
    cancel();
    this.#held.delete(number);
    this.#options.released(number);
  }
}

async function readKey(link: Link, family: string, number: string): Promise<boolean> {
  if (!isSafeNumber(number)) return false;
  try {
    const items = await link.list({ Action: 'DBGet', Family: family, Key: number });
    return items.some((item) => (header(item, 'val') ?? '') !== '');
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
