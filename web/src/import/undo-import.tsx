// The button that takes an import back, its question, and why it was refused.
import { useState } from 'preact/hooks';
import { callApi } from '../http.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';
import { undoFailureText } from './failure.ts';

interface UndoImportProps {
  readonly id: string;
  readonly label: string;
  /** The address book, for the question. */
  readonly what: string;
  readonly onUndone: () => void;
}

export function UndoImport({ id, label, what, onUndone }: UndoImportProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const undo = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const response = await callApi(`/api/imports/${encodeURIComponent(id)}/undo`, { method: 'POST' });
      const { removed, restored } = (await response.json()) as { removed: number; restored: number };
      setAsking(false);
      toast(transfer.undone(removed, restored));
      onUndone();
    } catch (thrown) {
      setFailure(thrown);
      setBusy(false);
    }
  };
  const text = (
    <>
      <p>{transfer.undoText}</p>
      {failure !== undefined && <Notice kind="error">{undoFailureText(texts, failure)}</Notice>}
    </>
  );
  return (
    <>
      <Button icon="undo" onClick={() => setAsking(true)}>
        {label}
      </Button>
      {asking && (
        <Confirm
          title={transfer.undoTitle(what)}
          text={text}
          action={transfer.undo}
          danger
          busy={busy}
          onConfirm={undo}
          onCancel={() => {
            setAsking(false);
            setBusy(false);
            setFailure(undefined);
          }}
        />
      )}
    </>
  );
}
