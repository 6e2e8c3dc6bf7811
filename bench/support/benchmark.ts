// What every benchmark is to the command that runs it.

export interface Benchmark {
  readonly name: string;
  /** Its arguments, all of them whole numbers that may be left out. */
  readonly usage: string;
  readonly what: string;
  run(args: readonly number[]): Promise<void>;
}
