// A page on which ordered rules are edited: the list, what is not saved yet, what saving would change, and one rule in a dialog. Knows
// nothing of what the rules say.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { useTexts } from '../texts/texts.ts';
import { RuleBar, RuleNotices } from './rule-bar.tsx';
import { newRuleId, type Rule } from './rule-list.ts';
import { RuleList } from './rule-rows.tsx';
import type { RuleEditing } from './use-rules.ts';

/** What the dialog for one rule is given. */
export interface RuleDialogProps<R> {
  readonly title: string;
  readonly rule: R;
  readonly onClose: () => void;
  readonly onDone: (rule: R) => void;
}

interface RulesPageProps<R extends Rule> {
  readonly title: string;
  readonly lead: string;
  /** What holds while there are no rules. */
  readonly noneText: string;
  readonly rules: RuleEditing<R>;
  /** A rule in words. */
  readonly sentence: (rule: R) => string;
  /** What saving would change, in words. */
  readonly effect: string;
  /** A rule as one begins it. */
  readonly begin: (id: string) => R;
  readonly onSave: () => Promise<boolean>;
  readonly dialog: (given: RuleDialogProps<R>) => ComponentChildren;
  /** What the rules mean, for each of those whom they are about. */
  readonly children: ComponentChildren;
}

export function RulesPage<R extends Rule>(props: RulesPageProps<R>) {
  const { title, lead, noneText, rules, sentence, effect, begin, onSave, dialog, children } = props;
  const { admin, common } = useTexts();
  const [editing, setEditing] = useState<{ rule: R; fresh: boolean }>();
  const close = () => setEditing(undefined);
  return (
    <Page
      title={title}
      actions={
        <Button
          kind="primary"
          icon="add"
          onClick={() => setEditing({ rule: begin(newRuleId(rules.list)), fresh: true })}
        >
          {admin.rules.add}
        </Button>
      }
    >
      <p class="lead">{lead}</p>
      <RuleNotices rules={rules} />
      {rules.loading && <p role="status">{common.loading}</p>}
      {!rules.loading && rules.list.length === 0 && <Empty title={admin.rules.none} text={noneText} />}
      <RuleList
        label={admin.rules.list}
        list={rules.list}
        now={rules.now}
        sentence={sentence}
        onMove={rules.move}
        onRemove={({ id }) => rules.remove(id)}
        onEdit={(rule) => setEditing({ rule, fresh: false })}
      />
      <RuleBar rules={rules} effect={effect} onSave={onSave} />
      {children}
      {editing &&
        dialog({
          title: editing.fresh ? admin.rules.addTitle : admin.rules.editTitle,
          rule: editing.rule,
          onClose: close,
          onDone: (rule) => {
            rules.put(rule);
            close();
          },
        })}
    </Page>
  );
}
