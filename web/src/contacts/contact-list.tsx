// The contacts of a book in order, or those that a search finds, with the bar for what is selected.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Contact } from '../../../client/types.ts';
import { useAnnounced } from '../hooks/use-announced.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { useFavorites } from '../hooks/use-favorites.ts';
import { useFormat } from '../hooks/use-format.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { Button, LinkButton } from '../parts/button.tsx';
import { Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Empty } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { openDetails, place } from '../route.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { BookSwitch } from './book-switch.tsx';
import { ORDERS, type Order } from './contact-index.ts';
import { ContactRow } from './contact-row.tsx';
import { keepOrder, keptOrder } from './kept-order.ts';
import { NOTHING, type Selection, stillThere, withOne, withRange } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { MOST_FOUND, useContactSearch, useSortedContacts } from './use-contacts.ts';

interface ContactListProps {
  /** `all`, or the id of a book. */
  readonly scope: string;
  readonly chosen: string | undefined;
  /** Undefined: nothing is being selected. */
  readonly selection: Selection | undefined;
  readonly onSelect: (selection: Selection | undefined) => void;
  /** Undefined: the user may add none. */
  readonly onAdd: (() => void) | undefined;
}

export function ContactList(props: ContactListProps) {
  const { scope } = props;
  const texts = useTexts();
  const { contacts: text } = texts;
  const [typed, setTyped] = useState('');
  const [order, setOrder] = useState<Order>(keptOrder);
  const book = scope === 'all' ? undefined : scope;
  const sorted = useSortedContacts(book, order);
  const { found, failure, again } = useContactSearch(typed, book);
  const searched = typed.trim() !== '';
  const shown = searched && found ? found.contacts : sorted;
  useAnnounced(typed.trim(), found?.text === typed.trim() ? found.contacts.length : undefined);
  const orders = { first: text.byFirst, last: text.byLast, company: text.byCompany };
  return (
    <>
      <div class="toolbar">
        <SearchField label={text.search} hint={text.searchHint} value={typed} onInput={setTyped} />
        <BookSwitch scope={scope} />
        {!searched && (
          <Select
            label={text.sort}
            class="beside"
            value={order}
            options={ORDERS.map((value) => ({ value, text: orders[value] }))}
            onChange={(next) => {
              keepOrder(next);
              setOrder(next);
            }}
          />
        )}
      </div>
      {searched && failure !== undefined && (
        <Notice kind="error" action={<Button onClick={again}>{texts.common.tryAgain}</Button>}>
          {failureText(texts, failure)}
        </Notice>
      )}
      {shown.length === 0 ? (
        <NoContacts {...props} searched={searched && found ? found.text : undefined} />
      ) : (
        <Rows {...props} order={order} contacts={shown} searched={searched && found ? found.text : ''} />
      )}
    </>
  );
}

interface RowsProps extends ContactListProps {
  readonly order: Order;
  readonly contacts: readonly Contact[];
  readonly searched: string;
}

function Rows({ scope, chosen, selection, onSelect, order, contacts, searched }: RowsProps) {
  const client = useClient();
  const { contacts: text } = useTexts();
  const format = useFormat();
  const favorites = useFavorites();
  const size = useRowSize(chosen !== undefined);
  const books = client.mirror('books');
  useMirror(books);
  const manages = (contact: Contact) => books.get(contact.book)?.rights.manage === true;
  const select = useSelecting(contacts, selection, onSelect, manages);
  return (
    <>
      {selection ? (
        <SelectionBar selection={selection} all={select.all} onSelect={onSelect} />
      ) : (
        <p class="list-count">
          {searched !== '' && contacts.length >= MOST_FOUND
            ? text.cut(MOST_FOUND)
            : text.count(format.count(contacts.length))}
        </p>
      )}
      <VirtualList
        label={text.list}
        count={contacts.length}
        {...size}
        of={`${scope} ${order} ${searched}`}
        itemKey={(index) => contacts[index]?.id ?? ''}
        onExtend={select.extend}
        row={(index, active) => {
          const contact = contacts[index];
          if (!contact) return null;
          return (
            <ContactRow
              contact={contact}
              order={order}
              tall={size.tall}
              book={scope === 'all' ? books.get(contact.book) : undefined}
              favorite={favorites.has(`contact:${contact.id}`)}
              active={active}
              chosen={contact.id === chosen}
              selected={selection?.has(contact.id)}
              selectable={manages(contact)}
              href={place(['contacts', scope, contact.id])}
              onFavorite={favorites.toggle}
              onOpen={openDetails}
              onSelect={select.toggle}
            />
          );
        }}
      />
    </>
  );
}

/** Selecting one, a range, all; what may not be changed is never selected, and what is gone is no longer. */
function useSelecting(
  contacts: readonly Contact[],
  selection: Selection | undefined,
  onSelect: (selection: Selection) => void,
  manages: (contact: Contact) => boolean,
) {
  const client = useClient();
  const state = useRef({ contacts, selection, onSelect, manages, anchor: '' });
  Object.assign(state.current, { contacts, selection, onSelect, manages });
  useEffect(() => {
    if (!selection) return;
    const kept = stillThere(selection, (id) => client.contacts.get(id) !== undefined);
    if (kept !== selection) onSelect(kept);
  }, [client, selection, onSelect, contacts]);
  return useMemo(() => {
    const manageable = () => state.current.contacts.filter(state.current.manages).map(({ id }) => id);
    const range = (from: string, to: string) => {
      const ids = manageable();
      const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
      if (a >= 0 && b >= 0) state.current.onSelect(withRange(state.current.selection ?? NOTHING, ids, a, b));
    };
    return {
      all: manageable,
      toggle: (id: string, selected: boolean, isRange: boolean) => {
        const { anchor, selection: present = NOTHING } = state.current;
        if (isRange && selected && anchor) range(anchor, id);
        else state.current.onSelect(withOne(present, id, selected));
        state.current.anchor = id;
      },
      extend: (from: number, to: number) => {
        const { contacts: list, selection: present } = state.current;
        const [a, b] = [list[from]?.id, list[to]?.id];
        if (present && a && b) range(a, b);
      },
    };
  }, []);
}

function NoContacts({ scope, searched, onAdd }: ContactListProps & { searched: string | undefined }) {
  const client = useClient();
  const { contacts: text, common } = useTexts();
  const book = client.mirror('books').get(scope);
  if (searched !== undefined) {
    const isNumber = /^[+\d][\d\s()./-]{2,}$/.test(searched);
    const action =
      isNumber && onAdd ? (
        <LinkButton href={place(['contacts', 'add'], { number: searched })}>{text.addNumber.title}</LinkButton>
      ) : undefined;
    return <Empty title={text.noneTitle} text={<bdi>{text.noneText(searched)}</bdi>} action={action} />;
  }
  const loaded =
    scope === 'all' ? client.contacts.books().length > 0 : client.mirror(`contacts:${scope}`).state === 'live';
  if (!loaded) return <p class="waiting">{common.loading}</p>;
  const why = book === undefined ? text.emptyAll : book.kind === 'personal' ? text.emptyPersonal : text.emptyCompany;
  const action = onAdd && (
    <Button kind="primary" icon="add" onClick={onAdd}>
      {text.add}
    </Button>
  );
  return <Empty title={text.emptyTitle} text={onAdd ? why : text.emptyView} action={action} />;
}
