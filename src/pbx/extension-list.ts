// Which of Asterisk's hints are extensions, and which hint stands for a number that has several. Pure.
import type { Extension } from './fact-table.ts';
import { parseHint } from './hint.ts';
import type { HintLine } from './lists.ts';
import { forExtension, type PbxSettings } from './pbx-settings.ts';
import { inSlices } from './slices.ts';

const MOST_EXTENSIONS = 50_000;
const NUMBER_LENGTH = 40;

/** Whether the hint of this number and context is that of an extension. */
export type IsExtension = (line: Pick<HintLine, 'number' | 'context'>) => boolean;

export function extensionFilter({ contexts, pattern }: PbxSettings['extensions']): IsExtension {
  const number = new RegExp(pattern);
  const allowed = new Set(contexts);
  return (line) =>
    line.number.length <= NUMBER_LENGTH &&
    number.test(line.number) &&
    (allowed.size === 0 || allowed.has(line.context));
}

export interface ExtensionList {
  readonly lines: ReadonlyMap<string, HintLine>;
  /** A hint was listed twice: the dialplan was being reloaded, so the list may be of two minds. */
  readonly twice: boolean;
  /** Hints beyond the 50,000 that are kept. */
  readonly left: number;
}

/** Takes each extension once: of one context the newest line, of several contexts the one that goes first. */
export async function selectExtensions(
  listed: readonly HintLine[],
  isExtension: IsExtension,
  contexts: readonly string[],
  most = MOST_EXTENSIONS,
): Promise<ExtensionList> {
  const lines = new Map<string, HintLine>();
  let twice = false;
  let left = 0;
  await inSlices(listed, (line) => {
    if (!isExtension(line)) return;
    const before = lines.get(line.number);
    if (before?.context === line.context) twice = true;
    if (!before && lines.size >= most) left += 1;
    else if (!before || goesFirst(line, before, contexts)) lines.set(line.number, line);
  });
  return { lines, twice, left };
}

/** The context named first in the settings; without any, a hint with phones, then the context first by its name. */
function goesFirst(line: HintLine, before: HintLine, contexts: readonly string[]): boolean {
  if (line.context === before.context) return true;
  const order = contexts.indexOf(line.context) - contexts.indexOf(before.context);
  if (order !== 0) return order < 0;
  const empty = Number(!hasDevices(line)) - Number(!hasDevices(before));
  if (empty !== 0) return empty < 0;
  return line.context < before.context;
}

function hasDevices({ hintText }: HintLine): boolean {
  return hintText !== '' && !hintText.startsWith(',');
}

/** The extension behind a hint. */
export function toExtension({ number, context, hintText }: HintLine, settings: PbxSettings): Extension {
  const lamp = forExtension(settings.dnd.device, number);
  const presentity = forExtension(settings.presence, number);
  const hint = parseHint(hintText, lamp, presentity);
  return {
    number,
    context,
    hintText,
    hint,
    lamp: hint.lamp ?? lamp,
    presentity: hint.presentity ?? presentity,
  };
}
