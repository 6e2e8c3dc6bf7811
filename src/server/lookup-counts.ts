// How many lookups there were, how they ended and how long they took, in the text form of Prometheus. Plain numbers, because a
// call waits while they rise: what prom-client does for each costs a tenth of the whole answer.

const BUCKETS = [0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
/** Most different outcomes of one way; more become `other`. */
const OUTCOMES = 32;
const WORD = /^[a-z_]{1,32}$/;

interface Way {
  readonly outcomes: Map<string, number>;
  /** Lookups that took no longer than the bucket of the same place, and longer than the one before. */
  readonly took: number[];
  seconds: number;
  count: number;
}

export class LookupCounts {
  readonly #ways = new Map<string, Way>();

  /** `way` is a word of our own. */
  count(way: string, outcome: string, seconds: number): void {
    const counts = this.#ways.get(way) ?? this.#begin(way);
    const { outcomes, took } = counts;
    const known = outcomes.has(outcome) || (outcomes.size < OUTCOMES && WORD.test(outcome));
    const word = known ? outcome : 'other';
    outcomes.set(word, (outcomes.get(word) ?? 0) + 1);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket += 1;
    took[bucket] = (took[bucket] ?? 0) + 1;
    counts.seconds += seconds;
    counts.count += 1;
  }

  render(): string {
    const ways = [...this.#ways];
    return [
      '# HELP rollcall_lookups_total Questions of the dialplan',
      '# TYPE rollcall_lookups_total counter',
      ...ways.flatMap(([way, { outcomes }]) =>
        [...outcomes].map(([outcome, n]) => `rollcall_lookups_total{way="${way}",outcome="${outcome}"} ${n}`),
      ),
      '',
      '# HELP rollcall_lookup_seconds Time from a question of the dialplan until its answer',
      '# TYPE rollcall_lookup_seconds histogram',
      ...ways.flatMap(([way, counts]) => histogram(way, counts)),
      '',
    ].join('\n');
  }

  #begin(way: string): Way {
    const counts = { outcomes: new Map(), took: [], seconds: 0, count: 0 };
    this.#ways.set(way, counts);
    return counts;
  }
}

function histogram(way: string, { took, seconds, count }: Way): string[] {
  let sum = 0;
  const buckets = BUCKETS.map((bucket, i) => {
    sum += took[i] ?? 0;
    return `rollcall_lookup_seconds_bucket{le="${bucket}",way="${way}"} ${sum}`;
  });
  return [
    ...buckets,
    `rollcall_lookup_seconds_bucket{le="+Inf",way="${way}"} ${count}`,
    `rollcall_lookup_seconds_sum{way="${way}"} ${seconds}`,
    `rollcall_lookup_seconds_count{way="${way}"} ${count}`,
  ];
}
