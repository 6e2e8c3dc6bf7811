// Sends a file to be imported, or looked at only, and tells how far it is. By XMLHttpRequest, because fetch does not say how much
// of a file has been sent.

import type { ImportReport, OnDuplicate } from '../../../src/domain/contact-import.ts';
import { currentToken } from '../connection.ts';
import { apiFailure } from '../http.ts';
import type { Running } from './flow.ts';
import { type AnswerError, type AnswerLine, lineReader } from './lines.ts';
import type { Sending } from './patience.ts';

interface Upload {
  readonly book: string;
  readonly file: Blob;
  readonly onDuplicate: OnDuplicate;
  readonly columns?: readonly (string | null)[];
  readonly dryRun: boolean;
}

export function sendFile(upload: Upload, tell: (running: Running) => void): Sending {
  const request = new XMLHttpRequest();
  const report = new Promise<ImportReport>((done, fail) => {
    let result: AnswerLine | undefined;
    let sent = 0;
    const reader = lineReader((line) => {
      if ('progress' in line) tell({ sent: 1, progress: line.progress });
      else result = line;
    });
    const broken = (reason: string) => fail(apiFailure({ code: 0, message: reason, data: { reason } }));
    request.upload.onprogress = ({ loaded, total }) => {
      sent = total > 0 ? loaded / total : 0;
      tell({ sent });
    };
    request.upload.onload = () => tell({ sent: 1 });
    request.onprogress = () => request.status === 200 && reader.read(request.responseText);
    request.onerror = () => broken(sent < 1 ? 'not_connected' : 'disconnected');
    request.onabort = () => broken('cancelled');
    request.onload = () => {
      if (request.status !== 200) return fail(apiFailure(errorOf(request)));
      reader.end(request.responseText);
      if (result && 'report' in result) done(result.report);
      else fail(apiFailure(result && 'error' in result ? result.error : cutOff));
    };
  });
  request.open('POST', pathOf(upload));
  request.setRequestHeader('Accept', 'application/x-ndjson');
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  const token = currentToken();
  if (token !== undefined) request.setRequestHeader('Authorization', `Bearer ${token}`);
  request.send(upload.file);
  return { report, cancel: () => request.abort() };
}

/** The answer ended before its report. */
const cutOff: AnswerError = { code: 0, message: 'the answer is not whole', data: { reason: 'disconnected' } };

function pathOf({ book, onDuplicate, columns, dryRun }: Upload): string {
  const query = new URLSearchParams({ onDuplicate });
  if (dryRun) query.set('dryRun', '1');
  if (columns) query.set('columns', JSON.stringify(columns));
  return `/api/books/${encodeURIComponent(book)}/import?${query}`;
}

function errorOf(request: XMLHttpRequest): AnswerError {
  try {
    const { error } = JSON.parse(request.responseText) as { error?: AnswerError };
    if (error) return error;
  } catch {
    // A page of something between here and the server.
  }
  return { code: request.status, message: `HTTP ${request.status}`, data: { reason: 'http' } };
}
