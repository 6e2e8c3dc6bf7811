// The contacts of a book, or of all, for components: in order from the copy that is held here, or found by the server.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Contact } from '../../../client/types.ts';
import { useClient, useRedraw } from '../hooks/use-client.ts';
import type { Order } from './contact-index.ts';
import { sortedContacts } from './sorted-contacts.ts';

export const MOST_FOUND = 500;
const TYPING_MS = 80;
/** What was found is asked for again after changes, this often at most. */
const AGAIN_MS = 400;

/** Draws again after changes of any contact. Returns a number that is another one after each. */
export function useContactChanges(): number {
  const client = useClient();
  return useRedraw((listener) => client.contacts.subscribe(listener), client);
}

/** The sorted contacts of a book; `undefined` for all books. */
export function useSortedContacts(book: string | undefined, order: Order): readonly Contact[] {
  const client = useClient();
  useContactChanges();
  return sortedContacts(client).list(book, order);
}

export interface Found {
  /** Of this text; what is shown may be that of an earlier one. */
  readonly text: string;
  readonly contacts: readonly Contact[];
}

/** What the server finds; undefined before the first answer. The latest text wins; it is asked again after changes. */
export function useContactSearch(text: string, book: string | undefined) {
  const client = useClient();
  const changes = useContactChanges();
  const [found, setFound] = useState<Found>();
  const [failure, setFailure] = useState<unknown>();
  const [retry, setRetry] = useState(0);
  const last = useRef('');
  const wanted = text.trim();
  useEffect(() => {
    if (wanted === '') {
      setFound(undefined);
      setFailure(undefined);
      last.current = '';
      return;
    }
    let isLatest = true;
    const ask = async () => {
      last.current = wanted;
      const books = book === undefined ? {} : { books: [book] };
      try {
        const { contacts } = await client.request('contacts.search', { text: wanted, limit: MOST_FOUND, ...books });
        if (!isLatest) return;
        setFound({ text: wanted, contacts });
        setFailure(undefined);
      } catch (thrown) {
        if (isLatest) setFailure(thrown);
      }
    };
    const timer = setTimeout(() => void ask(), last.current === wanted ? AGAIN_MS : TYPING_MS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [client, wanted, book, changes, retry]);
  // What is gone or changed since then is shown as it is now.
  const contacts = found?.contacts.flatMap(({ id }) => client.contacts.get(id) ?? []);
  return { found: found && contacts && { text: found.text, contacts }, failure, again: () => setRetry(retry + 1) };
}
