// Whom a rule names: in words, and as a choice in a form.
import type { Who } from '../../../client/types.ts';
import { Radios } from '../parts/radios.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.ts';
import { Combobox } from './combobox.tsx';
import type { Named } from './people.ts';

export function whoText(who: Who, people: ReadonlyMap<string, Named>, { admin }: Texts): string {
  if ('everyone' in who) return admin.who.everyone;
  if ('group' in who) return admin.who.group(who.group);
  return admin.who.extension(personText(who.extension, people));
}

function personText(extension: string, people: ReadonlyMap<string, Named>): string {
  const name = people.get(extension)?.name;
  return name === undefined || name === extension ? extension : `${extension} ${name}`;
}

type Kind = 'everyone' | 'extension' | 'group';

/** A choice that is not made yet has an empty number or group. */
export function isWhoChosen(who: Who): boolean {
  return 'everyone' in who || ('extension' in who ? who.extension !== '' : who.group !== '');
}

interface WhoPickerProps {
  readonly label: string;
  readonly who: Who;
  readonly people: readonly Named[];
  readonly groups: readonly string[];
  readonly onChange: (who: Who) => void;
  readonly error?: string | undefined;
}

export function WhoPicker({ label, who, people, groups, onChange, error }: WhoPickerProps) {
  const { admin } = useTexts();
  const kind: Kind = 'everyone' in who ? 'everyone' : 'extension' in who ? 'extension' : 'group';
  const kinds: readonly [Kind, string, Who][] = [
    ['everyone', admin.who.everyone, { everyone: true }],
    ['extension', admin.who.oneExtension, { extension: '' }],
    ['group', admin.who.oneGroup, { group: '' }],
  ];
  const missing = error && !isWhoChosen(who) ? error : undefined;
  return (
    <div class="who">
      <Radios
        legend={label}
        value={kind}
        choices={kinds.map(([value, text]) => ({ value, text }))}
        onChange={(chosen) => onChange(kinds.find(([value]) => value === chosen)?.[2] ?? who)}
      />
      {'extension' in who && (
        <Combobox
          label={admin.who.whichExtension}
          choices={people.map(({ extension, name }) => ({
            value: extension,
            text: name === extension ? extension : `${extension} ${name}`,
          }))}
          value={who.extension}
          offerTyped={(typed) => admin.who.typedExtension(typed)}
          onChoose={(extension) => onChange({ extension })}
          error={missing}
        />
      )}
      {'group' in who && (
        <Combobox
          label={admin.who.whichGroup}
          choices={groups.map((group) => ({ value: group, text: group }))}
          value={who.group}
          offerTyped={(typed) => admin.who.typedGroup(typed)}
          onChoose={(group) => onChange({ group })}
          hint={admin.who.groupHint}
          error={missing}
        />
      )}
    </div>
  );
}
