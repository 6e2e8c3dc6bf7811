// Setting the status of any extension, for its owner's sake: with a note and an end.
import { useState } from 'preact/hooks';
import type { Presence, Status } from '../../../client/types.ts';
import { useClient } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { Combobox } from './combobox.tsx';
import type { NamedPresence } from './presence-list.ts';

const STATUSES: readonly Status[] = ['available', 'away', 'do_not_disturb', 'lunch', 'business_trip', 'off_work'];
const FORM = 'status-form';

interface StatusDialogProps {
  readonly extension: string;
  readonly items: readonly NamedPresence[];
  readonly onClose: () => void;
  readonly onDone: (presence: Presence) => void;
}

export function StatusDialog({ extension: given, items, onClose, onDone }: StatusDialogProps) {
  const texts = useTexts();
  const { presence: words } = texts.admin;
  const client = useClient();
  const [extension, setExtension] = useState(given);
  const [status, setStatus] = useState<Status>('available');
  const [note, setNote] = useState('');
  const [until, setUntil] = useState('');
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const past = until !== '' && Date.parse(until) <= Date.now();
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setMissing(extension === '');
    if (extension === '' || past || busy) return;
    setBusy(true);
    try {
      const end = until === '' ? {} : { until: new Date(until).toISOString() };
      const params = { status, extension, ...(note.trim() ? { note: note.trim() } : {}), ...end };
      const { presence } = await client.request('presence.set', params);
      toast(words.wasSet(extension, texts.status.indicator[status]));
      onDone(presence);
    } catch (thrown) {
      setFailure(thrown);
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>{texts.common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={busy}>
        {words.set}
      </Button>
    </>
  );
  return (
    <Dialog title={words.set} onClose={onClose} footer={footer}>
      <form id={FORM} onSubmit={save} noValidate class="form">
        <Combobox
          label={words.extension}
          choices={items.map(({ id, name }) => ({ value: id, text: name === id ? id : `${id} ${name}` }))}
          value={extension}
          onChoose={setExtension}
          error={missing && extension === '' ? words.extensionMissing : undefined}
        />
        <Select
          label={words.status}
          value={status}
          onChange={setStatus}
          options={STATUSES.map((value) => ({ value, text: texts.status.indicator[value] }))}
        />
        <Field label={texts.status.note} hint={texts.status.noteHint}>
          {(ids) => (
            <input
              {...ids}
              type="text"
              maxLength={200}
              autoComplete="off"
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={words.until} hint={words.untilHint} error={past ? texts.common.issue.past : undefined}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              value={until}
              onInput={(event) => setUntil(event.currentTarget.value)}
            />
          )}
        </Field>
        {failure !== undefined && <Notice kind="error">{failureText(texts, failure)}</Notice>}
      </form>
    </Dialog>
  );
}
