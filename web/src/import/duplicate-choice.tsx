// What becomes of rows that are there already: the choice, in plain words.
import type { OnDuplicate } from '../../../src/domain/contact-import.ts';
import { Radios } from '../parts/radios.tsx';
import { useTexts } from '../texts/texts.ts';

/** What happens when nothing is chosen comes first. */
const CHOICES: readonly OnDuplicate[] = ['update', 'skip', 'add'];

interface DuplicateChoiceProps {
  readonly value: OnDuplicate;
  readonly onChange: (value: OnDuplicate) => void;
}

export function DuplicateChoice({ value, onChange }: DuplicateChoiceProps) {
  const { transfer } = useTexts();
  return (
    <Radios
      class="duplicates"
      legend={transfer.duplicates}
      hint={transfer.duplicatesHint}
      value={value}
      choices={CHOICES.map((choice) => ({
        value: choice,
        text: transfer.onDuplicate[choice],
        hint: transfer.onDuplicateHint[choice],
      }))}
      onChange={onChange}
    />
  );
}
