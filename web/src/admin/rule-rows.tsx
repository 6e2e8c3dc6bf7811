// An ordered list of rules as one edits it: each a sentence, with buttons to move, change and delete it. Alt and the arrow keys
// move the rule that has the focus. Knows nothing of what the rules say.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from '../parts/button.tsx';
import { memo } from '../parts/memo.ts';
import { announce } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';
import { changedRules, type Rule } from './rule-list.ts';

interface RuleListProps<R extends Rule> {
  readonly label: string;
  readonly list: readonly R[];
  /** In force. */
  readonly now: readonly R[];
  /** The rule in words. */
  readonly sentence: (rule: R) => string;
  readonly onMove: (id: string, place: number) => void;
  readonly onEdit: (rule: R) => void;
  readonly onRemove: (rule: R) => void;
}

type Part = 'up' | 'down';

/** What the rows call; the same object for all the life of the list. */
interface Actions {
  move(id: string, place: number, part: Part): void;
  edit(id: string): void;
  remove(id: string, index: number): void;
}

export function RuleList<R extends Rule>(props: RuleListProps<R>) {
  const { label, list, now, sentence } = props;
  const { box, actions } = useActions(props);
  const changed = changedRules(list, now);
  return (
    <ol class="rules" aria-label={label} ref={box}>
      {list.map((rule, index) => (
        <RuleRow
          key={rule.id}
          id={rule.id}
          index={index}
          last={index === list.length - 1}
          text={sentence(rule)}
          changed={changed.has(rule.id)}
          actions={actions}
        />
      ))}
    </ol>
  );
}

/** The focus stays with a rule that is moved, and goes to the next one when a rule is deleted. */
function useActions<R extends Rule>(props: RuleListProps<R>) {
  const { admin } = useTexts();
  const present = useRef({ props, admin });
  present.current = { props, admin };
  const box = useRef<HTMLOListElement>(null);
  const wanted = useRef<{ readonly id?: string; readonly index?: number; readonly part?: Part } | undefined>(undefined);
  useLayoutEffect(() => {
    const { id, index = -1, part } = wanted.current ?? {};
    if (!wanted.current) return;
    wanted.current = undefined;
    const rows = [...(box.current?.children ?? [])];
    const row = rows.find((child) => child.getAttribute('data-rule') === id) ?? rows[Math.min(index, rows.length - 1)];
    const button = row?.querySelector<HTMLElement>(`button.${part ?? 'remove'}:not(:disabled)`);
    const target = button ?? row?.querySelector<HTMLElement>('button:not(:disabled)');
    (target ?? document.querySelector<HTMLElement>('h1'))?.focus();
  });
  const actions = useRef<Actions>({
    move: (id, place, part) => {
      const { list, onMove } = present.current.props;
      if (place < 0 || place >= list.length) return;
      wanted.current = { id, part };
      onMove(id, place);
      announce(present.current.admin.rules.moved(place + 1, list.length));
    },
    edit: (id) => {
      const { list, onEdit } = present.current.props;
      const rule = list.find((one) => one.id === id);
      if (rule) onEdit(rule);
    },
    remove: (id, index) => {
      const { list, onRemove } = present.current.props;
      const rule = list.find((one) => one.id === id);
      if (!rule) return;
      wanted.current = { index };
      onRemove(rule);
      announce(present.current.admin.rules.removed(index + 1));
    },
  });
  return { box, actions: actions.current };
}

interface RuleRowProps {
  readonly id: string;
  readonly index: number;
  readonly last: boolean;
  readonly text: string;
  readonly changed: boolean;
  readonly actions: Actions;
}

const RuleRow = memo(({ id, index, last, text, changed, actions }: RuleRowProps) => {
  const { rules } = useTexts().admin;
  const number = index + 1;
  const up = () => actions.move(id, index - 1, 'up');
  const down = () => actions.move(id, index + 1, 'down');
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    if (event.key === 'ArrowUp') up();
    else down();
  };
  return (
    <li class={`rule ${changed ? 'changed' : ''}`} data-rule={id} onKeyDown={onKeyDown}>
      <span class="rule-number" aria-hidden="true">
        {number}
      </span>
      <span class="rule-text">
        {text} {changed && <span class="mark">{rules.changed}</span>}
      </span>
      <span class="rule-buttons">
        <IconButton class="up" icon="up" label={rules.up(number, text)} disabled={index === 0} onClick={up} />
        <IconButton class="down" icon="down" label={rules.down(number, text)} disabled={last} onClick={down} />
        <IconButton icon="edit" label={rules.edit(number, text)} onClick={() => actions.edit(id)} />
        <IconButton
          class="remove"
          icon="trash"
          label={rules.remove(number, text)}
          onClick={() => actions.remove(id, index)}
        />
      </span>
    </li>
  );
});
