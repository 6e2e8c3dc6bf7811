// Whether the shipped dialplan contexts are loaded, as far as the AMI user may look.
import { AmiError, type Link } from '../../pbx/ami/link-port.ts';
import type { WritingWay } from '../../pbx/privileges.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** `unknown`: the AMI user may not look, or Asterisk did not say. */
export type Presence = 'there' | 'missing' | 'unknown';

/** The contexts of config/asterisk/ that a dialplan may use. */
const CONTEXTS = [
  'rollcall-control',
  'rollcall-dnd',
  'rollcall-callerid',
  'rollcall-callerid-http',
  'rollcall-route',
  'rollcall-features',
  'rollcall-messages',
] as const;

export type Contexts = Readonly<Record<(typeof CONTEXTS)[number], Presence>>;

export async function lookForContexts(link: Link): Promise<Contexts> {
  const found = await Promise.all(CONTEXTS.map(async (name) => [name, await lookFor(link, name)] as const));
  return Object.fromEntries(found) as Contexts;
}

async function lookFor(link: Link, context: string): Promise<Presence> {
  try {
    await link.list({ Action: 'ShowDialPlan', Context: context });
    return 'there';
  } catch (error) {
    if (!(error instanceof AmiError)) throw error;
    return /did not find context/i.test(error.message) ? 'missing' : 'unknown';
  }
}

export function checkDialplan(found: Contexts, way: WritingWay | undefined): Finding[] {
  return [
    controlFinding(found['rollcall-control'], way),
    dndFinding(found['rollcall-dnd']),
    callerFinding(found['rollcall-callerid'], found['rollcall-callerid-http']),
    optional('rollcall-route', found['rollcall-route'], 'calls are not forwarded by status'),
    optional('rollcall-features', found['rollcall-features'], 'no feature codes of Rollcall at the phones'),
  ];
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

/** FreePBX asks over HTTP without any context of ours. */
function callerFinding(byAgi: Presence, byHttp: Presence): Finding {
  const topic = 'rollcall-callerid';
  const ways = [...(byAgi === 'there' ? ['FastAGI'] : []), ...(byHttp === 'there' ? ['HTTP'] : [])];
  if (ways.length > 0) {
    const context = byAgi === 'there' ? 'rollcall-callerid' : 'rollcall-callerid-http';
    const use = `callers have names where the dialplan runs Gosub(${context},s,1(callee))`;
    return ok(topic, `loaded, asks over ${ways.join(' and ')}; ${use}`);
  }
  if (byAgi === 'unknown' || byHttp === 'unknown')
    return warn(topic, 'this AMI user may not look whether it is in the dialplan');
  return warn(
    topic,
    `not in the dialplan: unless your PBX asks over HTTP itself, as CallerID Lookup Sources of FreePBX do, ${INCLUDE}`,
  );
}

/** `without` says what a dialplan without it lacks. */
function optional(topic: string, found: Presence, without: string): Finding {
  if (found === 'there') return ok(topic, 'loaded');
  if (found === 'missing') return ok(topic, `not used: ${without}`);
  return ok(topic, 'this AMI user may not look whether it is used');
}
