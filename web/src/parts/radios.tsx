// A group of choices of which one stands, each with what it means.
import { useId } from 'preact/hooks';

interface RadiosProps<V extends string> {
  readonly legend: string;
  readonly value: V;
  readonly choices: readonly { readonly value: V; readonly text: string; readonly hint?: string }[];
  readonly onChange: (value: V) => void;
  readonly hint?: string;
  readonly class?: string;
}

export function Radios<V extends string>({ legend, value, choices, onChange, hint, ...rest }: RadiosProps<V>) {
  const id = useId();
  return (
    <fieldset class={`radios ${rest.class ?? ''}`} aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{legend}</legend>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class={choices.some((choice) => choice.hint) ? 'choice-column' : 'choice-row'}>
        {choices.map((choice) => (
          <div key={choice.value} class="radio">
            <label>
              <input
                type="radio"
                name={id}
                checked={value === choice.value}
                aria-describedby={choice.hint ? `${id}-${choice.value}` : undefined}
                onChange={() => onChange(choice.value)}
              />
              <span>{choice.text}</span>
            </label>
            {choice.hint && (
              <p class="field-hint" id={`${id}-${choice.value}`}>
                {choice.hint}
              </p>
            )}
          </div>
        ))}
      </div>
    </fieldset>
  );
}
