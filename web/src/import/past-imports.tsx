// The imports of the past that the user may still take back, newest first.

import { useEffect, useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import type { PastImport } from '../../../src/domain/contact-import.ts';
import { bookName } from '../contacts/books.ts';
import { useClient } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { callApi } from '../http.ts';
import { Notice } from '../parts/notice.tsx';
import { useTexts } from '../texts/texts.ts';
import { importFailureText } from './failure.ts';
import { UndoImport } from './undo-import.tsx';

/** `version`: another number when there may be another import. */
export function PastImports({ books, version }: { books: readonly Book[]; version: number }) {
  const texts = useTexts();
  const { transfer, common } = texts;
  const [undone, setUndone] = useState(0);
  const { list, failure } = usePastImports(version + undone);
  return (
    <section class="past" aria-labelledby="past-title">
      <h2 id="past-title">{transfer.pastTitle}</h2>
      {failure !== undefined && <Notice kind="error">{importFailureText(texts, failure)}</Notice>}
      {!list && failure === undefined && <p role="status">{common.loading}</p>}
      {list?.length === 0 && <p>{transfer.pastNone}</p>}
      <ul class="past-list">
        {list?.map((one) => (
          <PastLine
            key={one.id}
            past={one}
            book={books.find(({ id }) => id === one.book)}
            onUndone={() => setUndone((n) => n + 1)}
          />
        ))}
      </ul>
    </section>
  );
}

interface PastLineProps {
  readonly past: PastImport;
  readonly book: Book | undefined;
  readonly onUndone: () => void;
}

function PastLine({ past, book, onUndone }: PastLineProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const { full, count } = useFormat();
  const extensions = useClient().mirror('extensions');
  const by = past.by === undefined ? '' : `${past.by} ${extensions.get(past.by)?.name ?? ''}`.trim();
  const name = book ? bookName(texts, book) : past.book;
  const when = full(past.at);
  return (
    <li>
      <span class="past-text">
        <strong>{name}</strong> {when} {by && <span class="quiet-text">{transfer.by(by)}</span>}
        <span class="quiet-text">{transfer.pastCounts(count(past.rows), count(past.added), count(past.updated))}</span>
      </span>
      <UndoImport id={past.id} label={transfer.undoPast(when)} what={name} onUndone={onUndone} />
    </li>
  );
}

function usePastImports(version: number) {
  const [state, setState] = useState<{ list?: readonly PastImport[]; failure?: unknown }>({});
  useEffect(() => {
    const gone = new AbortController();
    callApi('/api/imports', { signal: gone.signal })
      .then(async (response) => {
        const { imports } = (await response.json()) as { imports: PastImport[] };
        if (!gone.signal.aborted) setState({ list: imports });
      })
      .catch((failure: unknown) => {
        if (!gone.signal.aborted) setState((old) => ({ ...old, failure }));
      });
    return () => gone.abort();
  }, [version]);
  return { list: state.list, failure: state.failure };
}
