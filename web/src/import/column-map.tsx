// What each column of the file is taken for, with samples of what stands in it; each can be corrected.
import type { FileColumn } from '../../../src/domain/contact-import.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.ts';
import { missingTargets, TARGET_KINDS, targetsByKind, withTarget } from './columns.ts';

interface ColumnMapProps {
  readonly columns: readonly FileColumn[];
  readonly targets: readonly (string | null)[];
  readonly changed: boolean;
  /** They were taken from the words of their headers alone. */
  readonly guessed: boolean;
  readonly onChange: (targets: readonly (string | null)[]) => void;
  readonly onCheck: () => void;
  readonly onReset: () => void;
}

export function ColumnMap({ columns, targets, changed, guessed, onChange, onCheck, onReset }: ColumnMapProps) {
  const { transfer } = useTexts();
  const missing = missingTargets(targets);
  const used = targets.filter((target) => target !== null).length;
  return (
    <details class="columns" open={guessed || missing.length > 0 || changed || undefined}>
      <summary>{transfer.columns(used, columns.length)}</summary>
      <p class="field-hint">{guessed ? transfer.guessed : transfer.columnsHint}</p>
      {missing.map((what) => (
        <Notice key={what} kind="warning">
          {transfer.missing[what]}
        </Notice>
      ))}
      <table class="map" aria-label={transfer.columnsTable}>
        <thead>
          <tr>
            <th scope="col">{transfer.column}</th>
            <th scope="col">{transfer.samples}</th>
            <th scope="col">{transfer.takenFor}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ header, samples }, i) => (
            <tr key={i}>
              <th scope="row">{header || transfer.unnamedColumn(i + 1)}</th>
              <td class="samples">{samples.length > 0 ? samples.join(' · ') : transfer.emptyColumn}</td>
              <td>
                <TargetSelect
                  label={transfer.targetOf(header || transfer.unnamedColumn(i + 1))}
                  value={targets[i] ?? null}
                  onChange={(target) => onChange(withTarget(targets, i, target))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changed && (
        <div class="buttons">
          <Button onClick={onReset}>{transfer.columnsBack}</Button>
          <Button kind="primary" disabled={missing.length > 0} onClick={onCheck}>
            {transfer.checkAgain}
          </Button>
        </div>
      )}
    </details>
  );
}

interface TargetSelectProps {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (target: string | null) => void;
}

function TargetSelect({ label, value, onChange }: TargetSelectProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const kinds = targetsByKind();
  return (
    <select
      aria-label={label}
      class={value === null ? 'aside' : ''}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    >
      <option value="">{transfer.aside}</option>
      {TARGET_KINDS.map((kind) => (
        <optgroup key={kind} label={transfer.kinds[kind]}>
          {kinds.get(kind)?.map((target) => (
            <option key={target} value={target}>
              {targetText(target, texts)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function targetText(target: string, { transfer, contacts }: Texts): string {
  const [kind = '', type = '', part = ''] = target.split(':');
  const place = contacts.placeTypes[type as keyof typeof contacts.placeTypes];
  if (kind === 'number') {
    return transfer.numberTarget(contacts.numberTypes[type as keyof typeof contacts.numberTypes]);
  }
  if (kind === 'email') return transfer.emailTarget(place);
  if (kind === 'address') return transfer.addressTarget(place, transfer.parts[part as keyof typeof transfer.parts]);
  return transfer.targets[target as keyof typeof transfer.targets];
}
