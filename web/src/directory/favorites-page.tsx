// Colleagues and contacts that the user has marked, together, by name.
import { displayName } from '../../../client/display-name.ts';
import type { Contact, Extension } from '../../../client/types.ts';
import { fold } from '../../../src/domain/fold.ts';
import { ContactDetailsPane } from '../contacts/contact-details-pane.tsx';
import { ContactRow } from '../contacts/contact-row.tsx';
import { useContactChanges } from '../contacts/use-contacts.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { useFavorites } from '../hooks/use-favorites.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { LinkButton } from '../parts/button.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { Split } from '../parts/split.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { go, openDetails, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { ExtensionDetails } from './extension-details.tsx';
import { ExtensionRow } from './extension-row.tsx';

type Marked =
  | { readonly id: string; readonly name: string; readonly extension: Extension }
  | { readonly id: string; readonly name: string; readonly contact: Contact };

/** `chosen`: as favourites have it, `extension:1001` or `contact:<id>`. */
export function FavoritesPage({ chosen }: { chosen: string | undefined }) {
  const { directory } = useTexts();
  const client = useClient();
  const marked = useMarked();
  const [what, id = ''] = /^(extension|contact):(.*)$/.exec(chosen ?? '')?.slice(1) ?? [];
  const details =
    what === 'extension' ? (
      <ExtensionDetails extension={client.mirror('extensions').get(id)} />
    ) : what === 'contact' ? (
      <ContactDetailsPane id={id} onGone={() => go(place(['favorites']), { replace: true })} />
    ) : undefined;
  const { favorites } = directory;
  return (
    <Page title={favorites.title} filled>
      <Split label={favorites.title} chosen={what && id} details={details} onClose={() => go(place(['favorites']))}>
        <MarkedList marked={marked} chosen={chosen} />
      </Split>
    </Page>
  );
}

/** What the user sees of what he has marked. */
function useMarked(): readonly Marked[] {
  const client = useClient();
  const [favorites, extensions] = [client.mirror('favorites'), client.mirror('extensions')];
  useMirror(favorites);
  useMirror(extensions);
  useContactChanges();
  const marked: Marked[] = [];
  for (const { id } of favorites.values()) {
    const extension = extensions.get(id.replace(/^extension:/, ''));
    const contact = client.contacts.get(id.replace(/^contact:/, ''));
    if (id.startsWith('extension:') && extension)
      marked.push({ id, name: extension.name || extension.number, extension });
    else if (id.startsWith('contact:') && contact) marked.push({ id, name: displayName(contact), contact });
  }
  return marked.sort((a, b) => (fold(a.name) + a.id < fold(b.name) + b.id ? -1 : 1));
}

function MarkedList({ marked, chosen }: { marked: readonly Marked[]; chosen: string | undefined }) {
  const { directory, common } = useTexts();
  const client = useClient();
  const { extension: own } = useSession();
  const age = usePresenceAge();
  const { has, toggle } = useFavorites();
  const size = useRowSize(chosen !== undefined);
  const [presences, books] = [client.mirror('presence'), client.mirror('books')];
  useMirror(presences);
  const { favorites: text } = directory;
  if (marked.length === 0) {
    if (client.mirror('favorites').state === 'loading') return <p class="waiting">{common.loading}</p>;
    const action = <LinkButton href={place(['extensions'])}>{text.toExtensions}</LinkButton>;
    return <Empty title={text.emptyTitle} text={text.emptyText} action={action} />;
  }
  const row = (index: number, active: boolean) => {
    const item = marked[index];
    if (!item) return null;
    const shared = {
      favorite: has(item.id),
      active,
      chosen: item.id === chosen,
      href: place(['favorites', item.id]),
      onFavorite: toggle,
      onOpen: openDetails,
    };
    if ('contact' in item) {
      const { contact } = item;
      const book = books.get(contact.book);
      return (
        <ContactRow
          {...shared}
          contact={contact}
          book={book}
          order="first"
          tall={size.tall}
          selected={undefined}
          selectable={false}
        />
      );
    }
    const { extension } = item;
    return (
      <ExtensionRow
        {...shared}
        extension={extension}
        presence={presences.get(extension.id)}
        stale={age(extension).stale}
        you={extension.id === own}
      />
    );
  };
  return (
    <>
      <p class="list-count">{text.count(marked.length)}</p>
      <VirtualList
        label={text.list}
        count={marked.length}
        {...size}
        itemKey={(index) => marked[index]?.id ?? ''}
        row={row}
      />
    </>
  );
}
