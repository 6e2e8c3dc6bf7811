import { expect, test } from 'vitest';
import { type Listed, PbxNews } from '../../src/service/pbx-news.ts';
import type { ExtensionFacts, PbxUpdate } from '../../src/service/pbx-port.ts';
import { turn } from '../support/board-house.ts';
import { freshFacts } from '../support/fake-pbx.ts';

const LINES = ['idle', 'ringing', 'in_use'] as const;

/** News taken two extensions a turn, with what was done, in order: `1 idle first` is 1, free, since the link came up. */
function openNews() {
  const done: string[] = [];
  const told = new Map<string, ExtensionFacts>();
  const take = ({ facts, first }: Listed) => {
    told.set(facts.number, facts);
    return `${facts.number} ${facts.line}${first ? ' first' : ''}`;
  };
  const news = new PbxNews(
    {
      isTold: (facts) => told.get(facts.number) === facts,
      some: (listed) => done.push(listed.map(take).join(', ')),
      last: (listed, { size }) => done.push(`${listed.map(take).join(', ')}: all ${size}`),
      extension: (facts, listed) =>
        done.push(`${listed ? `${take(listed)}, ` : ''}then ${take({ facts, first: false })}`),
      away: () => done.push('away'),
    },
    2,
  );
  return { news, done };
}

const facts = (number: string, line: ExtensionFacts['line'] = 'idle') => ({ ...freshFacts(number), line });

function snapshot(first: boolean, ...extensions: ExtensionFacts[]): PbxUpdate {
  return { kind: 'snapshot', first, extensions: new Map(extensions.map((one) => [one.number, one])) };
}

const FIVE = ['1', '2', '3', '4', '5'].map((number) => facts(number));

async function calm(news: PbxNews): Promise<void> {
  while (news.isBusy) await turn();
}

test('a snapshot no longer than a slice is taken at once', () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, facts('1'), facts('2')));
  expect(done).toEqual(['1 idle first, 2 idle first: all 2']);
  news.hear(snapshot(false));
  expect(done.slice(1)).toEqual([': all 0']);
  expect(news.isBusy).toBe(false);
});

test('a longer one is taken a slice a turn, and not in the turn that brings it', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  const after = [done.length];
  while (news.isBusy) {
    await turn();
    after.push(done.length);
  }
  expect(after).toEqual([0, 1, 2, 3]);
  expect(done).toEqual(['1 idle first, 2 idle first', '3 idle first, 4 idle first', '5 idle first: all 5']);
});

test('of a snapshot that is not the first only what is new is taken', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  await calm(news);
  done.length = 0;
  news.hear(snapshot(false, ...FIVE.slice(0, 4), facts('5', 'ringing'), facts('6')));
  await calm(news);
  expect(done.join('; ')).toBe('5 ringing, 6 idle: all 6');
  news.hear({ kind: 'away' });
  news.hear(snapshot(true, ...FIVE));
  await calm(news);
  expect(done.slice(-3)).toEqual(['1 idle first, 2 idle first', '3 idle first, 4 idle first', '5 idle first: all 5']);
});

test('an extension that changes meanwhile is taken out of turn, the snapshot before the change and each once', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  await turn();
  for (const line of LINES) news.hear({ kind: 'extension', facts: facts('4', line) });
  news.hear({ kind: 'extension', facts: facts('1', 'ringing') });
  await calm(news);
  expect(done).toEqual([
    '1 idle first, 2 idle first',
    ...['4 idle first, then 4 idle', 'then 4 ringing', 'then 4 in_use', 'then 1 ringing'],
    '3 idle first, 5 idle first: all 5',
  ]);
});

test('a change that the check overtakes is not undone by it', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  await calm(news);
  done.length = 0;
  news.hear(snapshot(false, ...FIVE));
  news.hear({ kind: 'extension', facts: facts('5', 'ringing') });
  await calm(news);
  expect(done).toEqual(['then 5 ringing', ': all 5']);
});

test('a snapshot that comes meanwhile replaces the rest, and what was not seen yet is still the first', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  await turn();
  const [one, , three] = FIVE as [ExtensionFacts, ExtensionFacts, ExtensionFacts];
  news.hear(snapshot(false, one, facts('2', 'ringing'), three, facts('6')));
  await calm(news);
  news.hear(snapshot(false, facts('7')));
  expect(done).toEqual([
    '1 idle first, 2 idle first',
    '2 ringing, 3 idle first',
    '6 idle first: all 4',
    '7 idle: all 1',
  ]);
});

test('snapshots that never stop coming keep none from being taken', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  for (let n = 0; n < 3; n++) {
    await turn();
    news.hear(snapshot(false, ...FIVE));
  }
  expect(done).toEqual(['1 idle first, 2 idle first', '3 idle first, 4 idle first', '5 idle first: all 5']);
  await calm(news);
  expect(done.slice(3)).toEqual([': all 5']);
});

test('when the PBX is away what was not taken is dropped, and news goes on with the next snapshot', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  await turn();
  news.hear({ kind: 'away' });
  expect(news.isBusy).toBe(false);
  await turn();
  news.hear({ kind: 'extension', facts: facts('5', 'ringing') });
  news.hear(snapshot(true, facts('1'), facts('5')));
  expect(done).toEqual(['1 idle first, 2 idle first', 'away', 'then 5 ringing', '1 idle first, 5 idle first: all 2']);
});

test('after the end nothing more is taken', async () => {
  const { news, done } = openNews();
  news.hear(snapshot(true, ...FIVE));
  await turn();
  news.stop();
  for (let n = 0; n < 3; n++) await turn();
  expect(done).toEqual(['1 idle first, 2 idle first']);
});
