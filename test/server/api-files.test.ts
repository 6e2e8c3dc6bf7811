// Files over HTTP: exports, the rows of an import that failed; and the imports of the past.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { attachment } from '../../src/server/api-answers.ts';
import { openApi, refusal } from '../support/api-edge.ts';
import { listed } from '../support/paper-imports.ts';

const CSV = '/api/books/company/contacts.csv';

function headersOf(response: Response): object {
  return Object.fromEntries(
    ['content-type', 'content-disposition', 'x-content-type-options', 'cache-control'].map((name) => [
      name,
      response.headers.get(name),
    ]),
  );
}

describe('P130: an export', () => {
  it.each([
    ['csv', 'text/csv; charset=utf-8'],
    ['vcf', 'text/vcard; charset=utf-8'],
  ] as const)('as %s is a file to save, byte for byte', async (format, type) => {
    const api = await openApi();
    api.imports.pieces = () => listed(['﻿ID,Näme\r\n', '1,"=1+1"\r\n', '']);
    const response = await api.ask(`/api/books/personal/contacts.${format}`);
    expect([response.status, headersOf(response)]).toEqual([
      200,
      {
        'content-type': type,
        'content-disposition': `attachment; filename="personal.${format}"; filename*=UTF-8''personal.${format}`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    ]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from('﻿ID,Näme\r\n1,"=1+1"\r\n'));
    expect(api.imports.asked).toEqual([['write', '1001', 'personal', format]]);
  });

  it.each([
    ['an empty one', '', 'attachment; filename="_"; filename*=UTF-8\'\'_'],
    ['umlauts', 'Köln (2).csv', 'attachment; filename="Koln (2).csv"; filename*=UTF-8\'\'K%C3%B6ln%20%282%29.csv'],
    ['another script', '東京.vcf', 'attachment; filename="_.vcf"; filename*=UTF-8\'\'%E6%9D%B1%E4%BA%AC.vcf'],
    [
      'a way out of the folder',
      '../../etc/passwd',
      'attachment; filename="__.._etc_passwd"; filename*=UTF-8\'\'__.._etc_passwd',
    ],
    [
      'a header of its own',
      'a"\r\nSet-Cookie: x=1;%.csv',
      'attachment; filename="a_Set-Cookie_ x=1__.csv"; filename*=UTF-8\'\'a_Set-Cookie_%20x%3D1%3B%25.csv',
    ],
    ['half a character', `a\ud800${'b'.repeat(200)}`, expect.stringMatching(/^attachment; filename="a_b{118}"; /)],
  ])('has a name that is safe everywhere: %s', (_title, name, header) => {
    expect(attachment(name)).toEqual(header);
  });

  it('HEAD tells of it and makes none of it', async () => {
    const api = await openApi({ limits: { downloadsEach: 1 } });
    let made = 0;
    let left = 0;
    api.imports.pieces = async function* () {
      try {
        made += 1;
        yield 'x';
      } finally {
        left += 1;
      }
    };
    const response = await api.ask(CSV, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type'), await response.text(), made, left]).toEqual([
      200,
      'text/csv; charset=utf-8',
      '',
      0,
      0,
    ]);
    expect(await (await api.ask(CSV)).text()).toBe('x');
  });

  it('is refused before anything of it is sent', async () => {
    const api = await openApi();
    const response = await api.ask('/api/books/sales/contacts.csv');
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      404,
      'application/json',
      refusal(404, 'not_found', 'there is no such book'),
    ]);
  });

  it('is made no faster than it is taken, and no longer than somebody takes it', async () => {
    const api = await openApi({ tuning: { idleMs: 100 } });
    let made = 0;
    let left = 0;
    api.imports.pieces = async function* () {
      try {
        for (; made < 100_000; made += 1) yield 'x'.repeat(100_000);
      } finally {
        left += 1;
      }
    };
    const raw = await api.raw();
    raw.socket.pause();
    raw.write(`GET ${CSV} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer alice\r\n\r\n`);
    while (left === 0) await setImmediate();
    expect(made).toBeLessThan(1_000);
    expect(api.reports).toEqual([]);
  });

  it.each([
    ['a bug', new TypeError('Ada is not a function'), ['internal']],
    ['a failure', new Failure('storage', 'the disk is gone'), []],
  ])(
    'that fails on the way with %s ends with the connection, so that nobody takes it for whole',
    async (_t, error, events) => {
      const api = await openApi({ limits: { downloadsEach: 1 } });
      api.imports.pieces = async function* () {
        for (let n = 0; n < 20; n += 1) yield 'x'.repeat(100_000);
        throw error;
      };
      const response = await api.ask(CSV);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
      expect(api.reports.map(({ event }) => event)).toEqual(events);
      expect(JSON.stringify(api.reports.map(({ fields }) => fields['where']))).not.toContain('company');
      api.imports.pieces = () => listed(['whole']);
      expect(await (await api.ask(CSV)).text()).toBe('whole');
    },
  );

  it('goes on beside one other of the same user, and seven of others', async () => {
    const api = await openApi({ limits: { downloads: 2, downloadsEach: 1 } });
    api.tokens.set('carol', { extension: '1003', admin: false, contacts: true });
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    api.imports.pieces = async function* () {
      yield 'begin ';
      await ended;
      yield 'end';
    };
    const first = await api.ask(CSV);
    const own = await api.ask(CSV);
    const second = await api.ask(CSV, { token: 'bob' });
    const third = await api.ask(CSV, { token: 'carol' });
    const retryAfter = { retryAfter: 5 };
    expect([own.status, await own.json(), third.status, await third.json()]).toEqual([
      429,
      refusal(429, 'too_many', 'you are exporting already: wait until that is done', retryAfter),
      429,
      refusal(429, 'too_many', 'others are exporting: try again soon', retryAfter),
    ]);
    end();
    expect([await first.text(), await second.text()]).toEqual(['begin end', 'begin end']);
    expect((await api.ask(CSV, { token: 'carol' })).status).toBe(200);
  });
});

