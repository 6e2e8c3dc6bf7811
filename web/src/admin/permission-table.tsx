// Who sees what: a table of users and company books, and for one user each book with the rule that decides. What the edited
// rules would change is marked.
import { useState } from 'preact/hooks';
import type { Book, Permission } from '../../../client/types.ts';
import { useAnnounced } from '../hooks/use-announced.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { Checkbox } from '../parts/field.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { VirtualTable } from '../parts/virtual-table.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.ts';
import { Combobox } from './combobox.tsx';
import { isFound } from './people.ts';
import type { PermissionCell, PermissionRow, PreviewedUser } from './permission-preview.ts';

interface ShownUser extends PreviewedUser {
  readonly name: string;
  readonly disabled: boolean;
}

interface PermissionTableProps {
  readonly rows: readonly PermissionRow<ShownUser>[];
  readonly books: readonly Book[];
  readonly rules: readonly Permission[];
  readonly sentence: (rule: Permission) => string;
  readonly dirty: boolean;
}

export function PermissionTable({ rows, books, rules, sentence, dirty }: PermissionTableProps) {
  const { admin, common } = useTexts();
  const { preview } = admin;
  const [typed, setTyped] = useState('');
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [chosen, setChosen] = useState('');
  const shown = rows.filter(
    ({ user, changed }) =>
      (!onlyChanged || !dirty || changed > 0) && isFound(typed, [user.extension, user.name, ...user.groups]),
  );
  useAnnounced(typed, shown.length);
  const narrow = useRowSize().class === 'tall';
  const columns = [
    { key: 'user', head: preview.user, width: narrow ? 8 : 11 },
    ...books.map(({ id, name }) => ({ key: id, head: name, width: 10 })),
  ];
  const one = rows.find(({ user }) => user.extension === chosen);
  return (
    <section class="preview" aria-labelledby="preview-title">
      <h2 id="preview-title">{dirty ? preview.titleDirty : preview.title}</h2>
      <p class="field-hint">{dirty ? preview.hintDirty : preview.hint}</p>
      <div class="toolbar">
        <SearchField label={preview.search} hint={admin.users.searchHint} value={typed} onInput={setTyped} />
        {dirty && <Checkbox label={preview.onlyChanged} checked={onlyChanged} onChange={setOnlyChanged} />}
        <span class="field-hint">{common.found(shown.length)}</span>
      </div>
      {shown.length > 0 && books.length > 0 && (
        <VirtualTable
          label={preview.table}
          columns={columns}
          count={shown.length}
          keyOf={(index) => shown[index]?.user.extension ?? ''}
          cell={(index, column) => {
            const row = shown[index];
            if (!row) return null;
            const cell = row.cells[column - 1];
            return cell ? rightCell(cell, preview) : userHead(row.user, admin.users.disabled);
          }}
        />
      )}
      {books.length === 0 && <p>{preview.noBooks}</p>}
      <h2>{preview.oneTitle}</h2>
      <Combobox
        label={preview.oneUser}
        choices={rows.map(({ user }) => ({ value: user.extension, text: `${user.extension} ${user.name}` }))}
        value={chosen}
        onChoose={setChosen}
      />
      {one && <OneUser row={one} books={books} rules={rules} sentence={sentence} />}
    </section>
  );
}

function userHead({ extension, name, disabled }: ShownUser, disabledText: string) {
  return (
    <span class="cell-name" title={`${extension} ${name}`}>
      {extension} {name !== extension && <span class="quiet-text">{name}</span>}
      {disabled && <span class="badge">{disabledText}</span>}
    </span>
  );
}

function rightCell({ now, next, changed }: PermissionCell, { rights, ruleShort, was }: Texts['admin']['preview']) {
  return (
    <span class={`right ${next.right} ${changed ? 'changed' : ''}`}>
      <span class="right-word">{rights[next.right]}</span>
      {next.rule !== undefined && <span class="quiet-text"> {ruleShort(next.rule)}</span>}
      {changed && <span class="was"> {was(rights[now.right])}</span>}
    </span>
  );
}

interface OneUserProps extends Pick<PermissionTableProps, 'books' | 'rules' | 'sentence'> {
  readonly row: PermissionRow<ShownUser>;
}

function OneUser({ row, books, rules, sentence }: OneUserProps) {
  const { admin } = useTexts();
  const { preview } = admin;
  return (
    <section aria-label={preview.oneList(row.user.name)} class="one-user">
      {row.user.admin && <p>{preview.isAdmin(row.user.name)}</p>}
      {row.user.disabled && <p>{preview.isDisabled(row.user.name)}</p>}
      <ul class="plain-list">
        {books.map(({ id, name }, i) => {
          const cell = row.cells[i];
          const rule = cell?.next.rule === undefined ? undefined : rules[cell.next.rule - 1];
          return (
            cell && (
              <li key={id}>
                <strong>{name}</strong> {rightCell(cell, preview)}
                {!row.user.admin && (
                  <span class="why">
                    {rule && cell.next.rule ? preview.because(cell.next.rule, sentence(rule)) : preview.noRule}
                  </span>
                )}
              </li>
            )
          );
        })}
      </ul>
    </section>
  );
}
