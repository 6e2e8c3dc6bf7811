// What the AMI user may do, and which way DND will be written.
import { mayReadAstdb, missing, type Privileges, writingWay } from '../../pbx/privileges.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export function checkPrivileges(may: Privileges, username: string): Finding {
  const lacking = missing(may);
  if (lacking.length === 0) return ok('privileges', `${username} may do all that is needed`);
  const classes = [...new Set(lacking.map(({ privilege }) => privilege))].join(',');
  const actions = lacking.map(({ action }) => action).join(', ');
  return fail(
    'privileges',
    `${username} may not use ${actions}: add write=${classes} to its section of manager.conf, then manager reload`,
  );
}

export function checkDndWriting(may: Privileges, family: string): Finding {
  if (!mayReadAstdb(may)) {
    return warn('dnd', 'AstDB cannot be read, so DND follows the lamps alone: add write=reporting to the AMI user');
  }
  switch (writingWay(may, family)) {
    case 'astdb':
      return ok('dnd', `set at the PBX by writing AstDB ${family}/<extension>`);
    case 'dialplan':
      return ok('dnd', 'set at the PBX by a call into the dialplan context rollcall-control');
    case undefined:
      return fail('dnd', `cannot be set at the PBX: ${cure(may('Originate'))}`);
  }
}

function cure(mayOriginate: boolean): string {
  if (mayOriginate)
    return 'the context rollcall-control knows the family DND alone: set pbx.dnd.family to DND, or add write=system to the AMI user';
  return 'add write=originate to the AMI user and include the context rollcall-control, or add write=system';
}
