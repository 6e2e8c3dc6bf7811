// One contact in a list: what it is called, where it belongs, its first number, and its star.

import { displayName } from '../../../client/display-name.ts';
import type { Book, Contact } from '../../../client/types.ts';
import { CallControl } from '../calls/call-control.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { IconButton } from '../parts/button.tsx';
import { Checkbox } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { telLink } from '../parts/links.ts';
import { memo } from '../parts/memo.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName } from './books.ts';
import { listedName, type Order } from './contact-index.ts';

interface ContactRowProps {
  readonly contact: Contact;
  readonly order: Order;
  /** Shown where several books stand together. */
  readonly book: Book | undefined;
  readonly favorite: boolean;
  /** Three lines in one column, instead of two lines in two. */
  readonly tall: boolean;
  readonly active: boolean;
  readonly chosen: boolean;
  /** Undefined: nothing is being selected. */
  readonly selected: boolean | undefined;
  readonly selectable: boolean;
  readonly href: string;
  readonly onFavorite: (id: string, name: string) => void;
  readonly onOpen: (href: string, event: MouseEvent) => void;
  readonly onSelect?: (id: string, selected: boolean, range: boolean) => void;
}

export const ContactRow = memo((props: ContactRowProps) => {
  const { contact, favorite, active, chosen, selected } = props;
  const texts = useTexts();
  const name = displayName(contact) || texts.contacts.unnamed;
  const tabIndex = active ? 0 : -1;
  return (
    <div class={`row contact-row ${chosen ? 'chosen' : ''} ${selected ? 'selected' : ''}`}>
      {selected === undefined ? (
        <Avatar name={name} kind={contact.kind} />
      ) : (
        <Checkbox
          label={texts.contacts.selectOne(name)}
          quiet
          checked={selected}
          disabled={!props.selectable}
          tabIndex={tabIndex}
          column="select"
          onChange={(checked, event) => props.onSelect?.(contact.id, checked, event.shiftKey)}
        />
      )}
      <a
        class="row-main"
        href={props.href}
        data-column="main"
        data-row={contact.id}
        tabIndex={tabIndex}
        aria-current={chosen ? 'true' : undefined}
        onClick={(event) => props.onOpen(props.href, event)}
      >
        <ContactName {...props} />
      </a>
      <span class="row-actions">
        <FirstNumber contact={contact} name={name} tall={props.tall} tabIndex={tabIndex} />
        <IconButton
          label={favorite ? texts.directory.removeFavorite(name) : texts.directory.addFavorite(name)}
          icon="star"
          pressed={favorite}
          column="favorite"
          tabIndex={tabIndex}
          onClick={() => props.onFavorite(`contact:${contact.id}`, name)}
        />
      </span>
    </div>
  );
});

function ContactName({ contact, order, book, tall }: ContactRowProps) {
  const texts = useTexts();
  const { title, company } = contact;
  const name = listedName(contact, order);
  const about = [title, company === name ? undefined : company].filter(Boolean).join(' · ');
  return (
    <>
      <span class="row-name">
        <bdi>{name}</bdi>
        <span class="unseen">{texts.common.kind[contact.kind]}</span>
      </span>
      <span class="row-sub">
        <bdi>{about}</bdi>
      </span>
      {tall ? (
        <span class="row-line">
          <bdi>{contact.numbers[0]?.number}</bdi>
          {book && <BookTag book={book} />}
        </span>
      ) : (
        <span class="row-book">
          {book && <BookTag book={book} />}
          <bdi class="row-mail">{contact.emails?.[0]?.address}</bdi>
        </span>
      )}
    </>
  );
}

function BookTag({ book }: { book: Book }) {
  const texts = useTexts();
  return <bdi class="tag">{bookName(texts, book)}</bdi>;
}

interface FirstNumberProps {
  readonly contact: Contact;
  readonly name: string;
  readonly tall: boolean;
  readonly tabIndex: number;
}

function FirstNumber({ contact, name, tall, tabIndex }: FirstNumberProps) {
  const { contacts, directory } = useTexts();
  const [first] = contact.numbers;
  if (!first) return null;
  const type = contacts.numberTypes[first.type];
  if (!telLink(first.number)) return tall ? null : <bdi class="row-tel">{first.number}</bdi>;
  return (
    <CallControl
      class="row-tel"
      number={first.number}
      name={name}
      column="call"
      tabIndex={tabIndex}
      label={`${directory.call(name)}: ${first.number} ${type}`}
    >
      {tall ? (
        <Icon name="phone" />
      ) : (
        <>
          <bdi>{first.number}</bdi> <span class="row-type">{type}</span>
        </>
      )}
    </CallControl>
  );
}
