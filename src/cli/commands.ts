// The table of commands, in the order of the help.
import { backup } from './backup.ts';
import { check } from './check.ts';
import type { AnyCommand } from './command.ts';
import { exportContacts } from './export.ts';
import { importContacts } from './import.ts';
import { lookup } from './lookup.ts';
import { migrate } from './migrate.ts';
import { presence } from './presence.ts';
import { presenceSet } from './presence-set.ts';
import { restore } from './restore.ts';
import { PERMISSIONS, VISIBILITIES } from './rule-lists.ts';
import { rulesSet } from './rules-set.ts';
import { rulesShow } from './rules-show.ts';
import { run } from './run.ts';
import { userList } from './user-list.ts';
import { userRemove } from './user-remove.ts';
import { userSet } from './user-set.ts';

const rules = [PERMISSIONS, VISIBILITIES].flatMap((list) => [rulesShow(list), rulesSet(list)]);

export const COMMANDS: readonly AnyCommand[] = [
  run,
  check,
  userSet,
  userList,
  userRemove,
  ...rules,
  lookup,
  presence,
  presenceSet,
  importContacts,
  exportContacts,
  backup,
  restore,
  migrate,
];
