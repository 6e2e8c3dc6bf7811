// The table of commands, in the order of the help.
import { check } from './check.ts';
import type { AnyCommand } from './command.ts';
import { presence } from './presence.ts';
import { presenceSet } from './presence-set.ts';
import { run } from './run.ts';
import { userList } from './user-list.ts';
import { userRemove } from './user-remove.ts';
import { userSet } from './user-set.ts';

export const COMMANDS: readonly AnyCommand[] = [run, check, userSet, userList, userRemove, presence, presenceSet];
