// Around every page: where one can go, one's own status, how the connection stands, the call that goes on. Pages other than
// the directories come when they are asked for.
import { useEffect } from 'preact/hooks';
import { Banner } from './banner.tsx';
import { ContactsPage } from './contacts/contacts-page.tsx';
import { sortedContacts } from './contacts/sorted-contacts.ts';
import { ExtensionsPage } from './directory/extensions-page.tsx';
import { FavoritesPage } from './directory/favorites-page.tsx';
import { useClient, useSession } from './hooks/use-client.ts';
import { Navigation } from './navigation.tsx';
import { Brand } from './parts/brand.tsx';
import { lazy, lazyQuietly } from './parts/lazy.tsx';
import { Page } from './parts/page.tsx';
import { place, type Route, useRoute } from './route.ts';
import { StatusControl } from './status/status-control.tsx';
import { useTexts } from './texts/texts.ts';

const AccountPage = lazy(() => import('./account/account-page.tsx').then(({ AccountPage: page }) => page));
const AddNumberPage = lazy(() => import('./contacts/add-number-page.tsx').then(({ AddNumberPage: page }) => page));
const AdminPages = lazy(() => import('./admin/pages.tsx').then(({ AdminPages: pages }) => pages));
const Attendants = lazyQuietly(() => import('./attendants.tsx').then(({ Attendants: part }) => part));
const CallsPage = lazy(() => import('./calls/history/page.tsx').then(({ CallsPage: page }) => page));
const ChatPage = lazy(() => import('./chat/page.tsx').then(({ ChatPage: page }) => page));
const ImportPage = lazy(() => import('./import/page.tsx').then(({ ImportPage: page }) => page));

export function Shell() {
  const route = useRoute();
  const { common } = useTexts();
  const client = useClient();
  useSearchKey();
  useEffect(() => void sortedContacts(client), [client]);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('main h1')?.focus()}>
        {common.skip}
      </button>
      <header class="side">
        <Brand />
        <StatusControl />
        <Navigation route={route} />
      </header>
      <main class="main">
        <Banner />
        <Here route={route} />
        <Attendants />
      </main>
    </div>
  );
}

function Here({ route: { path, query } }: { route: Route }) {
  const { admin } = useSession();
  const [area = 'extensions', first, second] = path;
  if (area === 'extensions') return <ExtensionsPage chosen={first} />;
  if (area === 'favorites') return <FavoritesPage chosen={first} />;
  if (area === 'contacts' && first === 'add') {
    return <AddNumberPage number={query['number'] ?? ''} call={query['call']} />;
  }
  if (area === 'contacts') return <ContactsPage book={first ?? 'all'} chosen={second} />;
  if (area === 'calls') return <CallsPage chosen={first} />;
  if (area === 'chat') return <ChatPage chosen={first} />;
  if (area === 'account') return <AccountPage />;
  if (area === 'admin' && admin) return <AdminPages page={first ?? ''} />;
  if (area === 'import' && first) return <ImportPage book={first} />;
  return <NotFound />;
}

function NotFound() {
  const { common } = useTexts();
  return (
    <Page title={common.notFound.title}>
      <p>{common.notFound.text}</p>
      <p>
        <a href={place(['extensions'])}>{common.notFound.action}</a>
      </p>
    </Page>
  );
}

/** `/` goes to the search of the page, unless something is being written or a dialog is open. */
function useSearchKey(): void {
  useEffect(() => {
    const look = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.matches('input, textarea, select, dialog *')) return;
      const search = document.querySelector<HTMLInputElement>('main input[type=search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    };
    addEventListener('keydown', look);
    return () => removeEventListener('keydown', look);
  }, []);
}
