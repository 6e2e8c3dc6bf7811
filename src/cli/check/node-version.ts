// Whether this Node runs the program.
import { compareVersions } from '../../domain/version-gate.ts';
import { type Finding, fail, ok } from './finding.ts';

/** As `engines` of package.json says. */
const LEAST = '20.19.0';

/** `version` as process.versions.node gives it. */
export function checkNode(version: string): Finding {
  if (compareVersions(version, LEAST) >= 0) return ok('node', version);
  return fail('node', `${version} is too old: install Node ${LEAST} or newer`);
}
