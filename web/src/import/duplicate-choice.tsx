// What becomes of rows that are there already: the choice, in plain words.
import { Radios } from '../admin/radios.tsx';
import { useTexts } from '../texts/texts.ts';
import { DUPLICATES, type OnDuplicate } from './wire.ts';

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
      choices={DUPLICATES.map((choice) => ({
        value: choice,
        text: transfer.onDuplicate[choice],
        hint: transfer.onDuplicateHint[choice],
      }))}
      onChange={onChange}
    />
  );
}
