// What `rollcall check` wants to know of a PBX: what the AMI user may do, how DND will be written, and whether the hints
// carry phones, DND devices and presentities. Asks once over a link that is up; keeps nothing.
import type { Link } from './ami/link-port.ts';
import { extensionFilter, selectExtensions, toExtension } from './extension-list.ts';
import { listHints } from './lists.ts';
import type { PbxSettings } from './pbx-settings.ts';
import { mayReadAstdb, missing, NEEDED, readPrivileges, type WritingWay, writingWay } from './privileges.ts';

export interface PbxSurvey {
  /** Of the actions that the daemon uses, those that the AMI user may run. */
  readonly allowed: readonly string[];
  /** Those that it may not, with the AMI write class that would permit them. */
  readonly missing: readonly { readonly action: string; readonly privilege: string }[];
  /** `lamp`: AstDB cannot be read, so that DND is what the DND device shows. */
  readonly dndReading: 'astdb' | 'lamp';
  /** Undefined: DND cannot be written. */
  readonly dndWriting: WritingWay | undefined;
  /** Asterisk can keep presence states. */
  readonly presence: boolean;
  /** Undefined when hints cannot be listed. */
  readonly hints: HintSurvey | undefined;
}

interface HintSurvey {
  /** All hints of the dialplan. */
  readonly found: number;
  /** Those that are extensions by the settings. */
  readonly extensions: number;
  readonly withPhone: number;
  readonly withDndDevice: number;
  readonly withPresentity: number;
  /** The first five extensions that lack something. */
  readonly incomplete: readonly string[];
}

const MOST_NAMED = 5;

/** Surveys the PBX behind a link that is up. Rejects with AmiError when the link goes or does not answer. */
export async function surveyPrivileges(link: Link, settings: PbxSettings): Promise<PbxSurvey> {
  const may = await readPrivileges(link);
  const used = [...Object.keys(NEEDED), 'DBPut', 'DBDel', 'VoicemailUsersList'];
  return {
    allowed: used.filter(may),
    missing: missing(may),
    dndReading: mayReadAstdb(may) ? 'astdb' : 'lamp',
    dndWriting: writingWay(may, settings.dnd.family),
    presence: may('PresenceStateList'),
    hints: may('ExtensionStateList') ? await surveyHints(link, settings) : undefined,
  };
}

async function surveyHints(link: Link, settings: PbxSettings): Promise<HintSurvey> {
  const listed = await listHints(link);
  const { contexts } = settings.extensions;
  const { lines } = await selectExtensions(listed, extensionFilter(settings.extensions), contexts);
  const hints = [...lines.values()].map((line) => toExtension(line, settings));
  const incomplete = hints.filter(({ hint }) => !hint.lamp || !hint.presentity || hint.phones.length === 0);
  return {
    found: listed.length,
    extensions: hints.length,
    withPhone: hints.filter(({ hint }) => hint.phones.length > 0).length,
    withDndDevice: hints.filter(({ hint }) => hint.lamp).length,
    withPresentity: hints.filter(({ hint }) => hint.presentity).length,
    incomplete: incomplete.slice(0, MOST_NAMED).map(({ number }) => number),
  };
}
