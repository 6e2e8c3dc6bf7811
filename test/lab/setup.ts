// What a test asks of a lab: extensions, users of AMI, further configuration. Plain data with its defaults.
import type { AsteriskVersion } from './install.ts';

type Technology = 'PJSIP' | 'SIP' | 'IAX2' | 'Custom' | 'Local';

export interface LabExtension {
  readonly number: string;
  /** The display name: caller ID of its endpoints, and full name of its mailbox. */
  readonly name?: string;
  /** The SIP or IAX2 secret of all its devices. Default `pw<number>`. */
  readonly secret?: string;
  /** Where its hint lives and its phones call from. Default `internal`. */
  readonly context?: string;
  /** Default PJSIP. SIP (chan_sip) exists on Asterisk 16 only. */
  readonly tech?: Technology;
  /** Its phone devices, such as `PJSIP/1001-2`. Default: one, `<tech>/<number>`. Endpoints are made for all but Custom and Local. */
  readonly devices?: readonly string[];
  /** The whole text of its hint, instead of `<devices>&Custom:DND<number>,CustomPresence:<number>`. */
  readonly hint?: string;
  /** Dialable, but without a hint. */
  readonly noHint?: boolean;
  /** Applications that a call passes before the extension's phones are called. Default: `Gosub(rollcall-dnd,s,1(<number>))`. */
  readonly steps?: readonly string[];
  /** Gives it a mailbox with this address (Asterisk 22 only: Debian's 16 has no voicemail). */
  readonly email?: string;
}

export interface ManagerUser {
  readonly username: string;
  readonly secret: string;
  readonly read: string;
  readonly write: string;
  /** Further lines of the section, such as `eventfilter = …`. */
  readonly lines?: readonly string[];
}

export interface LabSetup {
  readonly version: AsteriskVersion;
  /** Default: 1001, 1002 and 1003, named `User <number>`. */
  readonly extensions?: readonly LabExtension[];
  /** Contexts that are to exist besides those of the extensions, with the same feature codes and targets. */
  readonly contexts?: readonly string[];
  /** Dialplan text read after everything else; a section `[internal](+)` adds to a context. */
  readonly dialplan?: string;
  /** Configuration files by name, such as `pjsip_extra.conf`: new ones, or in place of the lab's. */
  readonly files?: Readonly<Record<string, string>>;
  /** AMI users besides admin, daemon and freepbx. */
  readonly users?: readonly ManagerUser[];
  /** Seconds that a called phone may ring. Default 20. */
  readonly ring?: number;
}

export const defaultExtensions: readonly LabExtension[] = ['1001', '1002', '1003'].map((number) => ({
  number,
  name: `User ${number}`,
}));

export function contextOf(extension: LabExtension): string {
  return extension.context ?? 'internal';
}

export function secretOf(extension: LabExtension): string {
  return extension.secret ?? `pw${extension.number}`;
}

export function devicesOf(extension: LabExtension): readonly string[] {
  return extension.devices ?? [`${extension.tech ?? 'PJSIP'}/${extension.number}`.replace('Custom/', 'Custom:')];
}

export function stepsOf(extension: LabExtension): readonly string[] {
  return extension.steps ?? [`Gosub(rollcall-dnd,s,1(${extension.number}))`];
}

export function hintOf(extension: LabExtension): string {
  const { number } = extension;
  return extension.hint ?? `${devicesOf(extension).join('&')}&Custom:DND${number},CustomPresence:${number}`;
}
