// The dialog in which a contact is made or changed.
import { useEffect, useRef, useState } from 'preact/hooks';
import { displayName } from '../../../client/display-name.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { useTexts } from '../texts/texts.ts';
import { bookName, sortBooks } from './books.ts';
import { ConflictNotice } from './conflict-notice.tsx';
import { EditorFields } from './editor-fields.tsx';
import { type EditorStart, useContactEditor } from './use-contact-editor.ts';

export function ContactEditor(start: EditorStart) {
  const texts = useTexts();
  const { editor: text } = texts.contacts;
  const editor = useContactEditor(start);
  const [leaving, setLeaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { issues, failure, base } = editor;
  useEffect(() => {
    if (failure === '') return;
    const wrong = form.current?.querySelector<HTMLElement>(issues[''] ? '[name=firstName]' : '[aria-invalid]');
    (wrong ?? form.current?.querySelector<HTMLElement>('.notice'))?.scrollIntoView({ block: 'nearest' });
    wrong?.focus();
  }, [issues, failure]);
  useEffect(() => {
    if (!editor.isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [editor.isChanged]);
  const close = () => {
    if (editor.busy) return; // it may be saved already
    if (editor.isChanged) setLeaving(true);
    else start.onDone();
  };
  const footer = (
    <>
      <Button onClick={close}>{texts.common.cancel}</Button>
      <Button
        kind="primary"
        type="submit"
        form="contact-form"
        busy={editor.busy}
        disabled={editor.conflict !== undefined}
      >
        {texts.common.save}
      </Button>
    </>
  );
  return (
    <>
      <Dialog
        title={base ? text.edit(displayName(base.fields)) : text.add}
        size="large"
        onClose={close}
        footer={footer}
      >
        <form
          id="contact-form"
          class="contact-form"
          ref={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!editor.conflict) void editor.save();
          }}
        >
          <ConflictNotice editor={editor} onClose={() => start.onDone()} />
          {failure && <Notice kind="error">{failure}</Notice>}
          {!base && <BookChoice value={editor.book} onChange={editor.setBook} />}
          <EditorFields form={editor.form} issues={issues} onChange={editor.setForm} />
          <p class="hint">{text.required}</p>
        </form>
      </Dialog>
      {leaving && (
        <Confirm
          title={text.discardTitle}
          text={<p>{text.discardText}</p>}
          action={text.discard}
          cancel={text.keepEditing}
          danger
          onConfirm={() => start.onDone()}
          onCancel={() => setLeaving(false)}
        />
      )}
    </>
  );
}

/** Personal, or a company book that the user may change. */
function BookChoice({ value, onChange }: { value: string; onChange: (book: string) => void }) {
  const texts = useTexts();
  const mirror = useClient().mirror('books');
  useMirror(mirror);
  const books = sortBooks([...mirror.values()].filter(({ rights }) => rights.manage));
  return (
    <Select
      label={texts.contacts.editor.book}
      value={value}
      options={books.map((book) => ({ value: book.id, text: bookName(texts, book) }))}
      onChange={onChange}
    />
  );
}
