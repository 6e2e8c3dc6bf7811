// Which client versions may use a feature: a table is the rule, this is how it is read. Pure.

export const PLATFORMS = ['web', 'android', 'ios', 'windows', 'mac', 'desk', 'sdk', 'other'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The least version per platform, or that the platform is not supported at all. */
export type VersionGates = Readonly<Record<Platform, string | 'unsupported'>>;

export type GateAnswer =
  | { readonly open: true }
  | { readonly open: false; readonly off: 'platform_unsupported' }
  | { readonly open: false; readonly off: 'client_too_old'; readonly needs: string };

/** Compares versions number by number: 2.9.10 is above 2.9.6; missing numbers are 0; what is not a number counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function numbers(version: string): number[] {
  return version.split(/[.\-+]/).map((part) => Number.parseInt(part, 10) || 0);
}

/** Whether a client of this platform and version passes, and if not which gate it failed. */
export function passGate(gates: VersionGates, platform: Platform, version: string): GateAnswer {
  const least = gates[platform];
  if (least === 'unsupported') return { open: false, off: 'platform_unsupported' };
  if (compareVersions(version, least) < 0) return { open: false, off: 'client_too_old', needs: least };
  return { open: true };
}
