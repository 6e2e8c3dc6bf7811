// The operations on files of contacts of a running daemon: a file goes over the control socket piece by piece, and comes so.

import type { ImportReport, PastImport, Progress } from '../domain/contact-import.ts';
import type { ImportWish } from '../service/imports-port.ts';
import type { ImportOperations } from '../service/operations-imports.ts';
import { OperatorError } from '../service/operator-error.ts';
import type { ControlClient } from './control-client.ts';
import { begun, explain } from './daemon-answers.ts';

/** Most bytes of a file in one request; three bytes are four of base64. */
const PIECE_BYTES = 524_286;

export function remoteImports(client: ControlClient): ImportOperations {
  const ask = (method: string, params: object = {}) => client.request(method, params).catch(explain);
  return {
    async importContacts({ bytes, ...wish }: ImportWish, progress) {
      const { upload } = (await ask('import.begin')) as { upload: string };
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const data = Buffer.from(bytes.subarray(at, at + PIECE_BYTES)).toString('base64');
        await ask('import.piece', { upload, data });
      }
      return lastOf<ImportReport>(client.pieces('import.run', { upload, ...wish }), progress);
    },
    async importFailedRows(id) {
      const { first, rest } = await begun<{ type: 'csv' | 'vcf' }>(client.pieces('import.failedRows', { id }));
      const pieces: Buffer[] = [];
      for await (const piece of rest) pieces.push(Buffer.from(piece, 'base64'));
      return { type: first.type, bytes: Buffer.concat(pieces) };
    },
    importList: async () => ((await ask('import.list')) as { imports: PastImport[] }).imports,
    importUndo: (id) => lastOf<{ removed: number; restored: number }>(client.pieces('import.undo', { id })),
    async exportContacts(book, format) {
      const { first, rest } = await begun<{ name: string }>(client.pieces('export.write', { book, format }));
      return { name: first.name, text: rest };
    },
  };
}

/** The news of a long work up to its result. */
async function lastOf<T>(news: AsyncIterable<unknown>, progress?: (progress: Progress) => void): Promise<T> {
  let last: { readonly result: T } | undefined;
  try {
    for await (const one of news as AsyncIterable<{ readonly progress: Progress } | { readonly result: T }>) {
      if ('result' in one) last = one;
      else progress?.(one.progress);
    }
  } catch (error) {
    explain(error);
  }
  if (last) return last.result;
  throw new OperatorError('the daemon sent no result');
}