describe('P131: the imports of the past', () => {
  it('are listed', async () => {
    const api = await openApi();
    api.imports.past = [
      { id: 'i1', book: 'company', at: '2026-11-21T12:00:00.000Z', by: '1001', rows: 3, added: 1, updated: 1 },
    ];
    const response = await api.ask('/api/imports');
    expect([response.status, await response.json()]).toEqual([200, { imports: api.imports.past }]);
  });

  it('have the rows that failed as a file', async () => {
    const api = await openApi();
    api.imports.failed = { bytes: Buffer.from([0xef, 0xbb, 0xbf, 0x41, 0xff]), type: 'csv' };
    const response = await api.ask('/api/imports/i1/errors.csv');
    expect([response.status, headersOf(response), Buffer.from(await response.arrayBuffer())]).toEqual([
      200,
      {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="errors.csv"; filename*=UTF-8\'\'errors.csv',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
      api.imports.failed.bytes,
    ]);
  });

  it('have them in the format of the import alone', async () => {
    const api = await openApi();
    api.imports.failed = { bytes: Buffer.from('BEGIN:VCARD'), type: 'vcf' };
    const wrong = await api.ask('/api/imports/i1/errors.csv');
    const message = 'the rows that failed are of another type: ask for errors.vcf';
    expect([wrong.status, await wrong.json()]).toEqual([404, refusal(404, 'not_found', message)]);
    const right = await api.ask('/api/imports/i1/errors.vcf');
    expect([right.headers.get('content-type'), await right.text()]).toEqual([
      'text/vcard; charset=utf-8',
      'BEGIN:VCARD',
    ]);
  });

  it('can be taken back, however long that takes', async () => {
    const api = await openApi({ tuning: { idleMs: 60 } });
    let end: (undone: { removed: number; restored: number }) => void = () => undefined;
    api.imports.undone = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const asked = api.ask('/api/imports/i1/undo', { method: 'POST' });
    const still = await api.raw();
    await still.ended;
    end({ removed: 2, restored: 1 });
    const response = await asked;
    expect([response.status, await response.json()]).toEqual([200, { removed: 2, restored: 1 }]);
    expect(api.imports.asked).toEqual([['undo', '1001', 'i1']]);
  });

  it('are not taken back when they have changed', async () => {
    const api = await openApi();
    api.imports.undone = () => Promise.reject(new Failure('conflict', 'a contact has been changed since'));
    const response = await api.ask('/api/imports/i1/undo', { method: 'POST' });
    const answer = refusal(409, 'conflict', 'a contact has been changed since');
    expect([response.status, await response.json()]).toEqual([409, answer]);
  });

  it('that there are not, or that one may not see, are 404', async () => {
    const api = await openApi();
    for (const [method, path] of [
      ['GET', '/api/imports/i2/errors.csv'],
      ['POST', '/api/imports/i2/undo'],
    ] as const) {
      const response = await api.ask(path, { method });
      const answer = refusal(404, 'not_found', 'there is no such import');
      expect([response.status, await response.json()]).toEqual([404, answer]);
    }
  });
});
