// The users: who there is, found by typing, and from here to each one's form and to extensions that have no user yet.
import { useMemo, useState } from 'preact/hooks';
import type { User } from '../../../client/types.ts';
import { useAnnounced } from '../hooks/use-announced.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { Button } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { useTexts } from '../texts/texts.ts';
import { NewUsersDialog } from './new-users-dialog.tsx';
import { isFound } from './people.ts';
import { usePeople } from './use-people.ts';
import { UserDialog } from './user-dialog.tsx';
import { withoutUser } from './user-form.ts';

type Filter = 'all' | 'admins' | 'disabled' | 'noPassword';

const PASSES: Readonly<Record<Filter, (user: User) => boolean>> = {
  all: () => true,
  admins: ({ admin }) => admin,
  disabled: ({ disabled }) => disabled,
  noPassword: ({ hasPassword }) => !hasPassword,
};

export function UsersPage() {
  const { admin, common } = useTexts();
  const { users: texts } = admin;
  const people = usePeople();
  const size = useRowSize();
  const extensions = useClient().mirror('extensions');
  useMirror(extensions);
  const [typed, setTyped] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [asked, setAsked] = useState<{ user?: User } | 'several'>();
  const free = useMemo(() => withoutUser(people.extensions, people.users), [people]);
  const shown = people.users.filter(
    (user) => PASSES[filter](user) && isFound(typed, [user.id, nameOf(user), user.email, ...user.groups]),
  );
  useAnnounced(typed, shown.length);
  function nameOf(user: User): string {
    return user.name ?? people.byNumber.get(user.id)?.name ?? user.id;
  }
  const close = () => setAsked(undefined);
  const addSeveral = free.length > 0 && (
    <Button icon="people" onClick={() => setAsked('several')}>
      {texts.fromExtensions(free.length)}
    </Button>
  );
  return (
    <Page
      title={admin.pages.users}
      filled
      actions={
        <>
          {addSeveral}
          <Button kind="primary" icon="add" onClick={() => setAsked({})}>
            {texts.add}
          </Button>
        </>
      }
    >
      <div class="toolbar">
        <SearchField label={texts.search} hint={texts.searchHint} value={typed} onInput={setTyped} />
        <Select
          class="beside"
          label={texts.show}
          value={filter}
          onChange={setFilter}
          options={(['all', 'admins', 'disabled', 'noPassword'] as const).map((value) => ({
            value,
            text: texts.filters[value],
          }))}
        />
        <span class="field-hint">{people.loading ? common.loading : common.found(shown.length)}</span>
      </div>
      {!people.loading && people.users.length === 0 && <Empty title={texts.none} text={texts.noneText} />}
      <VirtualList
        label={admin.pages.users}
        count={shown.length}
        rowHeight={Math.round(size.rowHeight * 1.1)}
        class={size.class}
        of={`${typed} ${filter}`}
        itemKey={(index) => shown[index]?.id ?? ''}
        row={(index, active) => {
          const user = shown[index];
          return user && <UserRow user={user} name={nameOf(user)} active={active} onOpen={() => setAsked({ user })} />;
        }}
      />
      {asked === 'several' && <NewUsersDialog extensions={free} onClose={close} />}
      {asked && asked !== 'several' && <UserDialog {...asked} people={people} onClose={close} />}
    </Page>
  );
}

interface UserRowProps {
  readonly user: User;
  readonly name: string;
  readonly active: boolean;
  readonly onOpen: () => void;
}

function UserRow({ user, name, active, onOpen }: UserRowProps) {
  const { users: texts } = useTexts().admin;
  return (
    <button type="button" class="user-row" tabIndex={active ? 0 : -1} data-column="main" onClick={onOpen}>
      <span class="user-first">
        <strong>{user.id}</strong> <span class="user-name">{name !== user.id && name}</span>
        {user.admin && <span class="badge">{texts.admin}</span>}
        {user.disabled && <span class="badge off">{texts.disabled}</span>}
        {!user.hasPassword && <span class="badge off">{texts.noPassword}</span>}
      </span>
      <span class="user-second">{[user.email, user.mobile, user.groups.join(', ')].filter(Boolean).join(' · ')}</span>
    </button>
  );
}
