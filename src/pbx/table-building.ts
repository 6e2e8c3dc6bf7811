// The fact table of a snapshot: built out of what was listed, a slice a turn, and at the end brought up to what was told
// meanwhile. Reads no list but AstDB again; tells nobody.
import type { DeviceState } from '../domain/presence.ts';
import type { ExtensionFacts, Presentity } from '../service/pbx-port.ts';
import { AmiError } from './ami/link-port.ts';
import type { DndFamily } from './dnd-family.ts';
import { type Extension, FactTable } from './fact-table.ts';
import type { NameBook } from './names.ts';
import type { RecentChanges } from './recent-changes.ts';
import { inSlices } from './slices.ts';

const MOST_ROUNDS = 5;

export interface BuildingDeps {
  readonly names: NameBook;
  readonly recent: RecentChanges;
  readonly dnd: DndFamily;
}

export interface Listed {
  readonly extensions: readonly Extension[];
  readonly devices: ReadonlyMap<string, DeviceState>;
  readonly presentities: ReadonlyMap<string, Presentity>;
  /** Whether AstDB was read. */
  readonly astdb: boolean;
}

export interface BuiltTable {
  readonly table: FactTable;
  /** All facts of the table, by number. */
  readonly facts: Map<string, ExtensionFacts>;
  /** The readings of AstDB that are in it. */
  readonly readings: number;
}

/** Facts that do not differ from those `told` are the same object. */
export async function buildTable(
  deps: BuildingDeps,
  told: (number: string) => ExtensionFacts | undefined,
  { extensions, devices, presentities, astdb }: Listed,
): Promise<BuiltTable> {
  const { names, dnd } = deps;
  const table = new FactTable({ followLamp: !astdb });
  const facts = new Map<string, ExtensionFacts>();
  await inSlices(extensions, (extension) => table.add(extension, names.details(extension)));
  await inSlices(devices, ([key, state]) => table.setDevice(key, state));
  await inSlices(presentities, ([key, presentity]) => table.setPresentity(key, presentity));
  const { readings } = dnd;
  await inSlices(extensions, ({ number }) => {
    table.setBlocked(number, dnd.blocked(number));
    const before = told(number);
    if (before) table.share(before);
    take(facts, table, number);
  });
  if (astdb) await rereadDnd(table, deps);
  return { table, facts, readings };
}

/**
 * Who turns DND on writes AstDB, then the lamp: where a lamp or `dnd` came after AstDB was listed, AstDB is read again, so
 * that the two are never seen apart.
 */
async function rereadDnd(table: FactTable, { recent, dnd }: BuildingDeps): Promise<void> {
  let seen = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const changes = recent.kept(seen) ?? [];
    seen = recent.serial;
    const numbers = new Set(
      changes.flatMap((change) =>
        change.kind === 'device' ? table.withLamp(change.name) : table.withPresentity(change.name),
      ),
    );
    if (numbers.size === 0) return;
    await dnd.readSome([...numbers]);
  }
}

/** Takes what is newer than the lists, in one turn with the swap. Throws AmiError when that is more than was kept. */
export function overlay({ table, facts, readings }: BuiltTable, { recent, dnd }: BuildingDeps): void {
  const changes = recent.kept();
  if (!changes) throw new AmiError('timeout', 'more changed during the snapshot than is kept');
  const touched = new Set<string>();
  for (const change of changes) {
    const numbers =
      change.kind === 'device'
        ? table.setDevice(change.name, change.state)
        : table.setPresentity(change.name, change.presentity);
    for (const number of numbers) touched.add(number);
  }
  for (const number of dnd.readSince(readings) ?? table.numbers()) {
    if (table.setBlocked(number, dnd.blocked(number))) touched.add(number);
  }
  for (const number of touched) take(facts, table, number);
}

function take(facts: Map<string, ExtensionFacts>, table: FactTable, number: string): void {
  const now = table.facts(number);
  if (now) facts.set(number, now);
}
