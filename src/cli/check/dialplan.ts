// Whether the shipped dialplan contexts are loaded, as far as the AMI user may look.
import { AmiError, type Link } from '../../pbx/ami/link-port.ts';
import type { WritingWay } from '../../pbx/privileges.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** `unknown`: the AMI user may not look, or Asterisk did not say. */
export type Presence = 'there' | 'missing' | 'unknown';

/** Looks for a context. */
export async function lookForContext(link: Link, context: string): Promise<Presence> {
  try {
    await link.list({ Action: 'ShowDialPlan', Context: context });
    return 'there';
  } catch (error) {
    if (!(error instanceof AmiError)) throw error;
    return /did not find context/i.test(error.message) ? 'missing' : 'unknown';
  }
}

/** `control` and `dnd` say whether rollcall-control and rollcall-dnd are there. */
export function checkDialplan(control: Presence, dnd: Presence, way: WritingWay | undefined): Finding[] {
  return [controlFinding(control, way), dndFinding(dnd)];
}

const INCLUDE = 'include the files of config/asterisk and reload the dialplan';

function controlFinding(control: Presence, way: WritingWay | undefined): Finding {
  const topic = 'rollcall-control';
  if (control === 'there') return ok(topic, 'loaded');
  if (way === 'astdb') return ok(topic, 'not needed: AstDB is written directly');
  if (control === 'missing') return fail(topic, `not in the dialplan, so DND cannot be set: ${INCLUDE}`);
  return warn(topic, `this AMI user may not look whether it is in the dialplan: if DND cannot be set, ${INCLUDE}`);
}

function dndFinding(dnd: Presence): Finding {
  const topic = 'rollcall-dnd';
  if (dnd === 'there')
    return ok(topic, 'loaded; calls are refused where the dialplan runs Gosub(rollcall-dnd,s,1(callee))');
  if (dnd === 'missing')
    return warn(
      topic,
      `not in the dialplan: unless your PBX refuses calls by AstDB DND itself, as FreePBX does, ${INCLUDE}`,
    );
  return warn(topic, 'this AMI user may not look whether it is in the dialplan');
}
