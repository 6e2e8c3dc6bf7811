// Who is hidden from whom: how many for each extension, and for one of them by name with the rule that decides. What the edited
// rules would change is marked.
import { useState } from 'preact/hooks';
import type { Visibility } from '../../../client/types.ts';
import { useAnnounced } from '../hooks/use-announced.ts';
import { Checkbox } from '../parts/field.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { VirtualTable } from '../parts/virtual-table.tsx';
import { useTexts } from '../texts/texts.ts';
import { Combobox } from './combobox.tsx';
import { isFound, type Named } from './people.ts';
import type { RuleEditing } from './use-rules.ts';
import { hiddenFrom, type Sight, sightsOf, type VisibilityRow } from './visibility-preview.ts';

interface VisibilityTableProps {
  readonly rows: readonly VisibilityRow<Named>[];
  readonly people: readonly Named[];
  readonly rules: RuleEditing<Visibility>;
  readonly sentence: (rule: Visibility) => string;
}

export function VisibilityTable({ rows, people, rules, sentence }: VisibilityTableProps) {
  const { admin, common } = useTexts();
  const { preview, visibility } = admin;
  const [typed, setTyped] = useState('');
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [chosen, setChosen] = useState('');
  const shown = rows.filter(
    ({ person, changed }) =>
      (!onlyChanged || !rules.dirty || changed > 0) &&
      isFound(typed, [person.extension, person.name, ...person.groups]),
  );
  useAnnounced(typed, shown.length);
  const columns = [
    { key: 'person', head: visibility.extension, width: 12 },
    { key: 'hidden', head: visibility.hiddenCount, width: 9 },
    { key: 'changed', head: visibility.changedCount, width: 8 },
  ];
  const one = people.find(({ extension }) => extension === chosen);
  return (
    <section class="preview" aria-labelledby="preview-title">
      <h2 id="preview-title">{rules.dirty ? preview.titleDirty : visibility.previewTitle}</h2>
      <div class="toolbar">
        <SearchField label={visibility.search} hint={admin.users.searchHint} value={typed} onInput={setTyped} />
        {rules.dirty && <Checkbox label={preview.onlyChanged} checked={onlyChanged} onChange={setOnlyChanged} />}
        <span class="field-hint">{common.found(shown.length)}</span>
      </div>
      {shown.length > 0 && (
        <VirtualTable
          label={visibility.table}
          columns={columns}
          count={shown.length}
          keyOf={(index) => shown[index]?.person.extension ?? ''}
          cell={(index, column) => cellsOf(shown[index], visibility)[column]}
        />
      )}
      <h2>{visibility.oneTitle}</h2>
      <Combobox
        label={visibility.extension}
        choices={people.map(({ extension, name }) => ({ value: extension, text: nameOf({ extension, name }) }))}
        value={chosen}
        onChoose={setChosen}
      />
      {one && <OneSight person={one} people={people} rules={rules} sentence={sentence} />}
    </section>
  );
}

function cellsOf(row: VisibilityRow<Named> | undefined, texts: ReturnType<typeof useTexts>['admin']['visibility']) {
  if (!row) return [];
  const { person, now, next, changed } = row;
  return [
    <span key="person" class="cell-name">
      {nameOf(person)}
    </span>,
    <span key="hidden" class={changed > 0 ? 'changed' : ''}>
      {next === 0 ? texts.nobody : next}
      {now !== next && <span class="was"> {texts.was(now)}</span>}
    </span>,
    changed > 0 ? <span class="changed">{changed}</span> : '–',
  ];
}

function nameOf({ extension, name }: { extension: string; name: string }): string {
  return name === extension ? extension : `${extension} ${name}`;
}

interface OneSightProps extends Pick<VisibilityTableProps, 'people' | 'rules' | 'sentence'> {
  readonly person: Named;
}

const SHOWN = 200;

function OneSight({ person, people, rules, sentence }: OneSightProps) {
  const { admin } = useTexts();
  const { visibility } = admin;
  const sights = sightsOf(person, people, rules.now, rules.list);
  const { now, list: next } = rules;
  const seen = { comes: visibility.comes, goes: visibility.goes };
  return (
    <div class="one-user">
      <SightList
        title={visibility.hidesFrom(person.name)}
        sights={sights.filter((sight) => !sight.next)}
        marks={seen}
        rules={next}
        sentence={sentence}
      />
      <SightList
        title={visibility.hiddenFrom(person.name)}
        sights={hiddenFrom(person, people, now, next)}
        marks={{ comes: visibility.noLonger, goes: visibility.newly }}
        rules={next}
        sentence={sentence}
      />
      <SightList
        title={visibility.sees(person.name)}
        sights={sights.filter((sight) => sight.next)}
        marks={seen}
        rules={next}
        sentence={sentence}
      />
    </div>
  );
}

interface SightListProps {
  readonly title: string;
  readonly sights: readonly Sight<Named>[];
  /** Said of those whom the edited rules change. */
  readonly marks: { readonly comes: string; readonly goes: string };
  readonly rules: readonly Visibility[];
  readonly sentence: (rule: Visibility) => string;
}

/** Those who change first. */
function SightList({ title, sights, marks, rules, sentence }: SightListProps) {
  const { admin } = useTexts();
  const changed = ({ now, next }: Sight<Named>) => Number(now !== next);
  return (
    <section aria-label={title}>
      <h3>
        {title} ({sights.length})
      </h3>
      <ul class="plain-list">
        {sights
          .toSorted((a, b) => changed(b) - changed(a))
          .slice(0, SHOWN)
          .map((sight) => {
            const rule = sight.rule === undefined ? undefined : rules[sight.rule - 1];
            return (
              <li key={sight.other.extension}>
                {nameOf(sight.other)}{' '}
                {sight.now !== sight.next && <span class="mark">{sight.next ? marks.comes : marks.goes}</span>}
                {rule && sight.rule && <span class="why">{admin.preview.because(sight.rule, sentence(rule))}</span>}
              </li>
            );
          })}
        {sights.length === 0 && <li>{admin.visibility.nobody}</li>}
        {sights.length > SHOWN && <li>{admin.pick.more(sights.length - SHOWN)}</li>}
      </ul>
    </section>
  );
}
