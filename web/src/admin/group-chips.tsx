// The groups of a user: each can be taken away, and one of those in use or a new one added.
import { IconButton } from '../parts/button.tsx';
import { announce } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';
import { Combobox } from './combobox.tsx';

interface GroupChipsProps {
  readonly groups: readonly string[];
  /** In use by other users. */
  readonly known: readonly string[];
  readonly error?: string | undefined;
  readonly onChange: (groups: readonly string[]) => void;
}

export function GroupChips({ groups, known, error, onChange }: GroupChipsProps) {
  const { users: texts } = useTexts().admin;
  return (
    <fieldset class="groups">
      <legend>{texts.groups}</legend>
      {groups.length > 0 && (
        <ul class="chips" aria-label={texts.groups}>
          {groups.map((group) => (
            <li key={group} class="chip">
              {group}
              <IconButton
                icon="close"
                label={texts.leaveGroup(group)}
                onClick={() => {
                  onChange(groups.filter((other) => other !== group));
                  announce(texts.groupLeft(group));
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <Combobox
        label={texts.addGroup}
        hint={texts.groupHint}
        error={error}
        clears
        value=""
        choices={known.filter((group) => !groups.includes(group)).map((group) => ({ value: group, text: group }))}
        offerTyped={(typed) => texts.newGroup(typed)}
        onChoose={(group) => {
          if (!groups.includes(group)) onChange([...groups, group]);
        }}
      />
    </fieldset>
  );
}
