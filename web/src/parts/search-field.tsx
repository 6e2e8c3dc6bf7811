// Where one types what one looks for. Escape empties it; arrow down goes to the list below.
import { useRef } from 'preact/hooks';
import { useTexts } from '../texts/texts.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

interface SearchFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
}

export function SearchField({ label, hint, value, onInput }: SearchFieldProps) {
  const { common } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && value !== '') {
      event.preventDefault();
      event.stopPropagation();
      onInput('');
    } else if (event.key === 'ArrowDown') {
      const first = document.querySelector<HTMLElement>('.list-row [data-column="main"][tabindex="0"]');
      if (!first) return;
      event.preventDefault();
      first.focus();
    }
  };
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={hint}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        maxLength={255}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {value !== '' && (
        <IconButton
          label={common.clearSearch}
          icon="close"
          onClick={() => {
            onInput('');
            input.current?.focus();
          }}
        />
      )}
    </div>
  );
}
