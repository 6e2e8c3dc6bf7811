import { describe, expect, it } from 'vitest';
import { checkDatabase } from '../../src/cli/check/database.ts';
import type { DatabaseFacts } from '../../src/cli/check/database-facts.ts';

describe('what is measured', () => {
  const FACTS: DatabaseFacts = {
    ...{ version: 160_004, release: '16.4', encoding: 'UTF8', isReplica: false, isReadOnly: false, unsafe: [] },
    answersEarly: false,
    ...{ offersTls: true, hasTls: true, isPooled: false, seats: 97, taken: 12 },
    times: { roundTripMs: 0.44, commitMs: 1.8, clockMs: -3 },
    tables: { kind: 'none', mayMake: true, newest: 0, compatibleFrom: 0, isUnfinished: false },
    members: { daemons: [], sites: [], extensions: new Map() },
  };
  const named = { where: 'db.example.com', user: 'rollcall', database: 'phones', wantsTls: false };

  function findings(facts: Partial<DatabaseFacts>, isLocal = false): string[] {
    const answer = { kind: 'up', named, isLocal, facts: { ...FACTS, ...facts } } as const;
    const all = checkDatabase(answer, { connections: 10, isRunning: false });
    return all.map(({ level, topic, text }) => `${level} ${topic}: ${text}`);
  }

  it('is told as it is', () => {
    expect(findings({})).toEqual([
      'ok database: phones at db.example.com (PostgreSQL 16.4) takes the log-in of rollcall, encrypted',
      'ok database connections: 12 of 97 in use; each daemon opens up to 10',
      "ok database clock: less than 10 ms from this machine's",
      'ok database durability: what was answered is on its disk',
      'ok database speed: a question takes 0.4 ms, a change on its disk 1.8 ms',
    ]);
  });

  it.each<[Partial<DatabaseFacts>, string]>([
    [
      { version: 140_009, release: '14.9' },
      'FAIL database: phones at db.example.com (PostgreSQL 14.9) is too old: 15 or newer is needed',
    ],
    [
      { isReplica: true, isReadOnly: true },
      'FAIL database: phones at db.example.com (PostgreSQL 16.4) is a replica, which takes no changes: name the primary in store.url',
    ],
    [
      { hasTls: false },
      'warn database link: not encrypted, which is for networks that are yours alone: add ?sslmode=require to store.url, or verify-full',
    ],
    [
      { hasTls: false, offersTls: false },
      'warn database link: not encrypted, which is for networks that are yours alone: set ssl=on in postgresql.conf, then ?sslmode=require in store.url',
    ],
    [
      { times: { roundTripMs: 1, commitMs: 1, clockMs: 2_600 } },
      "warn database clock: 2.6 s ahead of this machine's: set both by NTP; times of messages and ends of statuses are off by as much",
    ],
    [
      { times: { roundTripMs: 1, commitMs: 1, clockMs: -90_000 } },
      "warn database clock: 90.0 s behind this machine's: set both by NTP; times of messages and ends of statuses are off by as much",
    ],
    [{ times: { roundTripMs: 1, commitMs: 1, clockMs: -450 } }, "ok database clock: 450 ms from this machine's"],
    [
      { times: { roundTripMs: 12, commitMs: 31.6, clockMs: 0 } },
      'warn database speed: a question takes 12 ms, a change on its disk 32 ms: every change waits as long; give it a faster disk, or put it nearer',
    ],
    [{ times: { roundTripMs: 2, commitMs: undefined, clockMs: 0 } }, 'ok database speed: a question takes 2.0 ms'],
    [
      { answersEarly: true },
      'ok database durability: what was answered is on its disk: synchronous_commit is off there, and daemons set it on for what they write',
    ],
    [
      { unsafe: ['fsync', 'full_page_writes'] },
      'warn database durability: fsync and full_page_writes are off, so a power cut loses or damages what was answered: set them on in postgresql.conf',
    ],
  ])('%o is told', (facts, line) => {
    expect(findings(facts)).toContain(line);
  });

  it('asks for no encryption on this machine', () => {
    expect(findings({ hasTls: false }, true).some((line) => line.includes('encrypted'))).toBe(false);
  });
});
