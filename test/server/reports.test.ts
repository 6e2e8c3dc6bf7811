import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FIELD_KINDS, type FieldKind } from '../../src/server/report-fields.ts';
import { REPORT_LINES } from '../../src/server/report-lines.ts';
import type { ReportEvent, ReportLine } from '../../src/server/reports.ts';
import type { Report } from '../../src/service/report.ts';
import { openLog } from '../support/log-lines.ts';

const EVENTS = Object.keys(REPORT_LINES) as ReportEvent[];
const rowOf = (event: ReportEvent): ReportLine => REPORT_LINES[event];

/** What each kind of field looks like in real life. */
const SAMPLES: Readonly<Record<FieldKind, string | number | boolean>> = {
  number: 42,
  flag: true,
  extension: '1001',
  word: 'heartbeat',
  code: 'ENOSPC',
  id: '7f1c2b3a-0000-4000-8000-000000000001',
  address: '192.0.2.7',
  host: 'pbx.example.com',
  url: 'http://127.0.0.1:8088',
  label: 'journal-000001',
  text: 'connect ECONNREFUSED 127.0.0.1:5038',
  faults: 'rollcall.yaml:3:9 listen.port: must be a whole number from 0 to 65535\nROLLCALL_X: unknown setting',
  fault:
    'TypeError: Alice is not a function\n    at open (file:///srv/rollcall/dist/store.js:3:14)\n    at /srv/rollcall/dist/main.js:9:1',
};

describe('the table of reports', () => {
  test('makes these lines', () => {
    const { lines, report } = openLog();
    for (const event of EVENTS) {
      const fields = Object.entries(rowOf(event).fields ?? {}).map(([name, kind]) => [name, SAMPLES[kind]]);
      report(event, Object.fromEntries(fields));
    }
    expect(lines.join('')).toMatchSnapshot();
  });

  test('has a row for every event that the program names', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(`src/${path}`, 'utf8'));
    const named = sources.flatMap((source) => [
      ...source.matchAll(
        /(?:\breport|\brareReport|#report|#once|\breported)\((?:[\w.#]+,\s*)?\s*'([a-z_]+(?:\.[a-z_]+)*)'/g,
      ),
    ]);
    const events = [...new Set(named.map((match) => match[1]))];
    expect(events.length).toBeGreaterThan(20);
    expect(events.filter((event) => !EVENTS.includes(event as ReportEvent))).toEqual([]);
  });

  test('shows no field under a name that a line uses itself', () => {
    const own = ['level', 'time', 'event', 'advice', 'msg', 'unwritten'];
    const taken = EVENTS.flatMap((event) => Object.keys(rowOf(event).fields ?? {})).filter((name) =>
      own.includes(name),
    );
    expect(taken).toEqual([]);
  });

  test('names in its sentences only fields of the row, and ends every advice with a full stop', () => {
    for (const event of EVENTS) {
      const { text, fields = {}, advice } = rowOf(event);
      const named = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      expect([event, named.filter((name) => !Object.hasOwn(fields, name))]).toEqual([event, []]);
      expect(advice ?? '.').toMatch(/\.$/);
    }
  });

  test('gives advice with every line that is an error', () => {
    const silent = EVENTS.filter((event) => {
      const { level, advice, text } = rowOf(event);
      return (level === 'error' || level === 'fatal') && !advice && !text.startsWith('a fault in the program');
    });
    expect(silent).toEqual([]);
  });

  test('is the compiler’s list of events, and serves where any name may be given', () => {
    const { lines, report } = openLog();
    // @ts-expect-error there is no such event
    report('no.such.event');
    const port: Report = report;
    port('nor.this', { error: 'secret' });
    port('constructor');
    const line =
      '{"level":"warn","time":"2026-01-05T08:00:00.000Z","event":"unnamed","msg":"an event without a row in the table of reports"}\n';
    expect(lines).toEqual([line, line, line]);
  });
});

