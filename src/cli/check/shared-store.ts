// The looks at a store that daemons share: the database, what is in it, and who is there.
import type { DaemonStatus } from '../../server/control-methods.ts';
import type { Settings } from '../../settings/settings.ts';
import { checkDaemons } from './daemons.ts';
import { checkDatabase } from './database.ts';
import { type DatabaseAnswer, probeDatabase } from './database-probe.ts';
import { areCurrent, checkTables } from './database-tables.ts';
import type { Finding } from './finding.ts';

export interface SharedStoreFindings {
  readonly findings: readonly Finding[];
  /** Whether this program may open the store as it is, without changing its tables. */
  readonly opens: boolean;
  /** Extensions of other sites, each with its site. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

/** `daemon` is the status of a running daemon of this folder. Never rejects. */
export async function checkSharedStore(
  { store, site }: Pick<Settings, 'store' | 'site'>,
  daemon: Pick<DaemonStatus, 'pid'> | undefined,
): Promise<SharedStoreFindings> {
  const answer = await probeDatabase(store.url.reveal());
  const isRunning = daemon !== undefined;
  const findings = checkDatabase(answer, { connections: store.connections, isRunning });
  if (answer.kind === 'down') return { findings, opens: false, elsewhere: new Map() };
  const { extensions } = answer.facts.members;
  return {
    findings: [...findings, ...inside(answer, site.name, isRunning)],
    opens: isUsable(answer),
    elsewhere: new Map([...extensions].filter(([, owner]) => owner !== '' && owner !== site.name)),
  };
}

type Up = Extract<DatabaseAnswer, { kind: 'up' }>;

function inside({ facts, named }: Up, site: string, isRunning: boolean): Finding[] {
  const tables = checkTables(facts.tables, named.user, named.database);
  if (!areCurrent(facts.tables)) return [tables];
  return [tables, ...checkDaemons(facts.members, { site, isRunning })];
}

function isUsable({ facts }: Up): boolean {
  return areCurrent(facts.tables) && !facts.isReplica && !facts.isReadOnly && !facts.isPooled;
}
