// Going from one address book to another, where they do not stand in the navigation: on a narrow screen.
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { Select } from '../parts/field.tsx';
import { go, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName, sortBooks } from './books.ts';

export function BookSwitch({ scope }: { scope: string }) {
  const texts = useTexts();
  const { features } = useSession();
  const mirror = useClient().mirror('books');
  useMirror(mirror);
  const books = sortBooks([...mirror.values()]);
  const options = [
    { value: 'all', text: texts.common.nav.allContacts },
    ...books.map((book) => ({ value: book.id, text: bookName(texts, book) })),
    ...('off' in features.company ? [{ value: 'company', text: texts.common.nav.companyContacts }] : []),
  ];
  return (
    <Select
      label={texts.contacts.choose}
      quiet
      class="book-switch"
      value={scope}
      options={options}
      onChange={(chosen) => go(place(['contacts', chosen]))}
    />
  );
}
