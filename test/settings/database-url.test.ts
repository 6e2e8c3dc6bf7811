// Which texts are the URL of a database.
import { describe, expect, it } from 'vitest';
import { isDatabaseUrl } from '../../src/settings/database-url.ts';

describe('a URL of a database', () => {
  it.each([
    'postgres://rollcall@db.example.com/rollcall',
    'postgresql://rollcall:p%40ss%2Fw%23@db.example.com:5433/rollcall?sslmode=verify-full',
    'postgres://rollcall@10.0.0.1:5432,10.0.0.2:5433/rollcall',
    'postgres://rollcall@[::1]:5432/rollcall',
    'postgres://rollcall@localhost/rollcall?host=/var/run/postgresql&port=5433',
    'postgres:///rollcall?host=/var/run/postgresql',
    'postgres://db/rollcall',
    'postgres://db',
  ])('is %s', (text) => {
    expect(isDatabaseUrl(text)).toBe(true);
  });

  it.each([
    ['another protocol', 'mysql://rollcall:secret@db/rollcall'],
    ['capitals', 'POSTGRES://rollcall@db/rollcall'],
    ['no protocol', 'rollcall:secret@db/rollcall'],
    ['no host', 'postgres://rollcall:secret@/rollcall'],
    ['nothing', 'postgres://'],
    ['a port that is none', 'postgres://rollcall@db:99999/rollcall'],
    ['a host that is none', 'postgres://rollcall@d^b/rollcall'],
    ['port 0', 'postgres://rollcall@db:0/rollcall'],
    ['an @ in the password', 'postgres://rollcall:sec@ret@db/rollcall'],
    ['a colon in the password', 'postgres://rollcall:sec:ret@db/rollcall'],
    ['a slash in the password', 'postgres://rollcall:sec/ret@db/rollcall'],
    ['a number sign in the password', 'postgres://rollcall:#secret@db/rollcall'],
    ['a question mark in the password', 'postgres://rollcall:sec?ret@db/rollcall'],
    ['a broken code', 'postgres://rollcall:%ZZ@db/rollcall'],
    ['a space', 'postgres://rollcall:se cret@db/rollcall'],
    ['a line break', 'postgres://rollcall@db/rollcall\n'],
    ['a text without end', `postgres://rollcall@db/${'x'.repeat(5_000)}`],
  ])('is none with %s', (_, text) => {
    expect(isDatabaseUrl(text)).toBe(false);
  });
});
