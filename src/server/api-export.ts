// GET /api/books/{book}/contacts.csv and .vcf: the contacts of a book as a file, made no faster than it is taken.
import type { Handler } from 'hono';
import type { Report } from '../service/report.ts';
import { attachment, bodyOf } from './api-answers.ts';
import { idOf } from './api-id.ts';
import type { ApiLimits } from './api-limits.ts';
import type { ApiPorts, Env } from './api-ports.ts';
import { Slots } from './api-slots.ts';

export const FILE_TYPES = { csv: 'text/csv; charset=utf-8', vcf: 'text/vcard; charset=utf-8' } as const;

const WORDS = {
  own: 'you are exporting already: wait until that is done',
  others: 'others are exporting: try again soon',
  retryAfter: 5,
};

export interface ExportParts {
  readonly ports: Pick<ApiPorts, 'exports'>;
  readonly limits: ApiLimits;
  readonly report: Report;
}

/** The routes of both formats; they share the slots. */
export function exportRoutes({ ports, limits, report }: ExportParts): (format: 'csv' | 'vcf') => Handler<Env> {
  const slots = new Slots({ total: limits.downloads, each: limits.downloadsEach }, WORDS);
  return (format) => async (c) => {
    const book = idOf(c, 'book', 'book');
    const viewer = c.get('viewer');
    const free = slots.take(viewer.extension);
    try {
      const { name, text } = await ports.exports.write(viewer, book, format);
      const headers = { 'Content-Type': FILE_TYPES[format], 'Content-Disposition': attachment(name) };
      if (c.req.method !== 'HEAD')
        return c.body(bodyOf(c, text, { report, where: '/api/books/{book}/contacts', ended: free }), 200, headers);
      await text[Symbol.asyncIterator]().return?.();
      free();
      return c.body(null, 200, headers);
    } catch (error) {
      free();
      throw error;
    }
  };
}
