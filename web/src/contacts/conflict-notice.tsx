// Somebody else has changed or deleted the contact that is being edited: what differs, and which of the two is to count.
import type { Contact, ContactFields } from '../../../client/types.ts';
import { useClient, useSession } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.ts';
import { addressLines } from './address-lines.ts';
import { changedFields, type FieldName, fieldsOf } from './contact-form.ts';
import type { useContactEditor } from './use-contact-editor.ts';

type Editor = ReturnType<typeof useContactEditor>;

export function ConflictNotice({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const { conflict: text } = useTexts().contacts;
  const { common } = useTexts();
  const { conflict, base } = editor;
  if (conflict === undefined || !base) return null;
  if (conflict !== 'deleted') return <Changed editor={editor} theirs={conflict} before={base.fields} />;
  return (
    <Notice kind="error">
      <p>{text.deleted}</p>
      <div class="notice-actions">
        <Button onClick={editor.addAgain}>{text.addAgain}</Button>
        <Button onClick={onClose}>{common.close}</Button>
      </div>
    </Notice>
  );
}

function Changed({ editor, theirs, before }: { editor: Editor; theirs: Contact; before: ContactFields }) {
  const texts = useTexts();
  const { conflict: text, editor: labels } = texts.contacts;
  const format = useFormat();
  const who = useWho(theirs);
  const mine = fieldsOf(editor.form);
  const touched = new Set(changedFields(before, mine));
  const rows = changedFields(theirs, mine).filter(
    (name) => touched.has(name) || changedFields(before, theirs).includes(name),
  );
  return (
    <Notice kind="error">
      <p>
        <strong>{text.title(who, format.moment(theirs.updated))}</strong>
      </p>
      {rows.length > 0 && (
        <table class="differences">
          <thead>
            <tr>
              <th scope="col">{text.field}</th>
              <th scope="col">{text.theirs}</th>
              <th scope="col">{text.mine}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((name) => (
              <tr key={name}>
                <th scope="row">{labels[name]}</th>
                <td>
                  <bdi>{shown(texts, theirs, name)}</bdi>
                </td>
                <td>{touched.has(name) ? <bdi>{shown(texts, mine, name)}</bdi> : <em>{text.kept}</em>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div class="notice-actions">
        <Button onClick={() => editor.take(theirs)}>{text.takeTheirs}</Button>
        <Button kind="danger" busy={editor.busy} onClick={() => void editor.save(theirs.rev)}>
          {text.saveMine}
        </Button>
      </div>
    </Notice>
  );
}

function useWho({ updatedBy }: Contact): string {
  const { conflict: text } = useTexts().contacts;
  const { extension } = useSession();
  const extensions = useClient().mirror('extensions');
  if (updatedBy === undefined) return text.somebody;
  return updatedBy === extension ? text.yourself : extensions.get(updatedBy)?.name || updatedBy;
}

/** A field in words. */
function shown({ contacts }: Texts, fields: ContactFields, name: FieldName): string {
  const { numberTypes, placeTypes, conflict } = contacts;
  const texts: Readonly<Record<FieldName, string | undefined>> = {
    firstName: fields.firstName,
    lastName: fields.lastName,
    company: fields.company,
    title: fields.title,
    remark: fields.remark,
    numbers: fields.numbers.map(({ type, number }) => `${numberTypes[type]} ${number}`).join('; '),
    emails: fields.emails?.map(({ type, address }) => `${placeTypes[type]} ${address}`).join('; '),
    addresses: fields.addresses
      ?.map((address) => `${placeTypes[address.type]} ${addressLines(address).join(', ')}`)
      .join('; '),
  };
  return texts[name] || conflict.nothing;
}
