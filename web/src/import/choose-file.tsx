// The first step: a file, chosen or dropped here, and where one without a file begins.

import { useRef, useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { IMPORT_BYTES } from '../../../src/domain/contact-import.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { useTexts } from '../texts/texts.ts';
import { importFailureText } from './failure.ts';
import { useExport } from './use-export.ts';

interface ChooseFileProps {
  readonly book: Book;
  readonly failure?: Error | undefined;
  readonly onChosen: (file: File) => void;
}

export function ChooseFile({ book, failure, onChosen }: ChooseFileProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string>();
  const template = useExport(book);
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (!file) return;
    if (files && files.length > 1) return setRefused(transfer.oneFile);
    if (file.size === 0) return setRefused(transfer.emptyFile);
    if (file.size > IMPORT_BYTES) return setRefused(transfer.largeFile);
    onChosen(file);
  };
  return (
    <>
      {(refused ?? failure) && (
        <Notice kind="error">{refused ?? (failure && importFailureText(texts, failure))}</Notice>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a place to drop a file; the button does the same by keyboard */}
      <div
        class={`drop ${over ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <Icon name="upload" />
        <p>{transfer.drop}</p>
        <input
          ref={input}
          class="unseen"
          type="file"
          tabIndex={-1}
          aria-label={transfer.file}
          accept=".csv,.txt,.tsv,.vcf,.vcard,text/csv,text/vcard,text/plain"
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        <Button kind="primary" icon="upload" onClick={() => input.current?.click()}>
          {transfer.choose}
        </Button>
        <p class="field-hint">{transfer.takes}</p>
      </div>
      <p>
        {transfer.templateText}{' '}
        <Button kind="quiet" icon="download" busy={template.busy !== undefined} onClick={() => template.run('csv')}>
          {transfer.template}
        </Button>
      </p>
    </>
  );
}
