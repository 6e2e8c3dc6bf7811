// `rollcall check`: looks at everything that a daemon needs, one line each.

import type { AmiSettings } from '../pbx/ami/transport.ts';
import { hearsEvents } from '../pbx/hearing.ts';
import { listHints } from '../pbx/lists.ts';
import { readPrivileges, writingWay } from '../pbx/privileges.ts';
import type { DaemonStatus } from '../server/control-methods.ts';
import { systemClock } from '../service/clock.ts';
import type { Settings } from '../settings/settings.ts';
import { type AmiAnswer, checkAmi, probeAmi } from './check/ami.ts';
import { checkAsking } from './check/asking.ts';
import { checkCalls } from './check/calls.ts';
import { checkFolder } from './check/data-folder.ts';
import { checkDialplan, lookForContexts } from './check/dialplan.ts';
import { checkEvents } from './check/events.ts';
import { type Finding, fail, ok } from './check/finding.ts';
import { checkHints, checkTaken } from './check/hints.ts';
import { checkLookup } from './check/lookup.ts';
import { checkMirror } from './check/mirror.ts';
import { checkNode } from './check/node-version.ts';
import { checkPort } from './check/port.ts';
import { checkDndWriting, checkPrivileges } from './check/privileges.ts';
import { checkRecords } from './check/records.ts';
import { checkAdministrator, checkDaemonStore } from './check/store.ts';
import { checkTls } from './check/tls.ts';
import { type Context, command, EXIT } from './command.ts';
import { connectControl } from './control-client.ts';
import { describeError } from './describe-error.ts';
import type { Offline, Parts } from './parts.ts';
import { printJson } from './print.ts';
import { remoteOperations } from './remote-operations.ts';
import { printable } from './width.ts';

const options = { json: { type: 'boolean' } } as const;

export type Probe = (settings: AmiSettings) => Promise<AmiAnswer>;

/** `probe` connects to Asterisk. */
export function checkCommand(probe: Probe) {
  return command({
    name: 'check',
    summary: 'look at settings, data, ports and the PBX, and say what is wrong and how to mend it',
    usage: '[--json]',
    about: `One line each: ok, warn or FAIL. Exit code 0 only without FAIL. May be run beside a daemon. Stores nothing; at the PBX it
switches the custom device rollcall-check, which no hint has, to see whether events arrive.`,
    options,
    positionals: { least: 0, most: 0 },
    run: (context) => run(context, probe),
  });
}

export const check = checkCommand(probeAmi);

async function run({ io, parts, values, settings }: Context<typeof options>, probe: Probe): Promise<number> {
  const findings: Finding[] = [];
  const add = (...more: Finding[]) => {
    findings.push(...more);
    if (!values.json)
      for (const one of more) io.stdout.write(`${one.level.padEnd(4)}  ${one.topic}: ${printable(one.text)}\n`);
  };
  const code = await look(parts, settings, probe, add);
  if (values.json) printJson(io.stdout, findings);
  return code ?? (findings.some(({ level }) => level === 'FAIL') ? EXIT.failed : EXIT.ok);
}

type Add = (...findings: Finding[]) => void;

/** The exit code where it is not decided by the findings. */
async function look(
  parts: Parts,
  settings: Context<typeof options>['settings'],
  probe: Probe,
  add: Add,
): Promise<number | undefined> {
  add(checkNode(process.versions.node));
  const loaded = await settings().catch((error: unknown) => {
    const { lines, code } = describeError(error);
    add(...lines.map((line) => fail('settings', line)));
    return code;
  });
  if (typeof loaded === 'number') return loaded;
  add(ok('settings', loaded.file ?? 'no file found, the defaults hold'));
  const elsewhere = await checkHere(parts, loaded.settings, add);
  add(await checkRecords(loaded.settings.calls.records, Date.now()));
  await checkPbx(loaded.settings, await probe(amiOf(loaded.settings)), elsewhere, add);
  return undefined;
}

function amiOf({ pbx: { ami } }: Settings): AmiSettings {
  return { ...ami, secret: ami.secret.reveal() };
}

type Elsewhere = ReadonlyMap<string, string>;

/** What is on this machine: folder, store, users, port. Returns extensions of other sites, each with its site. */
async function checkHere(parts: Parts, settings: Settings, add: Add): Promise<Elsewhere> {
  let elsewhere: Elsewhere = new Map();
  const client = await connectControl(settings.data).catch((error: unknown) => {
    add(fail('daemon', describeError(error).lines.join(' ')));
    return null;
  });
  try {
    const daemon = client ? remoteOperations(client) : undefined;
    const status = await daemon?.status();
    const { finding, usable } = checkFolder(settings.data, status?.pid);
    add(finding);
    const shared = settings.store.kind === 'files' ? undefined : await checkDatabase(settings, status, add);
    elsewhere = shared?.elsewhere ?? elsewhere;
    const opens = shared?.opens ?? usable;
    if (status && daemon) {
      add(checkDaemonStore(status), checkAdministrator(await daemon.userList()));
    } else if (opens) add(...(await checkClosedStore(() => parts.openOffline(settings))));
    add(...checkTls(settings.listen.tls, Date.now()), await checkPort('listen', settings.listen, status));
    add(...(await checkLookup(settings.lookup, status)));
  } catch (error) {
    add(fail('daemon', describeError(error).lines.join(' ')));
  } finally {
    client?.close();
  }
  return elsewhere;
}

async function checkDatabase(settings: Settings, status: DaemonStatus | undefined, add: Add) {
  const { checkSharedStore } = await import('./check/shared-store.ts');
  const shared = await checkSharedStore(settings, status);
  add(...shared.findings);
  return shared;
}

async function checkClosedStore(open: () => Promise<Offline>): Promise<Finding[]> {
  try {
    const offline = await open();
    const users = await offline.operations.userList().finally(() => offline.close());
    return [ok('store', 'opens and is undamaged'), checkAdministrator(users)];
  } catch (error) {
    return [fail('store', describeError(error).lines.join(' '))];
  }
}

/** What is at the PBX. */
async function checkPbx(
  { pbx, site, lookup, messages }: Settings,
  answer: AmiAnswer,
  elsewhere: Elsewhere,
  add: Add,
): Promise<void> {
  add(checkAmi(answer, pbx.ami));
  if (answer.kind !== 'up') return;
  const { link } = answer;
  try {
    const may = await readPrivileges(link);
    const way = writingWay(may, pbx.dnd.family);
    add(checkPrivileges(may, pbx.ami.username), checkDndWriting(may, pbx.dnd.family));
    add(...checkMirror(may, lookup.mirror, pbx.dnd.family, pbx.ami.username));
    const hears = await hearsEvents({ link, clock: systemClock });
    if (hears !== undefined) add(checkEvents(hears, answer.seesBoot, pbx.ami.username));
    if (may('ExtensionStateList')) {
      const hints = await listHints(link);
      add(...checkHints(hints, pbx), ...checkTaken(hints, pbx, site.prefix, elsewhere));
    }
    const contexts = await lookForContexts(link);
    add(...checkDialplan(contexts, way), ...(await checkAsking(link, contexts, lookup)));
    add(...checkCalls(may, pbx.ami.username, contexts['rollcall-messages'], messages.sip));
  } catch (error) {
    add(fail('pbx', describeError(error).lines.join(' ')));
  } finally {
    answer.close();
  }
}
