// Medians, percentiles, and the lines that a benchmark prints: ours, the floor of the same run, the ratio, the goal.

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export interface Goal {
  readonly most?: number;
  readonly least?: number;
}

export interface Figure {
  readonly what: string;
  readonly ours: number;
  readonly floor: number;
  readonly unit: string;
  readonly floorName: string;
  /** Of the ratio ours / floor; absent when there is none. */
  readonly goal?: Goal;
}

/** A figure beside its floor. */
export function printRatio({ what, ours, floor, unit, floorName, goal }: Figure): void {
  const ratio = ours / floor;
  const beside = `${floorName} ${round(floor)} ${unit}`;
  console.log(`${what}: ${round(ours)} ${unit} | ${beside} | ratio ${ratio.toFixed(2)}${verdict(ratio, goal)}`);
}

/** A figure that is its own measure. */
export function printValue(what: string, value: number, unit: string, goal?: Goal): void {
  console.log(`${what}: ${round(value)} ${unit}${verdict(value, goal)}`);
}

function verdict(value: number, goal: Goal | undefined): string {
  if (goal?.most !== undefined) return ` | goal ≤ ${goal.most}: ${value <= goal.most ? 'met' : 'MISSED'}`;
  if (goal?.least !== undefined) return ` | goal ≥ ${goal.least}: ${value >= goal.least ? 'met' : 'MISSED'}`;
  return '';
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
