// A field in which one searches and chooses: what is typed narrows a list, arrow keys and Enter choose. The list stands below
// the field in the page, so nothing can cut it off. Knows nothing of what is chosen.
import { useId, useRef, useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { useTexts } from '../texts/texts.ts';
import { isFound } from './people.ts';

interface Choice {
  readonly value: string;
  readonly text: string;
}

interface ComboboxProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  /** The value of the choice that stands, or empty. */
  readonly value: string;
  readonly onChoose: (value: string) => void;
  /** Anything typed may be chosen too; the words that offer it. */
  readonly offerTyped?: (typed: string) => string;
  /** The field is empty again after a choice. */
  readonly clears?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
}

const SHOWN = 50;

export function Combobox(props: ComboboxProps) {
  const { label, choices, value, onChoose, offerTyped, clears = false, hint, error, disabled = false } = props;
  const { admin } = useTexts();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string>();
  const [active, setActive] = useState(0);
  const standing = clears ? '' : (choices.find((choice) => choice.value === value)?.text ?? value);
  const open = typed !== undefined;
  const found = open ? matches(choices, typed, offerTyped) : [];
  const shown = found.slice(0, SHOWN);
  const at = Math.min(active, shown.length - 1);
  const close = () => {
    setTyped(undefined);
    setActive(0);
  };
  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    onChoose(choice.value);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) return setTyped('');
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setActive((at + by + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      choose(shown[at]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      close();
    } else if (event.key === 'Tab') close();
  };
  return (
    <Field label={label} hint={hint} error={error} class="combobox">
      {(ids) => (
        <>
          <input
            {...ids}
            ref={input}
            type="text"
            role="combobox"
            autoComplete="off"
            spellcheck={false}
            disabled={disabled}
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={open && shown[at] ? `${list}-${at}` : undefined}
            placeholder={standing || admin.pick.placeholder}
            value={typed ?? standing}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setActive(0);
            }}
            onClick={() => setTyped((old) => old ?? '')}
            onBlur={close}
            onKeyDown={onKeyDown}
          />
          <div id={list} role="listbox" aria-label={label} class={`choices ${open ? '' : 'hidden'}`}>
            {shown.map((choice, i) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
              <div
                key={choice.value}
                id={`${list}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === at}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(choice)}
              >
                {choice.text}
              </div>
            ))}
          </div>
          {open && shown.length === 0 && <p class="field-hint">{admin.pick.none}</p>}
          {found.length > SHOWN && <p class="field-hint">{admin.pick.more(found.length - SHOWN)}</p>}
        </>
      )}
    </Field>
  );
}

function matches(choices: readonly Choice[], typed: string, offer?: (typed: string) => string): readonly Choice[] {
  const found = choices.filter(({ text }) => isFound(typed, [text]));
  const own = typed.trim();
  if (!offer || own === '' || choices.some(({ value }) => value === own)) return found;
  return [...found, { value: own, text: offer(own) }];
}
