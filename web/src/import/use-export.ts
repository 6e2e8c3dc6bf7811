// Exporting a book: fetches the file, hands it to the browser, and says how it went.
import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { bookName } from '../contacts/books.ts';
import { toast } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';
import { download } from './download.ts';
import { importFailureText } from './failure.ts';

export function useExport(book: Book) {
  const texts = useTexts();
  const [busy, setBusy] = useState<'csv' | 'vcf'>();
  const run = async (format: 'csv' | 'vcf') => {
    setBusy(format);
    try {
      const path = `/api/books/${encodeURIComponent(book.id)}/contacts.${format}`;
      toast(texts.transfer.saved(await download(path, `${bookName(texts, book)}.${format}`)));
    } catch (thrown) {
      toast(importFailureText(texts, thrown), { kind: 'error' });
    }
    setBusy(undefined);
  };
  return { busy, run };
}
