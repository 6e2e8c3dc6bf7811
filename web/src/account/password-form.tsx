// Changing one's own password.
import { useState } from 'preact/hooks';
import type { RequestFailure } from '../../../client/api.ts';
import { useClient, useSession } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { failureText, issueText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { checkPasswords, NO_PASSWORDS, type PasswordField, type PasswordIssue } from './check-passwords.ts';

type Wrong = Partial<Record<PasswordField, string>>;

export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const client = useClient();
  const texts = useTexts();
  const { extension } = useSession();
  const { password: text } = texts.account;
  const [entered, setEntered] = useState(NO_PASSWORDS);
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const [end, setEnd] = useState<{ kind: 'success' | 'error'; text: string }>();
  const words: Readonly<Record<PasswordIssue, string>> = {
    empty: text.needCurrent,
    length: texts.common.issue.passwordLength,
    differs: text.differs,
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const issues = checkPasswords(entered);
    const found = Object.fromEntries(Object.entries(issues).map(([field, issue]) => [field, words[issue]]));
    setWrong(found);
    setEnd(undefined);
    const [first] = Object.keys(found);
    if (first) return form.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
    if (busy) return;
    setBusy(true);
    try {
      await client.request('users.set', { id: extension, password: entered.next, current: entered.current });
      setEntered(NO_PASSWORDS);
      setEnd({ kind: 'success', text: text.done });
      onChanged();
    } catch (thrown) {
      const { reason, issues: told = [] } = thrown as RequestFailure;
      const ofNext = told.find(({ path }) => path === 'password');
      if (reason === 'wrong_password') setWrong({ current: failureText(texts, thrown) });
      else if (ofNext) setWrong({ next: issueText(texts.common.issue, ofNext.message) });
      else setEnd({ kind: 'error', text: failureText(texts, thrown) });
    }
    setBusy(false);
  };
  const field = (name: PasswordField, label: string, hint?: string) => (
    <Field label={label} hint={hint} error={wrong[name]}>
      {(ids) => (
        <input
          {...ids}
          name={name}
          type="password"
          autocomplete={name === 'current' ? 'current-password' : 'new-password'}
          value={entered[name]}
          onInput={(event) => setEntered({ ...entered, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <section class="card" aria-labelledby="password">
      <h2 id="password">{text.title}</h2>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <input type="text" name="username" autocomplete="username" value={extension} readOnly hidden />
        {field('current', text.current)}
        {field('next', text.next, text.hint)}
        {field('repeat', text.repeat)}
        <div role="status">{end && <Notice kind={end.kind}>{end.text}</Notice>}</div>
        <Button kind="primary" type="submit" busy={busy}>
          {text.submit}
        </Button>
      </form>
    </section>
  );
}
