// The methods of the control socket for files of contacts: a file goes in by pieces and comes out by pieces, because no line of the
// socket may be long. What they mean is checked by the operations.

import { z } from 'zod';
import { DUPLICATES, IMPORT_BYTES } from '../domain/contact-import.ts';
import type { Clock } from '../service/clock.ts';
import type { ImportOperations } from '../service/operations-imports.ts';
import { API_LIMITS } from './api-limits.ts';
import type { Asker, ControlMethods } from './control-peer.ts';
import { ControlUploads } from './control-uploads.ts';
import { newsOf } from './import-progress.ts';
import { oneAtATime } from './one-at-a-time.ts';

const UPLOADS = { bytes: IMPORT_BYTES, uploads: 2, idleMs: 60_000 };
/** Most bytes of a file in one line of the socket; `src/cli/` sends as many. */
const PIECE_BYTES = 524_288;

const text = z.string().max(1024);
const nothing = z.strictObject({});
const oneImport = z.strictObject({ id: text });
const piece = z.strictObject({
  upload: text,
  data: z
    .string()
    .max(Math.ceil(PIECE_BYTES / 3) * 4)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'is no base64'),
});
const wish = z.strictObject({
  upload: text,
  book: text,
  onDuplicate: z.enum(DUPLICATES),
  dryRun: z.boolean(),
  columns: z.array(text.nullable()).max(500).optional(),
});
const wantedFile = z.strictObject({ book: text, format: z.enum(['csv', 'vcf']) });

export function importMethods(operations: ImportOperations, clock: Clock): ControlMethods {
  const uploads = new ControlUploads(UPLOADS, clock);
  type Piece = z.output<typeof piece>;
  type Wish = z.output<typeof wish>;
  return {
    'import.begin': { schema: nothing, run: (_: object, asker: Asker) => ({ upload: uploads.begin(asker) }) },
    'import.piece': {
      schema: piece,
      run: ({ upload, data }: Piece, asker: Asker) => uploads.add(upload, asker, Buffer.from(data, 'base64')),
    },
    'import.run': {
      schema: wish,
      pieces: ({ upload, ...asked }: Wish, asker: Asker) => {
        const bytes = uploads.take(upload, asker);
        return newsOf((told) => operations.importContacts({ ...asked, bytes }, told), API_LIMITS, clock);
      },
    },
    'import.failedRows': { schema: oneImport, pieces: ({ id }: { id: string }) => failedRows(operations, id) },
    'import.list': { schema: nothing, run: async () => ({ imports: await operations.importList() }) },
    'import.undo': {
      schema: oneImport,
      pieces: ({ id }: { id: string }) => newsOf(() => operations.importUndo(id), API_LIMITS, clock),
    },
    'export.write': {
      schema: wantedFile,
      pieces: oneAtATime('another command is exporting', (wanted: z.output<typeof wantedFile>) =>
        exported(operations, wanted),
      ),
    },
  };
}

/** The type of the file, then its bytes as base64. */
async function* failedRows(operations: ImportOperations, id: string): AsyncGenerator<unknown> {
  const { bytes, type } = await operations.importFailedRows(id);
  yield { type };
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield Buffer.from(bytes.subarray(at, at + PIECE_BYTES)).toString('base64');
  }
}

/** The name of the file, then its text. */
async function* exported(
  operations: ImportOperations,
  { book, format }: z.output<typeof wantedFile>,
): AsyncGenerator<unknown> {
  const { name, text } = await operations.exportContacts(book, format);
  yield { name };
  yield* text;
}
