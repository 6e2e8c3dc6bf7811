// Saves an address book as a file of this device: the one that the import takes, or vCards.
import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { callApi } from '../http.ts';
import { Menu } from '../parts/menu.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName } from './books.ts';

export function ExportMenu({ book }: { book: Book }) {
  const texts = useTexts();
  const { contacts: text } = texts;
  const [busy, setBusy] = useState(false);
  const save = async (type: 'csv' | 'vcf') => {
    if (busy) return;
    setBusy(true);
    try {
      const accept = type === 'csv' ? 'text/csv' : 'text/vcard';
      const response = await callApi(`/api/books/${encodeURIComponent(book.id)}/contacts.${type}`, { accept });
      const name = `${fileName(bookName(texts, book))}.${type}`;
      saveFile(await response.blob(), name);
      toast(text.exported(name));
    } catch (thrown) {
      toast(failureText(texts, thrown), { kind: 'error' });
    }
    setBusy(false);
  };
  return (
    <Menu
      label={text.export}
      icon="download"
      busy={busy}
      items={[
        { text: text.exportCsv, onClick: () => void save('csv') },
        { text: text.exportVcf, onClick: () => void save('vcf') },
      ]}
    />
  );
}

/** What every file system takes. */
function fileName(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N} _-]+/gu, ' ')
      .trim()
      .slice(0, 60) || 'contacts'
  );
}

function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
