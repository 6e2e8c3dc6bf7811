// Which PBX the presence of a colleague comes from. Pure.
import type { Pbx } from './types.ts';

/** The item of `pbx` of the site of an extension; that of the server's own site where there are no several, or nothing is known of the extension. */
export function pbxOf(
  pbxes: { get(id: string): Pbx | undefined },
  extension: { readonly site?: string } | undefined,
): Pbx | undefined {
  const own = pbxes.get('pbx');
  const site = extension?.site;
  return site === undefined || site === own?.site ? own : pbxes.get(site);
}
