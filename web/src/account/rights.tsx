// What the user may do with each address book, and why there are no company contacts when there are none.
import { bookName, sortBooks } from '../contacts/books.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { useTexts } from '../texts/texts.ts';

export function Rights() {
  const texts = useTexts();
  const { rights: text } = texts.account;
  const { features } = useSession();
  const mirror = useClient().mirror('books');
  useMirror(mirror);
  const { company } = features;
  const off = 'off' in company ? company : undefined;
  const { off: whys } = texts.contacts;
  const why = off && (off.off === 'client_too_old' ? whys.client_too_old(off.needs ?? '') : whys[off.off]);
  return (
    <section class="card" aria-labelledby="rights">
      <h2 id="rights">{text.title}</h2>
      <ul class="rights">
        {sortBooks([...mirror.values()]).map((book) => (
          <li key={book.id}>
            <bdi>{bookName(texts, book)}</bdi>
            <span class="tag">{book.rights.manage ? text.manage : text.view}</span>
          </li>
        ))}
        {why && (
          <li>
            <span>{text.noCompany}</span>
            <span class="tag">{text.none}</span>
            <p class="hint">{why}</p>
          </li>
        )}
      </ul>
    </section>
  );
}
