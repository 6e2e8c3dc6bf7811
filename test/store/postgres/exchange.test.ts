// What goes over one link, with a database of the test's own making.
import { expect, it } from 'vitest';
import { Contents } from '../../../src/store/held/contents.ts';
import { Feed } from '../../../src/store/held/feed.ts';
import { Commits } from '../../../src/store/postgres/commits.ts';
import type { Sql } from '../../../src/store/postgres/connect.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { Exchange } from '../../../src/store/postgres/exchange.ts';
import { Ledger } from '../../../src/store/postgres/ledger.ts';
import { HandClock } from '../../support/hand-clock.ts';

it('a notification that says what is not so is looked into once, and later ones are followed', async () => {
  let asked = 0;
  let head = 5;
  const unsafe = async (): Promise<readonly object[]> => {
    asked += 1;
    return [{ head: String(head), epoch: 'e', gaps: null, tbl: null }];
  };
  const sql = { unsafe } as unknown as Sql;
  const feed = new Feed(() => {});
  const ledger = new Ledger(new Contents({ epoch: 'e', rev: 5, removalsKept: 1 }), [], feed, () => 0);
  const answers: (() => void)[] = [];
  const answer = (): Promise<void> => new Promise((resolve) => answers.push(resolve));
  const connections = new Connections('postgres://localhost/none', 1);
  const exchange = new Exchange({
    link: {
      writer: sql,
      follower: sql,
      pool: connections,
      snapshots: connections,
      isOpen: true,
      ...{ begin: async () => {}, close: () => {} },
    },
    ...{ ledger, commits: new Commits(1), epoch: 'e', writer: { daemon: 'one', generation: 1 }, calls: 0 },
    ...{ clock: new HandClock(), report: () => {}, replaced: () => {} },
    answered: () => answers.shift()?.(),
  });
  exchange.open();
  const first = answer();
  exchange.woken(Number.MAX_SAFE_INTEGER);
  await first;
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect([asked, ledger.newest]).toEqual([1, 5]);
  const second = answer();
  head = 6;
  exchange.woken(6);
  await second;
  expect([asked, ledger.newest]).toEqual([2, 6]);
  exchange.end();
  connections.close();
});
