// Which hints are extensions, and how many of them carry the DND device and the presentity.
import { toId } from '../../domain/site-number.ts';
import { extensionFilter } from '../../pbx/extension-list.ts';
import { deviceKey, parseHint } from '../../pbx/hint.ts';
import type { HintLine } from '../../pbx/lists.ts';
import { forExtension, type PbxSettings } from '../../pbx/pbx-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

interface Count {
  extensions: number;
  lamps: number;
  presentities: number;
  phones: number;
}

const TOPIC = 'hints';

/** One finding per context that has extensions; one FAIL when none has. */
export function checkHints(lines: readonly HintLine[], settings: PbxSettings): Finding[] {
  const isExtension = extensionFilter(settings.extensions);
  const counts = new Map<string, Count>();
  for (const line of lines) if (isExtension(line)) add(counts, line, settings);
  if (counts.size === 0) return [none(lines.length, settings)];
  const missing = settings.extensions.contexts.filter((context) => !counts.has(context));
  return [
    ...[...counts].map(([context, count]) => ofContext(context, count, settings)),
    ...missing.map((context) => warn(TOPIC, `context ${context} of pbx.extensions.contexts has no extension`)),
  ];
}

/** Which of them another site has: those are left out at this one. `prefix` as `site.prefix`. */
export function checkTaken(
  lines: readonly HintLine[],
  settings: PbxSettings,
  prefix: string,
  elsewhere: ReadonlyMap<string, string>,
): Finding[] {
  const isExtension = extensionFilter(settings.extensions);
  const ids = lines.filter((line) => isExtension(line)).map(({ number }) => toId(prefix, number));
  const taken = [...new Set(ids)].filter((id) => elsewhere.has(id)).sort();
  if (taken.length === 0) return [];
  const sites = [...new Set(taken.map((id) => elsewhere.get(id)))].sort().join(', ');
  const named = taken.length > 5 ? `${taken.slice(0, 5).join(', ')} and ${taken.length - 5} more` : taken.join(', ');
  const text = `${named} ${taken.length === 1 ? 'is' : 'are'} left out, since site ${sites} has the same: give one of the sites a site.prefix`;
  return [fail('site extensions', text)];
}

function add(counts: Map<string, Count>, { number, context, hintText }: HintLine, settings: PbxSettings): void {
  const count = counts.get(context) ?? { extensions: 0, lamps: 0, presentities: 0, phones: 0 };
  counts.set(context, count);
  const presentity = forExtension(settings.presence, number);
  const hint = parseHint(hintText, forExtension(settings.dnd.device, number), presentity);
  count.extensions += 1;
  if (hint.lamp) count.lamps += 1;
  if (hint.presentity && deviceKey(hint.presentity) === deviceKey(presentity)) count.presentities += 1;
  if (hint.phones.length > 0) count.phones += 1;
}

function ofContext(context: string, count: Count, settings: PbxSettings): Finding {
  const { extensions, lamps, presentities, phones } = count;
  const text = `${extensions} in context ${context}, ${lamps} with the DND device, ${presentities} with the presentity`;
  const cures: string[] = [];
  if (phones < extensions) cures.push(`${extensions - phones} without a phone: their line stays unknown`);
  if (lamps < extensions) cures.push(`add &${settings.dnd.device} to the hints, or phones' lamps do not show DND`);
  if (presentities < extensions) cures.push(`add ,${settings.presence} to the hints, or phones do not show statuses`);
  return cures.length === 0 ? ok(TOPIC, text) : warn(TOPIC, `${text}: ${cures.join('; ')}`);
}

function none(all: number, { extensions: { contexts, pattern } }: PbxSettings): Finding {
  if (all === 0)
    return fail(TOPIC, 'Asterisk has no hints, so there are no extensions: add a hint per extension to the dialplan');
  const where = contexts.length > 0 ? ` in ${contexts.join(', ')}` : '';
  return fail(TOPIC, `none of the ${all} hints is an extension${where} matching ${pattern}: set pbx.extensions`);
}
