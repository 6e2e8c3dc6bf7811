// The facts as they are shown: events change the tables, and what then differs from what was told is told, DND never
// before AstDB was read. Knows nothing of connections and of when everything is listed.
import type { DeviceState } from '../domain/presence.ts';
import type { Clock } from '../service/clock.ts';
import type { ExtensionFacts, PbxUpdate } from '../service/pbx-port.ts';
import type { Link } from './ami/link-port.ts';
import type { AmiMessage } from './ami/message.ts';
import { DndFamily } from './dnd-family.ts';
import { type Extension, FactTable, sameFacts, sameState } from './fact-table.ts';
import { readDevice } from './lists.ts';
import type { NameBook } from './names.ts';
import { readPresentity } from './presentity.ts';
import { RecentChanges } from './recent-changes.ts';

export interface LiveFactsOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly family: string;
  readonly names: NameBook;
  /** What was told of this extension is what is known of it. */
  readonly settled: (number: string) => void;
  /** An extension has lamps whose states are not known. */
  readonly unlisted: () => void;
}

export class LiveFacts {
  readonly dnd: DndFamily;
  readonly recent: RecentChanges;
  readonly #options: LiveFactsOptions;
  readonly #listeners = new Set<(update: PbxUpdate) => void>();
  #table = new FactTable({ followLamp: false });
  /** What the listeners know: the last snapshot, and what was told of an extension since. */
  #shown: ReadonlyMap<string, ExtensionFacts> = new Map();
  readonly #since = new Map<string, ExtensionFacts>();
  /** From the first snapshot of a connection to its end. */
  #open = false;
  #updates = 0;

  constructor(options: LiveFactsOptions) {
    this.#options = options;
    this.recent = new RecentChanges(options.clock);
    this.dnd = new DndFamily({
      link: options.link,
      clock: options.clock,
      family: options.family,
      learned: (numbers) => this.learned(numbers),
      released: (number) => this.#changed(number),
    });
  }

  get table(): FactTable {
    return this.#table;
  }

  /** What the listeners know of an extension. */
  told(number: string): ExtensionFacts | undefined {
    return this.#since.get(number) ?? this.#shown.get(number);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Updates told so far. */
  get updates(): number {
    return this.#updates;
  }

  subscribe(listener: (update: PbxUpdate) => void): () => void {
    const own = (update: PbxUpdate) => listener(update);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Takes DeviceStateChange; false when it cannot be read. */
  device(message: AmiMessage): boolean {
    const device = readDevice(message);
    if (!device) return false;
    this.recent.note({ kind: 'device', ...device });
    const touched = this.#table.setDevice(device.name, device.state);
    if (touched.length === 0) return true;
    for (const number of this.#table.withLamp(device.name)) this.#readDnd(number);
    for (const number of touched) this.#changed(number);
    return true;
  }

  /** Takes PresenceStateChange; false when it cannot be read. */
  presentity(message: AmiMessage): boolean {
    const read = readPresentity(message);
    if (!read) return false;
    this.recent.note({ kind: 'presentity', ...read });
    const before = this.#table.presentity(read.name).state;
    const turned = (before === 'dnd') !== (read.presentity.state === 'dnd');
    for (const number of this.#table.setPresentity(read.name, read.presentity)) {
      if (turned) this.#readDnd(number);
      this.#changed(number);
    }
    return true;
  }

  /** Takes what AstDB was read to say of these extensions. */
  learned(numbers: Iterable<string>): void {
    for (const number of numbers) {
      if (this.#table.setBlocked(number, this.dnd.blocked(number))) this.#changed(number);
    }
  }

  /** Takes the names that are known of this extension now. */
  named({ number }: Extension): void {
    const extension = this.#table.extension(number);
    if (!extension) return;
    const before = this.#table.details(number).devices ?? [];
    const details = this.#options.names.details(extension);
    if (!this.#table.setDetails(number, details)) return;
    if (details.devices?.some((device) => !before.includes(device))) this.#options.unlisted();
    this.#changed(number);
  }

  /** Takes the state of a device, by its key, if it is still unknown. */
  found(key: string, state: DeviceState): void {
    if (this.#table.device(key) !== undefined) return;
    for (const number of this.#table.setDevice(key, state)) this.#changed(number);
  }

  /**
   * Shows another table in place of the one before and tells all of it: `facts` are those of the table, and are kept.
   * Returns how many extensions came, went or say something else than events had said; AstDB and names have no events and
   * do not count.
   */
  swap(table: FactTable, facts: Map<string, ExtensionFacts>): number {
    const first = !this.#open;
    const drifted = first ? 0 : this.#drift(table);
    for (const number of this.dnd.held()) {
      const waits = this.told(number);
      if (waits && facts.has(number)) facts.set(number, waits);
    }
    this.#table = table;
    this.#shown = facts;
    this.#since.clear();
    this.#open = true;
    this.#tell({ kind: 'snapshot', extensions: facts, first });
    return drifted;
  }

  /** The connection is gone: what was told last stands, and nothing is told until the next swap. */
  close(): void {
    this.recent.clear();
    this.dnd.reset();
    if (!this.#open) return;
    this.#open = false;
    this.#tell({ kind: 'away' });
  }

  /** No connection came up: told so that nobody waits for the first snapshot. */
  away(): void {
    if (!this.#open) this.#tell({ kind: 'away' });
  }

  /** AstDB is written together with lamps and presentity: it is read before the change is told. */
  #readDnd(number: string): void {
    if (this.#open && !this.#table.followsLamp) this.dnd.readSoon(number);
  }

  #changed(number: string): void {
    if (!this.#open || this.dnd.isHeld(number)) return;
    const facts = this.#table.facts(number);
    const told = this.told(number);
    if (facts && !(told && sameFacts(told, facts))) {
      this.#since.set(number, facts);
      this.#tell({ kind: 'extension', facts });
    }
    this.#options.settled(number);
  }

  #drift(table: FactTable): number {
    let drifted = 0;
    let known = 0;
    for (const number of this.#shown.keys()) {
      const facts = table.facts(number);
      const told = this.told(number);
      if (facts) known += 1;
      if (!(facts && told) || !(sameState(facts, told) || this.dnd.isHeld(number))) drifted += 1;
    }
    return drifted + table.size - known;
  }

  #tell(update: PbxUpdate): void {
    this.#updates += 1;
    for (const listener of this.#listeners) listener(update);
  }
}
