// Plays that found a fault, at their shortest: they are played each time.
import type { Step } from './steps.ts';

interface OldFailure {
  readonly what: string;
  readonly steps: readonly Step[];
}

export const OLD_FAILURES: readonly OldFailure[] = [
  {
    what: 'a subscription that found others told of more went to sleep instead of asking on',
    steps: [
      { do: 'sync', who: 1, names: ['contacts:personal'], cursors: 'own' },
      { do: 'ask', who: 0, ask: 'bookDelete', a: 0, b: 0 },
      { do: 'turn' },
      { do: 'import', book: 3, count: 1 },
    ],
  },
  {
    what: 'a contact that left in the middle of a slice made the slice come again',
    steps: [
      { do: 'import', book: 23, count: 1_160 },
      { do: 'ask', who: 0, ask: 'bookDelete', a: 27, b: 3 },
      { do: 'turn' },
      { do: 'turn' },
      { do: 'shift', a: 26, b: 23 },
    ],
  },
  {
    what: 'an answer named a book that was hidden by then, of a contact that had moved to one that was not',
    steps: [
      { do: 'ask', who: 4, ask: 'create', a: 12, b: 29 },
      { do: 'import', book: 3, count: 391 },
      { do: 'import', book: 25, count: 814 },
      { do: 'ask', who: 0, ask: 'create', a: 0, b: 28 },
      { do: 'connect', who: 3, names: ['presence', 'books', 'contacts'], cursors: 'older' },
      { do: 'ask', who: 2, ask: 'search', a: 7, b: 11 },
      { do: 'shift', a: 29, b: 18 },
      {
        do: 'permissions',
        rules: [
          [17, 21, 0],
          [0, 12, 3],
          [24, 25, 0],
        ],
      },
    ],
  },
];
