// A labelled place to enter something, with its hint and what is wrong with it; and the plain choices.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** What the input inside has to carry. */
export interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': 'true' | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** The label is for screen readers only, where its place says it to the others. */
  readonly quiet?: boolean;
  readonly class?: string;
  readonly children: (ids: FieldIds) => ComponentChildren;
}

export function Field({ label, hint, error, quiet = false, children, ...rest }: FieldProps) {
  const id = useId();
  const describedBy = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ');
  return (
    <div class={`field ${rest.class ?? ''}`}>
      <label for={id} class={quiet ? 'unseen' : ''}>
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy || undefined, 'aria-invalid': error ? 'true' : undefined })}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface SelectProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly text: string; readonly disabled?: boolean }[];
  readonly onChange: (value: V) => void;
  readonly quiet?: boolean;
  readonly disabled?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly class?: string;
}

export function Select<V extends string>({ value, options, onChange, disabled = false, ...field }: SelectProps<V>) {
  return (
    <Field {...field}>
      {(ids) => (
        <select
          {...ids}
          disabled={disabled}
          value={value}
          onChange={(event) => {
            const chosen = options[event.currentTarget.selectedIndex];
            if (chosen) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled ?? false}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckboxProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean, event: MouseEvent) => void;
  readonly disabled?: boolean;
  /** Some, not all, of what it stands for. */
  readonly mixed?: boolean;
  readonly hint?: string | undefined;
  readonly quiet?: boolean;
  readonly tabIndex?: number;
  readonly column?: string;
}

export function Checkbox({ label, checked, onChange, disabled = false, mixed = false, hint, ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div class="checkbox">
      <label>
        <input
          type="checkbox"
          checked={checked}
          indeterminate={mixed}
          disabled={disabled}
          tabIndex={rest.tabIndex ?? 0}
          data-column={rest.column}
          aria-describedby={hint ? id : undefined}
          onClick={(event) => onChange(event.currentTarget.checked, event)}
        />
        <span class={rest.quiet ? 'unseen' : ''}>{label}</span>
      </label>
      {hint && (
        <p class="field-hint" id={id}>
          {hint}
        </p>
      )}
    </div>
  );
}
