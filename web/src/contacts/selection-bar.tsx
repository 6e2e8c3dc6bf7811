// What can be done with the selected contacts.
import { useState } from 'preact/hooks';
import { displayName } from '../../../client/display-name.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox } from '../parts/field.tsx';
import { useTexts } from '../texts/texts.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { NOTHING, type Selection } from './selection.ts';

interface SelectionBarProps {
  readonly selection: Selection;
  /** The ids of all that can be selected. */
  readonly all: () => readonly string[];
  readonly onSelect: (selection: Selection | undefined) => void;
}

export function SelectionBar({ selection, all, onSelect }: SelectionBarProps) {
  const client = useClient();
  const { contacts: text } = useTexts();
  const [open, setOpen] = useState<'delete' | 'move'>();
  const books = client.mirror('books');
  useMirror(books);
  const everything = all();
  const whole = selection.size > 0 && everything.every((id) => selection.has(id));
  const contacts = open ? [...selection].flatMap((id) => client.contacts.get(id) ?? []) : [];
  const [first] = contacts;
  const targets = [...books.values()].filter(({ rights }) => rights.manage).length;
  const done = () => {
    setOpen(undefined);
    onSelect(undefined);
  };
  return (
    <section class="selection-bar" aria-label={text.selected(selection.size)}>
      <Checkbox
        label={text.selectAll}
        checked={whole}
        mixed={selection.size > 0 && !whole}
        onChange={(checked) => onSelect(checked ? new Set(everything) : NOTHING)}
      />
      <span class="selection-count" role="status">
        {text.selected(selection.size)}
      </span>
      {targets > 1 && (
        <Button icon="move" disabled={selection.size === 0} onClick={() => setOpen('move')}>
          {text.moveSelected}
        </Button>
      )}
      <Button icon="trash" disabled={selection.size === 0} onClick={() => setOpen('delete')}>
        {text.deleteSelected}
      </Button>
      {open === 'delete' && first && (
        <DeleteDialog
          ids={[...selection]}
          name={displayName(first)}
          personal={contacts.every(({ kind }) => kind === 'personal')}
          onCancel={() => setOpen(undefined)}
          onDone={done}
        />
      )}
      {open === 'move' && <MoveDialog contacts={contacts} onDone={done} />}
    </section>
  );
}
