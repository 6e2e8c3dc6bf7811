// Writes the configuration files of a lab as text: the templates of conf/, the shipped files, and what the test asked for.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './install.ts';
import {
  contextOf,
  defaultExtensions,
  devicesOf,
  hintOf,
  type LabExtension,
  type LabSetup,
  type ManagerUser,
  secretOf,
  stepsOf,
} from './setup.ts';

export interface LabPorts {
  readonly ami: number;
  readonly sip: number;
  readonly chanSip: number;
  readonly iax: number;
}

export interface LabFolders {
  readonly run: string;
  readonly prefix: string;
}

const templates = join(import.meta.dirname, 'conf');
const shipped = join(repository, 'config', 'asterisk');

/** Files that only have to be there, so that nothing is missed in the log. */
const plain =
  'ccss cel cli_aliases codecs dnsmgr features http musiconhold pjproject res_curl sorcery stasis udptl'.split(' ');

/** The secret of the shipped AMI user in a lab. */
export const daemonSecret = 'daemonpw';

/** Every file of the configuration folder, by name. */
export async function configuration(
  setup: LabSetup,
  ports: LabPorts,
  folders: LabFolders,
): Promise<Map<string, string>> {
  const files = new Map(plain.map((name) => [`${name}.conf`, '[general]\n']));
  files.set('acl.conf', '');
  const values: Record<string, string> = {
    RUN: folders.run,
    PREFIX: folders.prefix,
    SHIPPED: shipped,
    VERSION: setup.version,
    AMI: String(ports.ami),
    SIP: String(ports.sip),
    CHAN_SIP: String(ports.chanSip),
    IAX: String(ports.iax),
    RTP_FROM: '30000',
    RTP_TO: '32000',
  };
  for (const name of await readdir(templates)) {
    const text = await readFile(join(templates, name), 'utf8');
    files.set(
      name,
      text.replace(/@([A-Z_]+)@/g, (whole, key: string) => values[key] ?? whole),
    );
  }
  const sample = await readFile(join(shipped, 'manager.conf'), 'utf8');
  files.set('manager_shipped.conf', sample.replace(/^secret = .*$/m, `secret = ${daemonSecret}`));
  for (const [name, text] of generated(setup)) files.set(name, text);
  for (const [name, text] of Object.entries(setup.files ?? {})) files.set(name, text);
  return files;
}

/** The files that follow from the extensions and users asked for. */
function generated(setup: LabSetup): Map<string, string> {
  const extensions = setup.extensions ?? defaultExtensions;
  const withTech = (tech: string) => extensions.flatMap((extension) => endpointsOf(extension, tech));
  return new Map([
    ['extensions_generated.conf', dialplan(setup, extensions)],
    ['extensions_extra.conf', setup.dialplan ?? ''],
    ['manager_generated.conf', (setup.users ?? []).map(managerUser).join('\n')],
    ['pjsip_generated.conf', withTech('PJSIP').map(pjsipEndpoint).join('\n')],
    ['sip_generated.conf', withTech('SIP').map(friend).join('\n')],
    ['iax_generated.conf', withTech('IAX2').map(friend).join('\n')],
    ['voicemail_generated.conf', mailboxes(extensions)],
    ['modules_generated.conf', `load = ${setup.version === '22' ? 'app_voicemail.so' : 'chan_sip.so'}\n`],
  ]);
}

function dialplan(setup: LabSetup, extensions: readonly LabExtension[]): string {
  const contexts = new Map<string, string[]>();
  for (const context of setup.contexts ?? []) contexts.set(context, []);
  for (const extension of extensions) {
    const lines = contexts.get(contextOf(extension)) ?? [];
    contexts.set(contextOf(extension), lines);
    lines.push(...extensionLines(extension, setup.ring ?? 20));
  }
  return [...[...contexts].map(([name, lines]) => section(name, lines)), ...extensions.map(messageContexts)].join('\n');
}

/** Where the SIP MESSAGEs of each phone go, as [rollcall-messages] says. */
function messageContexts(extension: LabExtension): string {
  const endpoints = endpointsOf(extension, 'PJSIP');
  return endpoints.map(({ id }) => `[rollcall-messages-${id}]\ninclude => rollcall-messages\n`).join('');
}

function section(context: string, lines: readonly string[]): string {
  return `[${context}]\n${lines.join('\n')}\ninclude => rollcall-features\ninclude => lab-targets\n`;
}

function extensionLines(extension: LabExtension, ring: number): string[] {
  const { number } = extension;
  const dialable = devicesOf(extension).filter((device) => !device.startsWith('Custom:'));
  const dial = dialable.length === 0 ? 'Hangup(20)' : `Dial(${dialable.join('&')},${ring})`;
  const hint = extension.noHint ? [] : [`exten => ${number},hint,${literal(hintOf(extension))}`];
  const steps = [...stepsOf(extension), dial, 'Goto(lab-ended,s,1)'];
  return [...hint, ...steps.map((step, i) => (i === 0 ? `exten => ${number},1,${step}` : ` same => n,${step}`))];
}

interface Endpoint {
  readonly id: string;
  readonly extension: LabExtension;
}

function endpointsOf(extension: LabExtension, tech: string): Endpoint[] {
  const prefix = `${tech}/`;
  return devicesOf(extension)
    .filter((device) => device.startsWith(prefix))
    .map((device) => ({ id: device.slice(prefix.length), extension }));
}

function pjsipEndpoint({ id, extension }: Endpoint): string {
  const context = contextOf(extension);
  return `[${id}](lab-endpoint)
auth = ${id}
aors = ${id}
context = ${context}
subscribe_context = ${context}
message_context = rollcall-messages-${id}
callerid = ${literal(callerId(extension))}
[${id}](lab-auth)
username = ${id}
password = ${literal(secretOf(extension))}
[${id}](lab-aor)
`;
}

/** An endpoint as chan_sip and chan_iax2 write it. */
function friend({ id, extension }: Endpoint): string {
  const context = contextOf(extension);
  return `[${id}]
type = friend
host = dynamic
secret = ${literal(secretOf(extension))}
context = ${context}
subscribecontext = ${context}
callerid = ${literal(callerId(extension))}
`;
}

function callerId(extension: LabExtension): string {
  const name = extension.name?.replace(/[\\"]/g, '\\$&');
  return `${name === undefined ? '' : `"${name}" `}<${extension.number}>`;
}

function mailboxes(extensions: readonly LabExtension[]): string {
  const lines = extensions.flatMap((extension) =>
    extension.email === undefined ? [] : [`${extension.number} => 0000,${mailboxName(extension)},${extension.email}`],
  );
  return ['[default]', ...lines, ''].join('\n');
}

/** Voicemail cannot hold a comma in a name. */
function mailboxName(extension: LabExtension): string {
  return literal((extension.name ?? '').replaceAll(',', ' '));
}

function managerUser(user: ManagerUser): string {
  return `[${user.username}]
secret = ${literal(user.secret)}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = ${user.read}
write = ${user.write}
${(user.lines ?? []).join('\n')}
`;
}

/** A semicolon begins a comment in Asterisk's files. */
function literal(value: string): string {
  return value.replaceAll(';', '\\;');
}
