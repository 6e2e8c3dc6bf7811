// Reads everything that the facts are made of and builds one fact table from it, such that no change that happens
// meanwhile is lost or undone. Tells nobody; what to do with the table is the caller's.
import type { DeviceState } from '../domain/presence.ts';
import type { Clock } from '../service/clock.ts';
import type { ExtensionFacts, Presentity } from '../service/pbx-port.ts';
import { AmiError, type Link } from './ami/link-port.ts';
import type { DndFamily } from './dnd-family.ts';
import { type ExtensionList, type IsExtension, selectExtensions, toExtension } from './extension-list.ts';
import type { Extension, FactTable } from './fact-table.ts';
import { deviceKey } from './hint.ts';
import { askDevices, type HintLine, listDevices, listHints, listPresentities } from './lists.ts';
import type { NameBook } from './names.ts';
import type { PbxSettings } from './pbx-settings.ts';
import { isForbidden, mayReadAstdb, type Privileges } from './privileges.ts';
import type { RecentChanges } from './recent-changes.ts';
import { inSlices } from './slices.ts';
import { buildTable, overlay } from './table-building.ts';

/** States do not wait longer than this for names. */
const NAMES_MS = 1_000;

export interface SnapshotDeps {
  readonly link: Link;
  readonly clock: Clock;
  readonly settings: PbxSettings;
  readonly isExtension: IsExtension;
  readonly names: NameBook;
  readonly recent: RecentChanges;
  readonly dnd: DndFamily;
  /** Something cannot be read on this PBX or by this AMI user; what it is for does without it. */
  readonly lacking: (event: 'pbx.no_presence' | 'pbx.no_names', error: unknown) => void;
  /** The names of an extension were read. */
  readonly named: (extension: Extension) => void;
  /** The state of a device that no list shows came, perhaps after the swap. */
  readonly found: (key: string, state: DeviceState) => void;
}

export interface SnapshotRequest {
  readonly generation: number;
  readonly may: Privileges;
  /** Ask for all names again. */
  readonly fresh: boolean;
  /** What is shown now; what did not change is taken over. */
  readonly previous: FactTable;
  readonly told: (number: string) => ExtensionFacts | undefined;
}

export interface Snapshot {
  readonly table: FactTable;
  readonly list: ExtensionList;
  /** All facts of the table, by number. */
  readonly extensions: Map<string, ExtensionFacts>;
}

/**
 * Takes a snapshot and hands it to `swap`, in the same turn as the last event that it holds. Rejects with AmiError when a
 * list fails or the connection is no longer that of the request.
 */
export async function takeSnapshot(
  deps: SnapshotDeps,
  request: SnapshotRequest,
  swap: (snapshot: Snapshot) => void,
): Promise<void> {
  const { link, recent, settings } = deps;
  recent.keep();
  try {
    const states = readStates(deps, request.may);
    const people = readPeople(deps, request);
    const { lines, devices, presentities, astdb } = await states;
    const list = await selectExtensions(lines, deps.isExtension, settings.extensions.contexts);
    const extensions = await readHints(list, settings, request.previous);
    const found = new Map<string, DeviceState>();
    const finding = findDevices(deps, request.may, extensions, devices, found);
    /** Those whose names come while the table is built, perhaps too late for it. */
    let late: Extension[] | undefined;
    const named = (extension: Extension) => {
      late?.push(extension);
      deps.named(extension);
    };
    await soon(deps.clock, Promise.all([readNames({ ...deps, named }, request, extensions, people), finding]));
    for (const [key, state] of found) devices.set(key, state);
    late = [];
    const built = await buildTable(deps, request.told, { extensions, devices, presentities, astdb });
    if (link.generation !== request.generation) throw new AmiError('away', 'the connection of the snapshot is gone');
    overlay(built, deps);
    swap({ table: built.table, list, extensions: built.facts });
    void inSlices(late, deps.named);
    late = undefined;
    void finding.then(() => inSlices(found, ([key, state]) => deps.found(key, state)));
  } finally {
    recent.release();
  }
}

