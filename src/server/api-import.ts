// POST /api/books/{book}/import: takes a file and hands it to the import, with its progress if it is wanted.

import type { Context, Handler } from 'hono';
import type { ImportReport, Progress } from '../domain/contact-import.ts';
import { errorBody } from '../protocol/rpc.ts';
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';
import { bodyOf, whileKept } from './api-answers.ts';
import { failureOf } from './api-failure.ts';
import { idOf } from './api-id.ts';
import { readImportQuery } from './api-import-query.ts';
import type { ApiLimits } from './api-limits.ts';
import type { ApiPorts, Env } from './api-ports.ts';
import { Slots } from './api-slots.ts';
import { viewerOf } from './api-token.ts';
import { checkLength, receiveFile } from './api-upload.ts';
import { type News, newsOf } from './import-progress.ts';
import { httpError } from './refusal.ts';

export interface ImportParts {
  readonly ports: ApiPorts;
  readonly limits: ApiLimits;
  readonly clock: Clock;
  readonly report: Report;
}

const WORDS = {
  own: 'you are importing already: wait until that is done',
  others: 'others are importing: try again soon',
  retryAfter: 5,
};

const ROUTE = '/api/books/{book}/import';

type Run = (progress?: (progress: Progress) => void) => Promise<ImportReport>;

export function importRoute(parts: ImportParts): Handler<Env> {
  const { ports, limits } = parts;
  const slots = new Slots({ total: limits.uploads, each: limits.uploadsEach }, WORDS);
  return async (c) => {
    const refused = refusedBody(c);
    if (refused) return refused;
    const book = idOf(c, 'book', 'book');
    const asked = readImportQuery(new URL(c.req.url).searchParams);
    checkLength(c.env.incoming, limits.uploadBytes);
    const free = slots.take(c.get('viewer').extension);
    const { bytes, viewer } = await received(c, parts).catch((error: unknown) => {
      free();
      throw error;
    });
    // The slot is kept to the end of the import, whether or not the peer waits for it.
    const run: Run = async (progress) => {
      try {
        return await ports.imports.run(viewer, { book, bytes, ...asked }, progress);
      } finally {
        free();
      }
    };
    return wantsLines(c) ? withProgress(c, run, parts) : c.json(await whileKept(c, run));
  };
}

/** The file, and who sends it: minutes may have passed, and the token counts as it is now. */
async function received(c: Context<Env>, { ports, limits }: ImportParts) {
  const bytes = await receiveFile(c.env.incoming, limits);
  return { bytes, viewer: await viewerOf(c, ports) };
}

/** What is no plain file: something compressed, which may be any size, or a form. */
function refusedBody(c: Context<Env>): Response | undefined {
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (!/^\s*identity\s*$/i.test(encoding)) {
    return c.json(httpError(415, 'unsupported_media_type', 'send the file as it is, without Content-Encoding'), 415);
  }
  if (!/^\s*multipart\//i.test(c.req.header('content-type') ?? '')) return undefined;
  const message = 'send the file itself as the body, not a form: Content-Type text/csv or text/vcard';
  return c.json(httpError(415, 'unsupported_media_type', message), 415);
}

function wantsLines(c: Context<Env>): boolean {
  return /(?:^|,)\s*application\/x-ndjson\s*(?:;|,|$)/i.test(c.req.header('accept') ?? '');
}

/** Answers at once, with a line for each news and one for the end. */
function withProgress(c: Context<Env>, run: Run, { limits, clock, report }: ImportParts): Response {
  const news = newsOf((progress) => whileKept(c, () => run(progress)), limits, clock);
  const lines = bodyOf(c, linesOf(news, report), { report, where: ROUTE, ended: () => undefined });
  // Proxies that gather answers would hold the lines back.
  return c.body(lines, 200, { 'Content-Type': 'application/x-ndjson', 'X-Accel-Buffering': 'no' });
}

async function* linesOf(news: AsyncIterable<News<ImportReport>>, report: Report): AsyncGenerator<string> {
  try {
    for await (const one of news) yield `${JSON.stringify('result' in one ? { report: one.result } : one)}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: errorBody(failureOf(error, report, `POST ${ROUTE}`)) })}\n`;
  }
}