describe('nothing personal and no secret reaches the log', () => {
  const PLANTED = [
    'hunter2-of-the-pbx',
    'alice@example.com',
    'Ålice Wunderland',
    '+49 170 1234567',
    '00491701234567',
    'back at two, at the dentist',
    'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE',
    'scrypt$16384$8$1$c2FsdA$aGFzaA',
  ];

  test('from fields that a row does not name', () => {
    for (const event of EVENTS) {
      const { lines, report } = openLog();
      for (const secret of PLANTED) {
        const names = ['password', 'secret', 'token', 'name', 'note', 'email', 'mobile', 'number', 'message', 'login'];
        const others = names.filter((name) => !Object.hasOwn(rowOf(event).fields ?? {}, name));
        report(event, Object.fromEntries(others.map((name) => [name, secret])));
      }
      expect(PLANTED.filter((secret) => lines.join('').includes(secret))).toEqual([]);
    }
  });

  test('from fields of any kind, but those whose values are the operator’s own or are scrubbed below', () => {
    const others: readonly FieldKind[] = ['host', 'label', 'faults', 'text'];
    for (const kind of Object.keys(FIELD_KINDS) as FieldKind[]) {
      if (others.includes(kind)) continue;
      const shown = PLANTED.filter((secret) => String(FIELD_KINDS[kind](secret)).includes(secret));
      expect([kind, shown]).toEqual([kind, []]);
    }
  });

  test('from what Asterisk or the system says: quotations, e-mails, long numbers and tokens are taken out', () => {
    const said = [
      'Variable not set: "Ålice Wunderland" <1001>',
      'no such user alice@example.com, try again',
      'call of +49 170 1234567 and 00491701234567 failed',
      'token Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE refused',
      'two\r\nlines\u0000and\u2028more',
      'connect ECONNREFUSED 127.0.0.1:5038',
      'x '.repeat(500),
    ];
    expect(said.map((text) => FIELD_KINDS.text(text))).toEqual([
      'Variable not set: "…" <1001>',
      'no such user … try again',
      'call of … and … failed',
      'token … refused',
      'two lines and more',
      'connect ECONNREFUSED 127.0.0.1:5038',
      `${'x '.repeat(100).slice(0, 199)}…`,
    ]);
  });

  test('from the message of a bug: only its kind, its code and its places are shown', () => {
    const quoting = new SyntaxError('Unexpected token h in JSON: {"password":"hunter2"}\n    at the dentist');
    quoting.stack = `SyntaxError: ${quoting.message}\n    at parse (file:///srv/rollcall/dist/frame.js:3:14)\n    at async /srv/x/main.js:9:1`;
    const system = Object.assign(new Error('listen EADDRINUSE: address already in use /srv/rollcall.sock'), {});
    system.stack = `Error: ${system.message}\n    at Server.listen (node:net:1:2)`;
    const place = 'at swap (file:///srv/rollcall/dist/live.js:3:14)';
    expect([quoting.stack, system.stack, place, 'Alice: a text', ''].map(FIELD_KINDS.fault)).toEqual([
      'SyntaxError at parse (frame.js:3:14) < async main.js:9:1',
      'Error EADDRINUSE at Server.listen (node:net:1:2)',
      'at swap (live.js:3:14)',
      'Error',
      'Error',
    ]);
  });

  test('from values of a wrong kind', () => {
    const given = [undefined, null, {}, [], Number.NaN, Number.POSITIVE_INFINITY, () => 'hunter2', 10n] as const;
    for (const kind of Object.keys(FIELD_KINDS) as FieldKind[]) {
      expect([kind, given.map((value) => FIELD_KINDS[kind](value))]).toEqual([kind, given.map(() => undefined)]);
    }
  });

  test('in more than one line: a text cannot forge another', () => {
    const { lines, report } = openLog();
    report('ami.down', { reason: 'gone\n{"level":"info","event":"forged"}' });
    expect(lines.length).toBe(1);
    expect(lines[0]?.match(/\n/g)).toEqual(['\n']);
  });
});

describe('lines that peers can cause at will', () => {
  const events = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  test('are written 20 times at once, then one in 5 s, which says how many were not', () => {
    const { lines, clock, report } = openLog();
    for (let n = 0; n < 1_000; n++) report('login.refused', { address: '192.0.2.7' });
    expect(events(lines).map(({ unwritten }) => unwritten)).toEqual(Array(20).fill(undefined));
    clock.now += 5_000;
    for (let n = 0; n < 10; n++) report('login.refused', { address: '192.0.2.7' });
    expect(events(lines).slice(20)).toEqual([
      {
        level: 'warn',
        time: '2026-01-05T08:00:05.000Z',
        event: 'login.refused',
        address: '192.0.2.7',
        unwritten: 980,
        msg: 'a log-in was refused',
      },
    ]);
    clock.now += 3_600_000;
    for (let n = 0; n < 100; n++) report('login.refused', {});
    expect(lines).toHaveLength(41);
  });

  test('do not keep others from being written', () => {
    const { lines, report } = openLog();
    for (let n = 0; n < 100; n++) report('login.refused', {});
    for (let n = 0; n < 100; n++) report('ami.down', { reason: 'gone' });
    report('login.throttled', {});
    expect(lines).toHaveLength(121);
  });
});
