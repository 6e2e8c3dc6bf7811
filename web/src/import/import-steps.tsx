// The steps of an import, the one that is on with what belongs to it. A new step takes the focus to its heading.
import { useEffect, useRef } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { bookName } from '../contacts/books.ts';
import { useTexts } from '../texts/texts.ts';
import { ChooseFile } from './choose-file.tsx';
import { ImportDone } from './import-done.tsx';
import { ImportPreview } from './import-preview.tsx';
import { ImportProgress } from './import-progress.tsx';
import type { Importing } from './use-import.ts';

interface ImportStepsProps {
  readonly book: Book;
  readonly importing: Importing;
  readonly onUndone: () => void;
}

const STEPS = ['choose', 'preview', 'done'] as const;

export function ImportSteps({ book, importing, onUndone }: ImportStepsProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const { flow, tell, cancel } = importing;
  const name = bookName(texts, book);
  const shown = { choose: 0, checking: 0, preview: 1, importing: 2, done: 2 }[flow.step];
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(flow.step);
  useEffect(() => {
    if (before.current !== flow.step) heading.current?.focus();
    before.current = flow.step;
  }, [flow.step]);
  useLeaveWarning(flow.step === 'importing');
  return (
    <section class="import" aria-labelledby="import-title">
      <ol class="steps" aria-label={transfer.stepsLabel}>
        {STEPS.map((step, i) => (
          <li key={step} class={i < shown ? 'past-step' : ''} aria-current={i === shown ? 'step' : undefined}>
            {transfer.steps[step]}
          </li>
        ))}
      </ol>
      <h2 id="import-title" ref={heading} tabIndex={-1}>
        {transfer.headings[flow.step](name)}
      </h2>
      {flow.step === 'choose' && (
        <ChooseFile book={book} failure={flow.failure} onChosen={(file) => tell({ kind: 'chosen', file })} />
      )}
      {flow.step === 'checking' && <ImportProgress name={flow.file.name} running={flow.running} onCancel={cancel} />}
      {flow.step === 'preview' && (
        <ImportPreview
          key={flow.report.id}
          book={book}
          fileName={flow.file.name}
          report={flow.report}
          onDuplicate={flow.onDuplicate}
          failure={flow.failure}
          onChange={(change) => tell({ kind: 'changed', ...change })}
          onConfirm={() => tell({ kind: 'confirmed' })}
          onCancel={() => tell({ kind: 'again' })}
        />
      )}
      {flow.step === 'importing' && <ImportProgress name={flow.file.name} running={flow.running} />}
      {flow.step === 'done' && (
        <ImportDone
          book={book}
          fileName={flow.file.name}
          report={flow.report}
          onUndone={onUndone}
          onAgain={() => tell({ kind: 'again' })}
        />
      )}
    </section>
  );
}

/** The browser asks before the window is closed while contacts are being stored. */
function useLeaveWarning(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [on]);
}
