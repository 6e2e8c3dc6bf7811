// What stands over and under a list of rules that is edited: that it is not saved, that somebody else has changed it, saving and
// giving it up.
import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import type { Rule } from './rule-list.ts';
import type { RuleEditing } from './use-rules.ts';

export function RuleNotices<R extends Rule>({ rules }: { rules: RuleEditing<R> }) {
  const texts = useTexts();
  const { admin } = texts;
  return (
    <>
      {rules.overtaken && (
        <Notice
          kind="warning"
          action={
            <span class="buttons">
              <Button onClick={rules.discard}>{admin.rules.takeTheirs}</Button>
              <Button kind="quiet" onClick={rules.keepMine}>
                {admin.rules.keepMine}
              </Button>
            </span>
          }
        >
          <strong role="status">{admin.rules.overtaken}</strong> {admin.rules.overtakenText}
        </Notice>
      )}
      {rules.failure && <Notice kind="error">{failureText(texts, rules.failure)}</Notice>}
    </>
  );
}

interface RuleBarProps<R extends Rule> {
  readonly rules: RuleEditing<R>;
  /** What saving would change, in words. */
  readonly effect: string;
  readonly onSave: () => Promise<boolean>;
}

export function RuleBar<R extends Rule>({ rules, effect, onSave }: RuleBarProps<R>) {
  const { admin } = useTexts();
  const [asking, setAsking] = useState(false);
  if (!rules.dirty) return null;
  const save = async () => {
    if (await onSave()) toast(admin.rules.saved);
  };
  return (
    <section class="save-bar" aria-label={admin.rules.unsaved}>
      <p>
        <strong>{admin.rules.unsaved}</strong> <span role="status">{effect}</span>
      </p>
      <span class="buttons">
        <Button onClick={() => setAsking(true)}>{admin.rules.discard}</Button>
        <Button kind="primary" busy={rules.busy} disabled={rules.overtaken} onClick={save}>
          {admin.rules.save}
        </Button>
      </span>
      {asking && (
        <Confirm
          title={admin.rules.discardTitle}
          text={admin.rules.discardText}
          action={admin.rules.discard}
          danger
          onCancel={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            rules.discard();
          }}
        />
      )}
    </section>
  );
}
