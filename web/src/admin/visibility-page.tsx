// Which extensions know of which others: the rules, and before they are saved what they would mean for each extension.
import { useMemo, useState } from 'preact/hooks';
import type { Visibility } from '../../../client/types.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { useTexts } from '../texts/texts.ts';
import { Radios } from './radios.tsx';
import { RuleBar, RuleNotices } from './rule-bar.tsx';
import { newRuleId } from './rule-list.ts';
import { RuleList } from './rule-rows.tsx';
import { type People, usePeople } from './use-people.ts';
import { useRules } from './use-rules.ts';
import { previewVisibility } from './visibility-preview.ts';
import { VisibilityTable } from './visibility-table.tsx';
import { isWhoChosen, WhoPicker, whoText } from './who.tsx';

export function VisibilityPage() {
  const texts = useTexts();
  const { admin, common } = texts;
  const rules = useRules('visibility');
  const people = usePeople();
  const [editing, setEditing] = useState<{ rule: Visibility; fresh: boolean }>();
  const key = JSON.stringify([rules.now, rules.list]);
  const rows = useMemo(() => previewVisibility(people.all, rules.now, rules.list), [people, key]);
  const sentence = ({ who, whom, see }: Visibility) =>
    admin.visibility.sentence[see ? 'see' : 'hide'](
      whoText(who, people.byNumber, texts),
      whoText(whom, people.byNumber, texts),
    );
  const add = () => {
    const everyone = { everyone: true } as const;
    const rule = { id: newRuleId(rules.list), order: 0, who: everyone, whom: { extension: '' }, see: false };
    setEditing({ rule, fresh: true });
  };
  return (
    <Page
      title={admin.pages.visibility}
      actions={
        <Button kind="primary" icon="add" onClick={add}>
          {admin.rules.add}
        </Button>
      }
    >
      <p class="lead">{admin.visibility.lead}</p>
      <RuleNotices rules={rules} />
      {rules.loading && <p role="status">{common.loading}</p>}
      {!rules.loading && rules.list.length === 0 && <Empty title={admin.rules.none} text={admin.visibility.noneText} />}
      <RuleList
        label={admin.rules.list}
        list={rules.list}
        now={rules.now}
        sentence={sentence}
        onMove={rules.move}
        onRemove={({ id }) => rules.remove(id)}
        onEdit={(rule) => setEditing({ rule, fresh: false })}
      />
      <RuleBar
        rules={rules}
        effect={admin.visibility.effect(rows.filter(({ changed }) => changed > 0).length)}
        onSave={() => rules.save()}
      />
      <VisibilityTable rows={rows} people={people.all} rules={rules} sentence={sentence} />
      {editing && (
        <VisibilityDialog
          title={editing.fresh ? admin.rules.addTitle : admin.rules.editTitle}
          rule={editing.rule}
          people={people}
          onClose={() => setEditing(undefined)}
          onDone={(rule) => {
            rules.put(rule);
            setEditing(undefined);
          }}
        />
      )}
    </Page>
  );
}

interface VisibilityDialogProps {
  readonly title: string;
  readonly rule: Visibility;
  readonly people: People;
  readonly onClose: () => void;
  readonly onDone: (rule: Visibility) => void;
}

function VisibilityDialog({ title, rule: given, people, onClose, onDone }: VisibilityDialogProps) {
  const { admin, common } = useTexts();
  const { visibility } = admin;
  const [rule, setRule] = useState(given);
  const [tried, setTried] = useState(false);
  const whole = isWhoChosen(rule.who) && isWhoChosen(rule.whom);
  const done = () => {
    setTried(true);
    if (whole) onDone(rule);
  };
  const footer = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" onClick={done}>
        {admin.rules.take}
      </Button>
    </>
  );
  const sides = { people: people.all, groups: people.groups, error: tried ? admin.who.missing : undefined };
  const isSelf = 'everyone' in rule.who && 'everyone' in rule.whom && !rule.see;
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      <WhoPicker {...sides} label={visibility.who} who={rule.who} onChange={(who) => setRule({ ...rule, who })} />
      <Radios
        legend={visibility.what}
        value={rule.see ? 'see' : 'hide'}
        choices={[
          { value: 'hide', text: visibility.hide },
          { value: 'see', text: visibility.see },
        ]}
        onChange={(what) => setRule({ ...rule, see: what === 'see' })}
      />
      <WhoPicker {...sides} label={visibility.whom} who={rule.whom} onChange={(whom) => setRule({ ...rule, whom })} />
      {isSelf && <Notice kind="warning">{visibility.nobodySees}</Notice>}
    </Dialog>
  );
}
