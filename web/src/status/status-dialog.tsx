// The dialog in which one chooses one's status, with a note and an end.
import { useState } from 'preact/hooks';
import { pbxOf } from '../../../client/pbx-of.ts';
import type { Presence, Status } from '../../../client/types.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { StatusDot } from '../parts/status-dot.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { type EndChoice, endOf } from './end-time.ts';

const STATUSES: readonly Status[] = ['available', 'away', 'do_not_disturb', 'lunch', 'business_trip', 'off_work'];
const LONGEST_NOTE = 200;

interface StatusDialogProps {
  /** As it is now; undefined when the phone system does not know the extension. */
  readonly presence: Presence | undefined;
  readonly onClose: () => void;
}

export function StatusDialog({ presence, onClose }: StatusDialogProps) {
  const texts = useTexts();
  const { status: text, common } = texts;
  const form = useStatusForm(presence, onClose);
  const footer = presence && (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" type="submit" form="status-form" busy={form.busy}>
        {text.set}
      </Button>
    </>
  );
  return (
    <Dialog title={text.mine} onClose={onClose} footer={footer}>
      {presence ? (
        <form id="status-form" class="status-form" onSubmit={form.submit} noValidate>
          {form.failure && <Notice kind="error">{form.failure}</Notice>}
          <StatusChoice value={form.status} onChange={form.setStatus} />
          <Field label={text.note} hint={text.noteHint}>
            {(ids) => (
              <input
                {...ids}
                value={form.note}
                dir="auto"
                maxLength={LONGEST_NOTE}
                autocomplete="off"
                onInput={(event) => form.setNote(event.currentTarget.value)}
              />
            )}
          </Field>
          <EndFields form={form} kept={presence.until} />
        </form>
      ) : (
        <Notice kind="info">{text.noExtension}</Notice>
      )}
    </Dialog>
  );
}

function StatusChoice({ value, onChange }: { value: Status; onChange: (status: Status) => void }) {
  const { status: text } = useTexts();
  const client = useClient();
  const pbxes = client.mirror('pbx');
  useMirror(pbxes);
  const own = client.mirror('extensions').get(useSession().extension);
  const away = pbxOf(pbxes, own)?.connected === false;
  return (
    <fieldset class="status-choice">
      <legend>{text.choose}</legend>
      {STATUSES.map((status) => (
        <label key={status} class="status-option">
          <input
            type="radio"
            name="status"
            data-first={status === value ? '' : undefined}
            checked={status === value}
            onChange={() => onChange(status)}
          />
          <StatusDot indicator={status} />
        </label>
      ))}
      {value === 'do_not_disturb' && <p class="field-hint">{away ? text.dndAway : text.dndHint}</p>}
    </fieldset>
  );
}

type StatusForm = ReturnType<typeof useStatusForm>;

function EndFields({ form, kept }: { form: StatusForm; kept: string | undefined }) {
  const { status: text } = useTexts();
  const format = useFormat();
  const options: { value: EndChoice; text: string }[] = [
    ...(kept ? [{ value: 'keep' as const, text: text.keep(format.moment(kept)) }] : []),
    { value: 'none', text: text.noEnd },
    { value: 'minutes30', text: text.minutes30 },
    { value: 'hour1', text: text.hour1 },
    { value: 'atTime', text: text.atTime },
  ];
  return (
    <div class="end-fields">
      <Select label={text.end} value={form.choice} options={options} onChange={form.setChoice} />
      {form.choice === 'atTime' && (
        <Field label={text.time} error={form.timeMissing ? text.needTime : undefined}>
          {(ids) => (
            <input
              {...ids}
              type="time"
              value={form.time}
              onInput={(event) => form.setTime(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
    </div>
  );
}

function useStatusForm(presence: Presence | undefined, onClose: () => void) {
  const client = useClient();
  const texts = useTexts();
  const [status, setStatus] = useState<Status>(presence?.status ?? 'available');
  const [note, setNote] = useState(presence?.note ?? '');
  const [choice, setChoice] = useState<EndChoice>(presence?.until ? 'keep' : 'none');
  const [time, setTime] = useState('');
  const [timeMissing, setTimeMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const until = endOf({ choice, time, kept: presence?.until }, Date.now());
    setTimeMissing(until === undefined);
    if (until === undefined || busy) return;
    const told = note.trim();
    setBusy(true);
    setFailure('');
    try {
      const ending = until === 'none' ? {} : { until };
      await client.request('presence.set', { status, ...(told ? { note: told } : {}), ...ending });
      toast(texts.status.done(texts.status.indicator[status]));
      onClose();
    } catch (thrown) {
      setFailure(failureText(texts, thrown));
      setBusy(false);
    }
  };
  /** Another status begins without the note and the end of the one before, unless they were entered for it. */
  const choose = (next: Status) => {
    setStatus(next);
    if (next === presence?.status) return;
    if (note === (presence?.note ?? '')) setNote('');
    if (choice === 'keep') setChoice('none');
  };
  const setters = { setStatus: choose, setNote, setChoice, setTime };
  return { status, note, choice, time, timeMissing, busy, failure, submit, ...setters };
}
