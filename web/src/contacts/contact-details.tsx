// What is known of one contact, and what may be done with it.

import { displayName } from '../../../client/display-name.ts';
import type { Book, Contact } from '../../../client/types.ts';
import { CallControl } from '../calls/call-control.tsx';
import { NumberFact } from '../calls/number-fact.tsx';
import { useClient } from '../hooks/use-client.ts';
import { useFavorites } from '../hooks/use-favorites.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Button, IconButton } from '../parts/button.tsx';
import { Fact, Reach } from '../parts/facts.tsx';
import { Icon } from '../parts/icon.tsx';
import { mailLink, telLink } from '../parts/links.ts';
import { useTexts } from '../texts/texts.ts';
import { addressLines } from './address-lines.ts';
import { bookName } from './books.ts';

interface ContactDetailsProps {
  readonly contact: Contact;
  readonly book: Book | undefined;
  /** Undefined: it may only be viewed. */
  readonly actions: { readonly edit: () => void; readonly move?: () => void; readonly remove: () => void } | undefined;
}

export function ContactDetails({ contact, book, actions }: ContactDetailsProps) {
  const texts = useTexts();
  const { contacts: text, directory, common } = texts;
  const favorites = useFavorites();
  const name = displayName(contact) || text.unnamed;
  const callable = contact.numbers.find(({ number }) => telLink(number) !== undefined);
  const favorite = favorites.has(`contact:${contact.id}`);
  return (
    <div class="details">
      <header class="details-head">
        <Avatar name={name} kind={contact.kind} />
        <div>
          <h2 tabIndex={-1}>
            <bdi>{name}</bdi>
          </h2>
          {contact.title && (
            <p>
              <bdi>{contact.title}</bdi>
            </p>
          )}
          {contact.company && contact.company !== name && (
            <p>
              <bdi>{contact.company}</bdi>
            </p>
          )}
          <p class="details-kind">{common.kind[contact.kind]}</p>
        </div>
      </header>
      <div class="details-actions">
        {callable && (
          <CallControl
            class="button plain"
            number={callable.number}
            name={name}
            label={`${directory.call(name)}: ${callable.number} ${text.numberTypes[callable.type]}`}
          >
            <Icon name="phone" />
            <span class="button-text">{directory.callShort}</span>
          </CallControl>
        )}
        {actions && (
          <>
            <Button icon="edit" onClick={actions.edit}>
              {common.edit}
            </Button>
            {actions.move && (
              <Button icon="move" onClick={actions.move}>
                {text.move.button}
              </Button>
            )}
            <Button icon="trash" onClick={actions.remove}>
              {common.delete}
            </Button>
          </>
        )}
        <IconButton
          label={favorite ? directory.removeFavorite(name) : directory.addFavorite(name)}
          icon="star"
          pressed={favorite}
          onClick={() => favorites.toggle(`contact:${contact.id}`, name)}
        />
      </div>
      {!actions && <p class="hint">{text.viewOnly}</p>}
      <dl class="facts">
        {contact.numbers.map(({ type, number }) => (
          <NumberFact
            key={number}
            label={text.numberTypes[type]}
            number={number}
            name={name}
            what={text.details.number}
          />
        ))}
        {contact.emails?.map(({ type, address }) => (
          <Reach
            key={address}
            label={`${text.details.emails} (${text.placeTypes[type]})`}
            value={address}
            href={mailLink(address)}
            what={text.details.address}
          />
        ))}
        {contact.addresses?.map((address) => (
          <Fact key={JSON.stringify(address)} label={`${text.details.addresses} (${text.placeTypes[address.type]})`}>
            {addressLines(address).map((line) => (
              <bdi class="line" key={line}>
                {line}
              </bdi>
            ))}
          </Fact>
        ))}
        {contact.remark && (
          <Fact label={text.details.remark}>
            <p class="remark" dir="auto">
              {contact.remark}
            </p>
          </Fact>
        )}
        {book && (
          <Fact label={text.details.book}>
            <bdi>{bookName(texts, book)}</bdi>
          </Fact>
        )}
      </dl>
      <History contact={contact} />
    </div>
  );
}

function History({ contact }: { contact: Contact }) {
  const { contacts: text } = useTexts();
  const client = useClient();
  const format = useFormat();
  const by = contact.updatedBy;
  const who = by === undefined ? '' : client.mirror('extensions').get(by)?.name || by;
  return (
    <p class="history">
      {text.details.created(format.full(contact.created))}
      {contact.rev > 1 && (
        <>
          <br />
          {text.details.changed(format.full(contact.updated), contact.kind === 'company' ? who : '')}
        </>
      )}
    </p>
  );
}
