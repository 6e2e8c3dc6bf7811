// Version gates for tests that are not about them: every client passes.
import { PLATFORMS, type VersionGates } from '../../src/domain/version-gate.ts';

export const OPEN_GATES = Object.fromEntries(PLATFORMS.map((platform) => [platform, '0'])) as VersionGates;
