// Whether the mirror of company numbers can be kept in the Asterisk database.
import { mirrorFamily } from '../../pbx/astdb-mirror.ts';
import type { Privileges } from '../../pbx/privileges.ts';
import { type Finding, fail, ok } from './finding.ts';

const TOPIC = 'lookup.mirror';
const CLASSES: Readonly<Record<string, string>> = {
  DBGet: 'reporting',
  DBGetTree: 'reporting',
  DBPut: 'system',
  DBDel: 'system',
};

/** Nothing when no mirror is set. `family` and `dnd` are `lookup.mirror` and `pbx.dnd.family`. */
export function checkMirror(may: Privileges, family: string, dnd: string, username: string): Finding[] {
  if (family === '') return [];
  if (mirrorFamily(family, dnd, () => undefined) === '') {
    const text = `nothing is mirrored, because Asterisk takes entries in ${family} for something else: set it to cidname or a family of its own`;
    return [fail(TOPIC, text)];
  }
  const lacking = Object.entries(CLASSES).filter(([action]) => !may(action));
  if (lacking.length === 0) return [ok(TOPIC, `${username} may write AstDB ${family}`)];
  const classes = [...new Set(lacking.map(([, privilege]) => privilege))].join(',');
  const text = `${username} may not write AstDB ${family}: add write=${classes} to its section of manager.conf, then manager reload, or set lookup.mirror to ""`;
  return [fail(TOPIC, text)];
}
