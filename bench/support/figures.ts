// Medians, percentiles, and the line a benchmark prints: ours, the floor of the same run, the ratio, the goal.

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export interface Figure {
  readonly what: string;
  readonly ours: number;
  readonly floor: number;
  readonly unit: string;
  readonly floorName: string;
  /** Highest ratio that meets the goal; absent when there is none. */
  readonly goal?: number;
}

export function printFigure({ what, ours, floor, unit, floorName, goal }: Figure): void {
  const ratio = ours / floor;
  const verdict = goal === undefined ? '' : ratio <= goal ? `  goal ${goal}: met` : `  goal ${goal}: MISSED`;
  console.log(`${what}: ${round(ours)} ${unit}, ${floorName} ${round(floor)} ${unit}, ratio ${ratio.toFixed(2)}${verdict}`);
}

export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
