// Administration: its pages and the way between them. Only for administrators; the server refuses everybody else in any case.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useClient, useRedraw, useSession } from '../hooks/use-client.ts';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import './admin.css';
import '../parts/choices.css';
import './rules.css';
import { BooksPage } from './books-page.tsx';
import { draftOf, subscribeDrafts } from './drafts.ts';
import { PbxPage } from './pbx-page.tsx';
import { PermissionsPage } from './permissions-page.tsx';
import { PresencePage } from './presence-page.tsx';
import { UsersPage } from './users-page.tsx';
import { VisibilityPage } from './visibility-page.tsx';

const PAGES = {
  permissions: PermissionsPage,
  books: BooksPage,
  users: UsersPage,
  visibility: VisibilityPage,
  presence: PresencePage,
  pbx: PbxPage,
} as const;

type PageName = keyof typeof PAGES;

/** `page`: the last part of the address; anything else is the first page. */
export function AdminPages({ page }: { page: string | undefined }) {
  const { admin } = useTexts();
  const isAdmin = useIsAdmin();
  const name = isPage(page) ? page : 'permissions';
  if (!isAdmin) {
    return (
      <Page title={admin.title}>
        <Notice kind="warning">{admin.onlyAdmins}</Notice>
      </Page>
    );
  }
  const Shown = PAGES[name];
  return (
    <div class="admin">
      <AdminNavigation current={name} />
      <Shown key={name} />
    </div>
  );
}

/** Also false when the right was taken away meanwhile. */
function useIsAdmin(): boolean {
  const { admin } = useSession();
  const client = useClient();
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (!admin) return;
    const users = client.mirror('users');
    const look = () => setGone(users.state === 'gone');
    look();
    return users.subscribe(look);
  }, [admin, client]);
  return admin && !gone;
}

function AdminNavigation({ current }: { current: PageName }) {
  const { admin } = useTexts();
  const client = useClient();
  useRedraw(subscribeDrafts, client);
  const box = useRef<HTMLElement>(null);
  // On a narrow screen the page that is shown may be out of sight in the row of links.
  useLayoutEffect(() => {
    const link = box.current?.querySelector<HTMLElement>('[aria-current]');
    const row = link?.closest('ul');
    if (link && row) row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
  }, [current]);
  const unsaved = (name: PageName) =>
    (name === 'permissions' || name === 'visibility') && draftOf(client, name) !== undefined;
  return (
    <nav ref={box} class="tabs admin-tabs" aria-label={admin.title}>
      <ul>
        {(Object.keys(PAGES) as PageName[]).map((name) => (
          <li key={name}>
            <a href={place(['admin', name])} aria-current={name === current ? 'page' : undefined}>
              {admin.pages[name]}
              {unsaved(name) && <span class="mark"> {admin.unsaved}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isPage(name: string | undefined): name is PageName {
  return name !== undefined && Object.hasOwn(PAGES, name);
}
