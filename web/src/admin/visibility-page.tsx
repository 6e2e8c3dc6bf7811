// Which extensions know of which others: the rules, and before they are saved what they would mean for each extension.
import { useMemo, useState } from 'preact/hooks';
import type { Visibility } from '../../../client/types.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { Radios } from '../parts/radios.tsx';
import { useTexts } from '../texts/texts.ts';
import { type RuleDialogProps, RulesPage } from './rules-page.tsx';
import { type People, usePeople } from './use-people.ts';
import { useRules } from './use-rules.ts';
import { previewVisibility } from './visibility-preview.ts';
import { VisibilityTable } from './visibility-table.tsx';
import { isWhoChosen, WhoPicker, whoText } from './who.tsx';

export function VisibilityPage() {
  const texts = useTexts();
  const { admin } = texts;
  const rules = useRules('visibility');
  const people = usePeople();
  const key = JSON.stringify([rules.now, rules.list]);
  const rows = useMemo(() => previewVisibility(people.all, rules.now, rules.list), [people, key]);
  const changed = rows.filter((row) => row.changed > 0).length;
  const sentence = ({ who, whom, see }: Visibility) =>
    admin.visibility.sentence[see ? 'see' : 'hide'](
      whoText(who, people.byNumber, texts),
      whoText(whom, people.byNumber, texts),
    );
  return (
    <RulesPage<Visibility>
      title={admin.pages.visibility}
      lead={admin.visibility.lead}
      noneText={admin.visibility.noneText}
      rules={rules}
      sentence={sentence}
      effect={admin.visibility.effect(changed)}
      begin={(id) => ({ id, order: 0, who: { everyone: true }, whom: { extension: '' }, see: false })}
      onSave={() => rules.save()}
      dialog={(given) => <VisibilityDialog {...given} people={people} />}
    >
      <VisibilityTable rows={rows} people={people.all} rules={rules} sentence={sentence} />
    </RulesPage>
  );
}

interface VisibilityDialogProps extends RuleDialogProps<Visibility> {
  readonly people: People;
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
