// Extensions of the PBX that have no user yet: several are made users at once.
import { useState } from 'preact/hooks';
import { useClient } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Checkbox } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { afterAll } from './one-by-one.ts';
import { isFound } from './people.ts';

interface NewUsersDialogProps {
  readonly extensions: readonly { readonly id: string; readonly name: string }[];
  readonly onClose: () => void;
}

export function NewUsersDialog({ extensions, onClose }: NewUsersDialogProps) {
  const texts = useTexts();
  const { users } = texts.admin;
  const client = useClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useState('');
  const [done, setDone] = useState<number>();
  const [failures, setFailures] = useState<readonly { id: string; text: string }[]>([]);
  const shown = extensions.filter(({ id, name }) => isFound(typed, [id, name]));
  const busy = done !== undefined;
  const picked = [...chosen].filter((id) => extensions.some((extension) => extension.id === id));
  const all = shown.length > 0 && shown.every(({ id }) => chosen.has(id));
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  const make = async () => {
    setDone(0);
    const failed = await afterAll(picked, (id) => client.request('users.set', { id }), setDone);
    setDone(undefined);
    setFailures(failed.map(({ item, thrown }) => ({ id: item, text: failureText(texts, thrown) })));
    const made = picked.length - failed.length;
    if (made > 0) toast(users.made(made));
    if (failed.length === 0) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{texts.common.cancel}</Button>
      <Button kind="primary" busy={busy} disabled={picked.length === 0} onClick={make}>
        {busy ? users.making(done, picked.length) : users.make(picked.length)}
      </Button>
    </>
  );
  return (
    <Dialog title={users.severalTitle} onClose={onClose} footer={footer}>
      <p>{users.severalText}</p>
      <SearchField label={users.searchExtensions} hint={users.searchExtensions} value={typed} onInput={setTyped} />
      <Checkbox
        label={users.selectAll(shown.length)}
        checked={all}
        disabled={busy}
        onChange={(on) =>
          toggle(
            shown.map(({ id }) => id),
            on,
          )
        }
      />
      <fieldset class="choice-list tall" aria-label={users.severalTitle}>
        {shown.map(({ id, name }) => (
          <Checkbox
            key={id}
            label={name === id ? id : `${id} ${name}`}
            checked={chosen.has(id)}
            disabled={busy}
            onChange={(on) => toggle([id], on)}
          />
        ))}
      </fieldset>
      {failures.map(({ id, text }) => (
        <Notice key={id} kind="error">
          {id}: {text}
        </Notice>
      ))}
    </Dialog>
  );
}
