// What the AMI user of this connection may do, asked once per connection, and what that means for reading and writing DND.
import { AmiError, type Link } from './ami/link-port.ts';

/** How AstDB is written: by DBPut and DBDel, or by a call into the dialplan context rollcall-control. */
export type WritingWay = 'astdb' | 'dialplan';

/** Answers for any action name, in Asterisk's spelling. */
export type Privileges = (action: string) => boolean;

/** Actions that this part of the daemon uses, with one AMI write class that permits each. */
const NEEDED: Readonly<Record<string, string>> = {
  ExtensionStateList: 'reporting',
  DeviceStateList: 'reporting',
  PresenceStateList: 'reporting',
  Getvar: 'reporting',
  DBGet: 'reporting',
  DBGetTree: 'reporting',
  Setvar: 'call',
  Originate: 'originate',
};

/** Asks which actions there are for this user. Where Asterisk does not say, everything is tried. Rejects with AmiError. */
export async function readPrivileges(link: Link): Promise<Privileges> {
  try {
    const commands = await link.action({ Action: 'ListCommands' });
    return (action) => Object.hasOwn(commands, action.toLowerCase());
  } catch (error) {
    if (error instanceof AmiError && error.kind === 'refused') return () => true;
    throw error;
  }
}

/** Whether AstDB can be read; without it DND follows the lamp. */
export function mayReadAstdb(may: Privileges): boolean {
  return may('DBGet') && may('DBGetTree');
}

/** How AstDB is to be written, or undefined when it cannot be. The dialplan context knows the family DND alone. */
export function writingWay(may: Privileges, family: string): WritingWay | undefined {
  if (may('DBPut') && may('DBDel')) return 'astdb';
  return may('Originate') && family === 'DND' ? 'dialplan' : undefined;
}

/** The needed actions that are not permitted, with the write class that would permit them. */
export function missing(may: Privileges): readonly { readonly action: string; readonly privilege: string }[] {
  const lacking = Object.entries(NEEDED).filter(
    ([action]) => !may(action) && !(action === 'Originate' && may('DBPut')),
  );
  return lacking.map(([action, privilege]) => ({ action, privilege }));
}

/** Whether Asterisk refused because the user may not, or because the action is unknown: trying again is of no use. */
export function isForbidden(error: unknown): boolean {
  return (
    error instanceof AmiError && error.kind === 'refused' && /permission denied|unknown command/i.test(error.message)
  );
}

/** Whether Asterisk refused because there is nothing under that key. */
export function isNotFound(error: unknown): boolean {
  return error instanceof AmiError && error.kind === 'refused' && /not found/i.test(error.message);
}
