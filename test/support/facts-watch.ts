// Watches what a PBX tells, and waits for what it is to tell: the newest facts of each extension and the way there.
import type { ExtensionFacts, Pbx } from '../../src/service/pbx-port.ts';

export class FactsWatch {
  readonly #facts = new Map<string, ExtensionFacts>();
  readonly #told: ExtensionFacts[] = [];
  readonly #waiting = new Set<() => void>();
  #connected = false;
  #changes = 0;

  constructor(pbx: Pick<Pbx, 'subscribe'>) {
    pbx.subscribe((update) => {
      this.#connected = update.kind !== 'away';
      if (update.kind === 'snapshot') this.#replace(update.extensions);
      if (update.kind === 'extension') {
        this.#facts.set(update.facts.number, update.facts);
        this.#told.push(update.facts);
      }
      this.#changes += 1;
      for (const look of [...this.#waiting]) look();
    });
  }

  get connected(): boolean {
    return this.#connected;
  }

  get numbers(): string[] {
    return [...this.#facts.keys()].sort();
  }

  of(number: string): ExtensionFacts | undefined {
    return this.#facts.get(number);
  }

  /** What was told of one extension since the last call of `forget`, a snapshot counting where it changed something. */
  told(number: string): ExtensionFacts[] {
    return this.#told.filter((facts) => facts.number === number);
  }

  forget(): void {
    this.#told.length = 0;
  }

  /** Resolves when this holds, now or after an update; rejects after `ms`, with what is known. */
  until(what: string, holds: () => boolean, ms = 8_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const known = JSON.stringify([...this.#facts.values()]);
        reject(new Error(`${what} was not seen after ${this.#changes} updates; known: ${known}`));
      }, ms);
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves with the facts of an extension when they hold all of this. */
  async shows(number: string, part: Partial<ExtensionFacts>, ms?: number): Promise<void> {
    const holds = () => {
      const facts = this.#facts.get(number);
      return (
        facts !== undefined &&
        Object.entries(part).every(([key, value]) => same(facts[key as keyof ExtensionFacts], value))
      );
    };
    await this.until(`${number} with ${JSON.stringify(part)}`, holds, ms);
  }

  #replace(extensions: ReadonlyMap<string, ExtensionFacts>): void {
    for (const facts of extensions.values()) if (!same(this.#facts.get(facts.number), facts)) this.#told.push(facts);
    this.#facts.clear();
    for (const [number, facts] of extensions) this.#facts.set(number, facts);
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