interface States {
  readonly lines: readonly HintLine[];
  readonly devices: Map<string, DeviceState>;
  readonly presentities: ReadonlyMap<string, Presentity>;
  /** Whether AstDB was read. */
  readonly astdb: boolean;
}

async function readStates(deps: SnapshotDeps, may: Privileges): Promise<States> {
  const [lines, devices, presentities, astdb] = await Promise.all([
    listHints(deps.link),
    listDevices(deps.link),
    readPresentities(deps, may),
    readAstdb(deps, may),
  ]);
  return { lines, devices, presentities, astdb };
}

async function readAstdb({ dnd }: SnapshotDeps, may: Privileges): Promise<boolean> {
  if (!mayReadAstdb(may)) return false;
  try {
    await dnd.readAll();
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

async function readPresentities(deps: SnapshotDeps, may: Privileges): Promise<Map<string, Presentity>> {
  try {
    if (!may('PresenceStateList')) throw new AmiError('refused', 'permission denied or unknown command');
    return await listPresentities(deps.link);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    deps.lacking('pbx.no_presence', error);
    return new Map();
  }
}

interface People {
  readonly ampUsers: Promise<void>;
  readonly mailboxes: Promise<void>;
}

/** FreePBX's users and the mailboxes; neither rejects, since a snapshot without names is better than none. */
function readPeople({ link, names, lacking }: SnapshotDeps, { may, fresh }: SnapshotRequest): People {
  const read = async (action: string, list: () => Promise<void>) => {
    if (!may(action) || !(fresh || names.isSmall)) return;
    await list().catch((error: unknown) => {
      if (error instanceof AmiError && error.kind === 'refused') lacking('pbx.no_names', error);
    });
  };
  // The mailboxes are asked for first, so that they are known when the users are; nothing waits for them.
  const mailboxes = read('VoicemailUsersList', () => names.readMailboxes(link));
  return { mailboxes, ampUsers: read('DBGetTree', () => names.readAmpUsers(link)) };
}

async function readHints(
  list: ExtensionList,
  settings: PbxSettings,
  previous: FactTable,
): Promise<readonly Extension[]> {
  const extensions: Extension[] = [];
  await inSlices(list.lines.values(), (line) => {
    const known = previous.extension(line.number);
    const same = known && known.hintText === line.hintText && known.context === line.context;
    extensions.push(same ? known : toExtension(line, settings));
  });
  return extensions;
}

async function readNames(
  deps: SnapshotDeps,
  { may, fresh }: SnapshotRequest,
  extensions: readonly Extension[],
  { ampUsers, mailboxes }: People,
): Promise<void> {
  const tell = () => inSlices(extensions, deps.named);
  void mailboxes.then(tell);
  await ampUsers;
  await tell();
  if (may('Getvar')) await deps.names.readEndpoints(deps.link, extensions, fresh, deps.named);
}

/** Asks for the phones that DeviceStateList does not show; a Custom device that is not listed was never set. */
async function findDevices(
  deps: SnapshotDeps,
  may: Privileges,
  extensions: readonly Extension[],
  devices: ReadonlyMap<string, DeviceState>,
  found: Map<string, DeviceState>,
): Promise<void> {
  if (!may('Getvar')) return;
  const unlisted: string[] = [];
  await inSlices(extensions, ({ hint }) => {
    for (const phone of hint.phones)
      if (!devices.has(deviceKey(phone)) && !/^custom:/i.test(phone)) unlisted.push(phone);
  });
  for (const [key, state] of await askDevices(deps.link, unlisted)) found.set(key, state);
}

/** Waits for `work`, but not longer than names may take. */
async function soon(clock: Clock, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(NAMES_MS, resolve);
    const done = () => {
      cancel();
      resolve();
    };
    work.then(done, done);
  });
}
