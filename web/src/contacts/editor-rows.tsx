// The lists in the editor: numbers, e-mails and addresses, with types, in an order that can be changed.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, IconButton } from '../parts/button.tsx';

interface EditorRowsProps<R extends { readonly key: string }> {
  readonly title: string;
  readonly rows: readonly R[];
  readonly onChange: (rows: readonly R[]) => void;
  readonly most: number;
  /** There is always one row. */
  readonly needed?: boolean;
  readonly make: () => R;
  readonly add: string;
  /** What a row is called, such as `Number 2`. */
  readonly name: (n: number) => string;
  readonly words: {
    readonly up: (what: string) => string;
    readonly down: (what: string) => string;
    readonly remove: (what: string) => string;
  };
  readonly error?: string | undefined;
  readonly row: (row: R, n: number, change: (row: R) => void) => ComponentChildren;
}

export function EditorRows<R extends { readonly key: string }>(props: EditorRowsProps<R>) {
  const { rows, onChange, words, name } = props;
  const box = useRef<HTMLFieldSetElement>(null);
  const [focus, setFocus] = useState<{ key: string; on: string }>();
  useEffect(() => {
    if (!focus) return;
    const row = box.current?.querySelector(`[data-key="${focus.key}"]`);
    const wanted = row?.querySelector<HTMLElement>(focus.on);
    const other = row?.querySelector<HTMLElement>('.row-order button:enabled');
    (wanted?.matches(':enabled') ? wanted : other)?.focus();
  }, [focus]);
  const swap = (index: number, by: 1 | -1) => {
    const next = [...rows];
    const [moved] = next.splice(index, 1);
    if (!moved) return;
    next.splice(index + by, 0, moved);
    onChange(next);
    setFocus({ key: moved.key, on: by < 0 ? '.up' : '.down' });
  };
  const remove = (index: number) => {
    const next = rows.filter((_, i) => i !== index);
    onChange(next);
    const neighbour = next[Math.min(index, next.length - 1)];
    if (neighbour) setFocus({ key: neighbour.key, on: 'input' });
    else box.current?.querySelector<HTMLElement>('.add-row')?.focus();
  };
  return (
    <fieldset class="editor-rows" ref={box}>
      <legend>{props.title}</legend>
      {props.error && (
        <p class="field-error" role="alert">
          {props.error}
        </p>
      )}
      {rows.map((row, index) => (
        <div class="editor-row" key={row.key} data-key={row.key}>
          {props.row(row, index + 1, (changed) =>
            onChange(rows.map((other) => (other.key === row.key ? changed : other))),
          )}
          <span class="row-order">
            {rows.length > 1 && (
              <>
                <IconButton
                  class="up"
                  icon="up"
                  label={words.up(name(index + 1))}
                  disabled={index === 0}
                  onClick={() => swap(index, -1)}
                />
                <IconButton
                  class="down"
                  icon="down"
                  label={words.down(name(index + 1))}
                  disabled={index === rows.length - 1}
                  onClick={() => swap(index, 1)}
                />
              </>
            )}
            {(rows.length > 1 || !props.needed) && (
              <IconButton icon="close" label={words.remove(name(index + 1))} onClick={() => remove(index)} />
            )}
          </span>
        </div>
      ))}
      {rows.length < props.most && (
        <Button
          class="add-row"
          kind="quiet"
          icon="add"
          onClick={() => {
            const made = props.make();
            onChange([...rows, made]);
            setFocus({ key: made.key, on: 'input' });
          }}
        >
          {props.add}
        </Button>
      )}
    </fieldset>
  );
}
