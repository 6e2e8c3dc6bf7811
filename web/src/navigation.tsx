// Where one can go: the directories, the address books one sees, the account, and administration for administrators. Company
// contacts stand here also when one may not see them, to say why.
import { useMemo } from 'preact/hooks';
import type { Book } from '../../client/types.ts';
import { bookName, sortBooks } from './contacts/books.ts';
import { useClient, useMirror, useSession } from './hooks/use-client.ts';
import { Icon, type IconName } from './parts/icon.tsx';
import { place, type Route } from './route.ts';
import { useTexts } from './texts/texts.ts';

export function Navigation({ route }: { route: Route }) {
  const { common } = useTexts();
  const { admin } = useSession();
  const [area = 'extensions', first = ''] = route.path;
  const entries: readonly (readonly [string, string, IconName, string])[] = [
    ['extensions', common.nav.extensions, 'people', common.nav.extensions],
    ['favorites', common.nav.favorites, 'star', common.nav.favorites],
    ['contacts', common.nav.contacts, 'book', common.nav.contacts],
    ['account', common.nav.account, 'person', common.nav.account],
    ...(admin ? [['admin', common.nav.admin, 'settings', common.nav.adminShort] as const] : []),
  ];
  return (
    <nav class="navigation" aria-label={common.navigation}>
      <ul>
        {entries.map(([id, text, icon, short]) => (
          <li key={id}>
            <a
              href={place([id])}
              class="nav-link"
              aria-current={area === id ? (id === 'contacts' && first !== '' ? 'true' : 'page') : undefined}
            >
              <Icon name={icon} />
              <span class="nav-long">{text}</span>
              <span class="nav-short" aria-hidden="true">
                {short}
              </span>
            </a>
            {id === 'contacts' && <Books current={area === 'contacts' ? first : undefined} />}
          </li>
        ))}
      </ul>
    </nav>
  );
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
