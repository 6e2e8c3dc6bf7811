// Where one can go: the directories, the address books one sees, calls and chat with what waits there, the account, and
// administration for administrators. Company contacts stand here also when one may not see them, to say why.
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Book } from '../../client/types.ts';
import { useMissed } from './calls/use-missed.ts';
import { useUnread } from './chat/use-unread.ts';
import { bookName, sortBooks } from './contacts/books.ts';
import { useClient, useMirror, useSession } from './hooks/use-client.ts';
import { Icon, type IconName } from './parts/icon.tsx';
import { place, type Route } from './route.ts';
import { useTexts } from './texts/texts.ts';

/** The highest count that is told. */
const MOST = 99;

export function Navigation({ route }: { route: Route }) {
  const { common } = useTexts();
  const { admin } = useSession();
  const [area = 'extensions', first = ''] = route.path;
  const { nav } = common;
  const current = (id: string) => (area === id ? 'page' : undefined);
  return (
    <nav class="navigation" aria-label={common.navigation}>
      <ul class="nav-places">
        <Place id="extensions" text={nav.extensions} icon="people" current={current('extensions')} />
        <Place id="favorites" text={nav.favorites} icon="star" current={current('favorites')} />
        <Place
          id="contacts"
          text={nav.contacts}
          icon="book"
          current={area === 'contacts' && first !== '' ? 'true' : current('contacts')}
        >
          <Books current={area === 'contacts' ? first : undefined} />
        </Place>
        <Calls current={current('calls')} />
        <Chat current={current('chat')} />
      </ul>
      <ul class="nav-own">
        <Place id="account" text={nav.account} icon="person" current={current('account')} />
        {admin && <Place id="admin" text={nav.admin} icon="settings" current={current('admin')} />}
      </ul>
    </nav>
  );
}

interface PlaceProps {
  readonly id: string;
  readonly text: string;
  readonly icon: IconName;
  readonly current: 'page' | 'true' | undefined;
  /** What waits there, and that in words. */
  readonly badge?: { readonly count: number; readonly words: string };
  readonly children?: ComponentChildren;
}

function Place({ id, text, icon, current, badge, children }: PlaceProps) {
  const waiting = badge !== undefined && badge.count > 0;
  return (
    <li>
      <a
        href={place([id])}
        class="nav-link"
        aria-current={current}
        aria-describedby={waiting ? `nav-${id}` : undefined}
      >
        <Icon name={icon} />
        <span class="nav-text">{text}</span>
        {waiting && (
          <span class="nav-badge" aria-hidden="true">
            {badge.count > MOST ? `${MOST}+` : badge.count}
          </span>
        )}
      </a>
      {waiting && (
        <span class="unseen" id={`nav-${id}`}>
          {badge.words}
        </span>
      )}
      {children}
    </li>
  );
}

type Current = Pick<PlaceProps, 'current'>;

function Calls({ current }: Current) {
  const { common, calls } = useTexts();
  const missed = useMissed();
  const badge = { count: missed, words: calls.newMissed(missed) };
  return <Place id="calls" text={common.nav.calls} icon="phone" current={current} badge={badge} />;
}

function Chat({ current }: Current) {
  const { common, chat } = useTexts();
  const { total } = useUnread();
  const badge = { count: total, words: chat.unread(total) };
  return <Place id="chat" text={common.nav.chat} icon="chat" current={current} badge={badge} />;
}

/** The address books below Contacts. */
function Books({ current }: { current: string | undefined }) {
  const texts = useTexts();
  const client = useClient();
  const { features } = useSession();
  const version = useMirror(client.mirror('books'));
  const books = useMemo(() => sortBooks([...client.mirror('books').values()]), [client, version]);
  const off = 'off' in features.company || features.contacts !== true;
  return (
    <ul class="nav-books">
      {books.map((book: Book) => (
        <li key={book.id}>
          <a
            href={place(['contacts', book.id])}
            class="nav-book"
            aria-current={current === book.id ? 'page' : undefined}
          >
            <Icon name={book.kind === 'company' ? 'building' : 'person'} />
            <bdi>{bookName(texts, book)}</bdi>
          </a>
        </li>
      ))}
      {off && (
        <li>
          <a
            href={place(['contacts', 'company'])}
            class="nav-book off"
            aria-current={current === 'company' ? 'page' : undefined}
          >
            <Icon name="lock" />
            {texts.common.nav.companyContacts}
          </a>
        </li>
      )}
    </ul>
  );
}
