// A number that is to be kept, such as one of the call history: as a new contact, or with one that there is.
import { useEffect, useState } from 'preact/hooks';
import { displayName } from '../../../client/display-name.ts';
import type { Contact, NumberType } from '../../../client/types.ts';
import { LIMITS, NUMBER_TYPES } from '../../../src/domain/contact.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field, Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { toast } from '../parts/toast.ts';
import { go, place } from '../route.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName } from './books.ts';
import { ContactEditor } from './contact-editor.tsx';
import { useContactSearch } from './use-contacts.ts';

interface AddNumberPageProps {
  readonly number: string;
  /** The call of the history that it is of: one comes back to it. */
  readonly call: string | undefined;
}

export function AddNumberPage({ number: given, call }: AddNumberPageProps) {
  const client = useClient();
  const { addNumber: text, editor } = useTexts().contacts;
  const [number, setNumber] = useState(given);
  const [way, setWay] = useState<'new' | 'existing'>();
  const books = client.mirror('books');
  useMirror(books);
  useEffect(() => setNumber(given), [given]);
  const manages = [...books.values()].some(({ rights }) => rights.manage);
  const open = (contact: Contact) =>
    go(place(call === undefined ? ['contacts', contact.book, contact.id] : ['calls', call]), {
      replace: call !== undefined,
    });
  return (
    <Page title={text.title}>
      <div class="narrow-column">
        <Field label={text.number}>
          {(ids) => (
            <input
              {...ids}
              type="tel"
              maxLength={2 * LIMITS.number}
              value={number}
              onInput={(event) => setNumber(event.currentTarget.value)}
            />
          )}
        </Field>
        <Known number={number} />
        {!manages && books.state === 'live' && <Notice kind="info">{text.noBook}</Notice>}
        <h2>{text.choose}</h2>
        <div class="choice">
          <Button kind="primary" icon="add" disabled={!manages || number.trim() === ''} onClick={() => setWay('new')}>
            {text.newContact}
          </Button>
          <Button
            icon="person"
            expanded={way === 'existing'}
            disabled={!manages || number.trim() === ''}
            onClick={() => setWay(way === 'existing' ? undefined : 'existing')}
          >
            {text.existing}
          </Button>
        </div>
        {way === 'existing' && <Existing number={number} onDone={open} />}
      </div>
      {way === 'new' && (
        <ContactEditor
          key={editor.add}
          number={number.trim()}
          onDone={(contact) => {
            setWay(undefined);
            if (contact) open(contact);
          }}
        />
      )}
    </Page>
  );
}

/** Who has the number already, if anybody whom the user may see. */
function Known({ number }: { number: string }) {
  const client = useClient();
  const { addNumber: text } = useTexts().contacts;
  const [name, setName] = useState('');
  useEffect(() => {
    setName('');
    if (!/\d/.test(number)) return;
    let isLatest = true;
    const ask = async () => {
      const found = await client.request('lookup.number', { number: number.trim().slice(0, 64) });
      const by = found.contact ? displayName(found.contact) : found.name;
      if (isLatest && by) setName(by);
    };
    const timer = setTimeout(() => void ask().catch(() => undefined), 200); // only a hint
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [client, number]);
  return <div role="status">{name && <Notice kind="info">{text.known(name)}</Notice>}</div>;
}

/** Choosing the contact that gets the number. */
function Existing({ number, onDone }: { number: string; onDone: (contact: Contact) => void }) {
  const texts = useTexts();
  const { addNumber: text } = texts.contacts;
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Contact>();
  const books = useClient().mirror('books');
  useMirror(books);
  const { found } = useContactSearch(typed, undefined);
  return (
    <>
      <SearchField label={text.search} hint={texts.contacts.searchHint} value={typed} onInput={setTyped} />
      {found && (
        <>
          <p class="list-count" role="status">
            {texts.common.found(found.contacts.length)}
          </p>
          <ul class="found-contacts" aria-label={text.results}>
            {found.contacts.slice(0, 50).map((contact) => {
              const book = books.get(contact.book);
              const name = displayName(contact);
              return (
                <li key={contact.id}>
                  <button type="button" disabled={!book?.rights.manage} onClick={() => setChosen(contact)}>
                    <Avatar name={name} kind={contact.kind} />
                    <span class="choice-text">
                      <bdi>{name}</bdi>
                      <span class="row-sub">{contact.numbers.map(({ number: other }) => other).join(', ')}</span>
                    </span>
                    <span class="tag">
                      {book && bookName(texts, book)}
                      {!book?.rights.manage && ` · ${text.viewOnly}`}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </>
      )}
      {chosen && (
        <TypeDialog contact={chosen} number={number.trim()} onCancel={() => setChosen(undefined)} onDone={onDone} />
      )}
    </>
  );
}

interface TypeDialogProps {
  readonly contact: Contact;
  readonly number: string;
  readonly onCancel: () => void;
  readonly onDone: (contact: Contact) => void;
}

function TypeDialog({ contact, number, onCancel, onDone }: TypeDialogProps) {
  const client = useClient();
  const texts = useTexts();
  const { addNumber: text, numberTypes } = texts.contacts;
  const [type, setType] = useState<NumberType>('mobile');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const name = displayName(contact);
  const add = async () => {
    setBusy(true);
    try {
      const before = client.contacts.get(contact.id)?.rev;
      const result = await client.request('contacts.addNumber', { id: contact.id, type, number });
      toast(result.contact.rev === before ? text.there(name) : text.done(name));
      onDone(result.contact);
    } catch (thrown) {
      setFailure(failureText(texts, thrown));
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onCancel}>{texts.common.cancel}</Button>
      <Button kind="primary" busy={busy} onClick={() => void add()}>
        {text.addTo(name)}
      </Button>
    </>
  );
  return (
    <Dialog title={text.addTo(name)} onClose={onCancel} footer={footer}>
      {failure && <Notice kind="error">{failure}</Notice>}
      <p>
        <bdi>{number}</bdi>
      </p>
      <Select
        label={text.type}
        value={type}
        options={NUMBER_TYPES.map((value) => ({ value, text: numberTypes[value] }))}
        onChange={setType}
      />
    </Dialog>
  );
}
