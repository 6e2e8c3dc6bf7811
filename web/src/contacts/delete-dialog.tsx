// Asks before contacts are deleted, and deletes them.
import { useState } from 'preact/hooks';
import type { Client } from '../../../client/api.ts';
import { useClient } from '../hooks/use-client.ts';
import { Confirm } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';

/** The server takes so many in one step, all or none of them. */
const AT_ONCE = 5_000;

interface DeleteDialogProps {
  readonly ids: readonly string[];
  /** Of the one contact. */
  readonly name: string;
  /** All of them are. */
  readonly personal: boolean;
  readonly onCancel: () => void;
  readonly onDone: () => void;
}

export function DeleteDialog({ ids, name, personal, onCancel, onDone }: DeleteDialogProps) {
  const client = useClient();
  const texts = useTexts();
  const { remove: text } = texts.contacts;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const one = ids.length === 1;
  const remove = async () => {
    setBusy(true);
    setFailure('');
    try {
      const deleted = await deleteAll(client, ids);
      toast(text.done(deleted));
      onDone();
    } catch (thrown) {
      setFailure(failureText(texts, thrown));
      setBusy(false);
    }
  };
  const warning = personal ? (one ? text.textPersonal : text.textManyPersonal) : one ? text.text : text.textMany;
  return (
    <Confirm
      title={one ? text.one(name) : text.many(ids.length)}
      text={
        <>
          {failure && <Notice kind="error">{failure}</Notice>}
          <p>{warning}</p>
        </>
      }
      action={texts.common.delete}
      danger
      busy={busy}
      onConfirm={() => void remove()}
      onCancel={onCancel}
    />
  );
}

async function deleteAll(client: Client, ids: readonly string[]): Promise<number> {
  let deleted = 0;
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE).filter((id) => client.contacts.get(id)); // others are deleted already
    if (some.length > 0) deleted += (await client.request('contacts.delete', { ids: some })).deleted;
  }
  return deleted;
}
