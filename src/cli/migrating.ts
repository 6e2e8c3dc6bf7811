// The work of `rollcall migrate`: looks at both stores, copies, compares.
import { OperatorError } from '../service/operator-error.ts';
import type { Settings } from '../settings/settings.ts';
import { EXIT, UsageError } from './command.ts';
import { holdingsText } from './holdings.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';
import { RowSums } from './row-sums.ts';
import { openStopped } from './stopped.ts';
import type { StoppedStore } from './stopped-store.ts';
import { type StoreAt, storeAt, storeOf } from './store-at.ts';

export interface Migrating {
  readonly io: Io;
  /** Folders or URLs; undefined: the store of the settings. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly own: Settings | undefined;
  readonly checksOnly: boolean;
}

/** Resolves with the exit code. */
export async function runMigrate({ io, from, to, own, checksOnly }: Migrating): Promise<number> {
  const source = placeOf(from, '--from', own);
  const target = placeOf(to, '--to', own);
  if (source.name === target.name) throw new UsageError(`migrate: --from and --to are the same store, ${source.name}`);
  const task = checksOnly ? 'compare' : 'migrate';
  return withStopped({ at: source, task, mayBeNew: false }, async (one) => {
    // Reading may take long. The other store comes into being after it, at the moment when it is marked as not finished.
    await refuseUnread(one);
    return withStopped({ at: target, task, mayBeNew: !checksOnly }, (other) =>
      checksOnly ? compare(io, one, other) : copy(io, one, other),
    );
  });
}

function placeOf(text: string | undefined, option: string, own: Settings | undefined): StoreAt {
  if (text === undefined && own) return storeOf(own);
  return storeAt(text ?? '', (what) => new UsageError(`migrate: ${option} ${what}`));
}

async function withStopped<T>(
  wish: Parameters<typeof openStopped>[0],
  work: (store: StoppedStore) => Promise<T>,
): Promise<T> {
  const store = await openStopped(wish);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function refuseUnread(store: StoppedStore): Promise<void> {
  const content = await store.look();
  // Why it cannot be read is said before anything is done.
  if (content === 'unreadable') await store.lines()[Symbol.asyncIterator]().next();
  if (content === 'empty') throw new OperatorError(`${store.name} holds nothing: name the store that is in use`);
  if (content === 'unfinished') {
    throw new OperatorError(`a migration into ${store.name} was not finished: it cannot be copied from or compared`);
  }
}

async function refuseUsed(store: StoppedStore): Promise<void> {
  const content = await store.look();
  if (content === 'empty' || content === 'unfinished') return;
  const what = content === 'unreadable' ? 'something that cannot be read' : holdingsText(content);
  throw new OperatorError(`${store.name} is not empty, it holds ${what}: ${store.emptying}`);
}

async function copy(io: Io, source: StoppedStore, target: StoppedStore): Promise<number> {
  await refuseUsed(target);
  const [read, found] = [new RowSums(), new RowSums()];
  const check = async (lines: AsyncIterable<string>): Promise<void> => {
    await told(io, 'compared', (added) => found.read(lines, added));
    const wrong = read.differences(found, [source.name, target.name]);
    if (wrong.length > 0) throw new OperatorError(`not all came through, and nothing is kept: ${wrong.join('; ')}`);
  };
  await told(io, 'copied', (added) => target.fill(read.watch(source.lines(), added), check));
  const holds = await target.look();
  const what = typeof holds === 'string' ? '' : `, among them ${holdingsText(holds)}`;
  io.stdout.write(
    `migrated ${source.name} to ${target.name}: ${read.rows} rows${what}; all are the same\n` +
      'Now name the new store in the settings of every daemon, and start them.\n',
  );
  return EXIT.ok;
}

async function compare(io: Io, one: StoppedStore, other: StoppedStore): Promise<number> {
  await refuseUnread(other);
  const [a, b] = [new RowSums(), new RowSums()];
  await told(io, 'read', async (added) => {
    await a.read(one.lines(), added);
    await b.read(other.lines(), added);
  });
  const wrong = a.differences(b, [one.name, other.name]);
  if (wrong.length > 0) {
    io.stdout.write(wrong.map((line) => `${line}\n`).join(''));
    return EXIT.failed;
  }
  io.stdout.write(`${one.name} and ${other.name} hold the same ${a.rows} rows\n`);
  return EXIT.ok;
}

async function told<T>(io: Io, word: string, work: (added: (rows: number) => void) => Promise<T>): Promise<T> {
  const progress = new Progress(io, (done) => `${done} rows ${word}`);
  try {
    return await work((rows) => progress.add(rows));
  } finally {
    progress.end();
  }
}
