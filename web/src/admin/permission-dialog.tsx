// One permission rule in a form: who, which company books, and what may be done with them.
import { useState } from 'preact/hooks';
import type { Book, Permission } from '../../../client/types.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Checkbox } from '../parts/field.tsx';
import { Radios } from '../parts/radios.tsx';
import { useTexts } from '../texts/texts.ts';
import type { Right } from './permission-preview.ts';
import type { People } from './use-people.ts';
import { isWhoChosen, WhoPicker } from './who.tsx';

interface PermissionDialogProps {
  readonly title: string;
  readonly rule: Permission;
  readonly people: People;
  readonly books: readonly Book[];
  readonly onClose: () => void;
  readonly onDone: (rule: Permission) => void;
}

const RIGHTS: readonly Right[] = ['view', 'manage', 'none'];

export function PermissionDialog({ title, rule: given, people, books, onClose, onDone }: PermissionDialogProps) {
  const { admin, common } = useTexts();
  const [rule, setRule] = useState(given);
  const [tried, setTried] = useState(false);
  const whoMissing = !isWhoChosen(rule.who);
  const booksMissing = rule.books !== '*' && rule.books.length === 0;
  const done = () => {
    setTried(true);
    if (!whoMissing && !booksMissing) onDone(rule);
  };
  const footer = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" onClick={done}>
        {admin.rules.take}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      <WhoPicker
        label={admin.permissions.who}
        who={rule.who}
        people={people.all}
        groups={people.groups}
        error={tried && whoMissing ? admin.who.missing : undefined}
        onChange={(who) => setRule({ ...rule, who })}
      />
      <BooksPicker
        books={books}
        chosen={rule.books}
        error={tried && booksMissing ? admin.permissions.booksMissing : undefined}
        onChange={(chosen) => setRule({ ...rule, books: chosen })}
      />
      <Radios
        legend={admin.permissions.right}
        value={rightOf(rule)}
        choices={RIGHTS.map((right) => ({
          value: right,
          text: admin.permissions.rights[right],
          hint: admin.permissions.rightHints[right],
        }))}
        onChange={(right) => setRule({ ...rule, view: right !== 'none', manage: right === 'manage' })}
      />
    </Dialog>
  );
}

export function rightOf({ view, manage }: Pick<Permission, 'view' | 'manage'>): Right {
  return manage ? 'manage' : view ? 'view' : 'none';
}

interface BooksPickerProps {
  readonly books: readonly Book[];
  readonly chosen: '*' | readonly string[];
  readonly error: string | undefined;
  readonly onChange: (books: '*' | readonly string[]) => void;
}

function BooksPicker({ books, chosen, error, onChange }: BooksPickerProps) {
  const { admin } = useTexts();
  const picked = chosen === '*' ? [] : chosen;
  return (
    <div>
      <Radios
        legend={admin.permissions.books}
        value={chosen === '*' ? 'all' : 'some'}
        choices={[
          { value: 'all', text: admin.permissions.allBooks },
          { value: 'some', text: admin.permissions.someBooks },
        ]}
        onChange={(which) => onChange(which === 'all' ? '*' : [])}
      />
      {chosen !== '*' && (
        <fieldset class="choice-list" aria-label={admin.permissions.someBooks}>
          {books.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={picked.includes(id)}
              onChange={(on) => onChange(on ? [...picked, id] : picked.filter((book) => book !== id))}
            />
          ))}
        </fieldset>
      )}
      {chosen === '*' && <p class="field-hint">{admin.permissions.allBooksHint}</p>}
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
