// A PBX played by hand: it keeps the facts of its extensions, tells every change at once while it is connected, writes
// orders down and carries them out as far and as late as the test says.
import { Failure } from '../../src/domain/failure.ts';
import { NOT_SET } from '../../src/domain/presentity.ts';
import type { ExtensionFacts, Lamp, Pbx, PbxOrder, PbxUpdate } from '../../src/service/pbx-port.ts';

export const LAMP = (number: string) => `Custom:DND${number}`;

/** An extension with one free phone and nothing set. */
export function freshFacts(number: string, changed: Partial<ExtensionFacts> = {}): ExtensionFacts {
  const lamps: Record<string, Lamp> = { [LAMP(number)]: 'unset' };
  return { number, name: `User ${number}`, line: 'idle', blocked: false, lamps, presentity: NOT_SET, ...changed };
}

export type Part = 'blocked' | 'lamps' | 'presentity';
export const PARTS: readonly Part[] = ['blocked', 'lamps', 'presentity'];

export class FakeOrder implements PbxOrder {
  readonly number: string;
  readonly blocked: boolean;
  readonly presentity: PbxOrder['presentity'];
  /** Settles when the order has ended, however. */
  readonly outcome: Promise<void>;
  readonly #pbx: FakePbx;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(pbx: FakePbx, { number, blocked, presentity }: PbxOrder) {
    this.#pbx = pbx;
    this.number = number;
    this.blocked = blocked;
    this.presentity = presentity;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Writes one part, and its echo is told. */
  write(part: Part): void {
    const now = this.#pbx.facts(this.number);
    if (!now) return;
    const lamps = Object.fromEntries(
      Object.entries(now.lamps).map(([name, lamp]): [string, Lamp] => {
        if (this.blocked) return [name, 'on'];
        return [name, lamp === 'unset' ? 'unset' : 'off'];
      }),
    );
    const changed = { blocked: this.blocked, lamps, presentity: this.presentity };
    this.#pbx.change(this.number, { [part]: changed[part] });
  }

  /** Writes what is left and says so. */
  finish(): void {
    for (const part of PARTS) this.write(part);
    this.confirm();
  }

  /** Says that it is done, whatever was written. */
  confirm(): void {
    this.#pbx.ended(this);
    this.#resolve();
  }

  fail(error: Error = new Failure('pbx_away', 'the PBX refused the change', { reason: 'refused' })): void {
    this.#pbx.ended(this);
    this.#reject(error);
  }
}

export class FakePbx implements Pbx {
  /** Every order that was ever given, oldest first. */
  readonly orders: FakeOrder[] = [];
  /** Those that have not ended. */
  readonly open = new Set<FakeOrder>();
  /** Carries out orders as they come. */
  obedient = false;
  connected = false;
  readonly #extensions = new Map<string, ExtensionFacts>();
  readonly #listeners = new Set<(update: PbxUpdate) => void>();

  subscribe(listener: (update: PbxUpdate) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  carryOut(order: PbxOrder): Promise<void> {
    const taken = new FakeOrder(this, order);
    this.orders.push(taken);
    this.open.add(taken);
    if (!this.connected) taken.fail(new Failure('pbx_away', 'the PBX is not connected', { reason: 'away' }));
    else if (this.obedient) taken.finish();
    return taken.outcome;
  }

  ended(order: FakeOrder): void {
    this.open.delete(order);
  }

  facts(number: string): ExtensionFacts | undefined {
    return this.#extensions.get(number);
  }

  /** The orders so far as plain values, and forgets them. */
  takeOrders(): PbxOrder[] {
    return this.orders.splice(0).map(({ number, blocked, presentity }) => ({ number, blocked, presentity }));
  }

  /** Puts extensions there without telling, as a dialplan that is to be read again. */
  put(...facts: readonly ExtensionFacts[]): void {
    for (const one of facts) this.#extensions.set(one.number, one);
  }

  remove(number: string): void {
    this.#extensions.delete(number);
  }

  /** Somebody or something changes facts of an extension; told at once while connected. */
  change(number: string, changed: Partial<ExtensionFacts>): void {
    const before = this.#extensions.get(number);
    if (!before) throw new Error(`the PBX has no extension ${number}`);
    const facts = { ...before, ...changed };
    this.#extensions.set(number, facts);
    if (this.connected && JSON.stringify(before) !== JSON.stringify(facts)) this.#tell({ kind: 'extension', facts });
  }

  /** Sets one lamp, beside the others. */
  lamp(number: string, lamp: Lamp, name = LAMP(number)): void {
    this.change(number, { lamps: { ...this.#extensions.get(number)?.lamps, [name]: lamp } });
  }

  /** The link comes up, or everything is listed again. */
  snapshot(): void {
    const first = !this.connected;
    this.connected = true;
    this.#tell({ kind: 'snapshot', extensions: new Map(this.#extensions), first });
  }

  /** The link goes down; what waits fails. */
  cut(): void {
    this.connected = false;
    for (const order of [...this.open]) order.fail(new Failure('pbx_away', 'the link is gone', { reason: 'away' }));
    this.#tell({ kind: 'away' });
  }

  #tell(update: PbxUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }
}
