// The log-in: extension number or e-mail and password; why one was refused, or logged out before.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RequestFailure } from '../../client/api.ts';
import { type Account, type Attempt, logIn } from './connection.ts';
import { Brand } from './parts/brand.tsx';
import { Button, IconButton } from './parts/button.tsx';
import { Checkbox, Field, type FieldIds, Select } from './parts/field.tsx';
import { Notice } from './parts/notice.tsx';
import { titlePage } from './parts/window-title.ts';
import { failureText } from './texts/failure-text.ts';
import { LANGUAGES, useLanguage, useTexts } from './texts/texts.ts';

type Why = Extract<Account, { kind: 'out' }>['why'];

export function LogInPage({ why }: { why: Why }) {
  const { login: text, common } = useTexts();
  const { id, choose } = useLanguage();
  useEffect(() => {
    titlePage(`${text.title} · ${common.product}`);
  }, [text, common]);
  const languages = Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, text: name }));
  return (
    <main class="door">
      <div class="door-box">
        <Brand />
        <h1>{text.title}</h1>
        <LogInForm why={why} />
      </div>
      <Select label={languageLabel(id)} quiet value={id} options={languages} onChange={choose} class="door-language" />
    </main>
  );
}

/** In the language itself and in English: for whoever cannot read the present one. */
function languageLabel(id: string): string {
  return id === 'en' ? 'Language' : 'Language / Sprache';
}

function LogInForm({ why }: { why: Why }) {
  const texts = useTexts();
  const { login: text } = texts;
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [keep, setKeep] = useState(false);
  const [seen, setSeen] = useState(false);
  const [missing, setMissing] = useState(false);
  const { attempt, away, failure, begin, stop } = useAttempt();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (attempt) return;
    const entered = login.trim();
    setMissing(entered === '' || password === '');
    if (entered !== '' && password !== '') return begin({ login: entered, password, keep });
    form.current?.querySelector<HTMLInputElement>(entered === '' ? 'input' : '[name=password]')?.focus();
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      {failure ? (
        <Notice kind="error">{refusalText(texts, failure)}</Notice>
      ) : away ? (
        <Notice kind="warning">{text.away}</Notice>
      ) : (
        why && !attempt && <Notice kind="info">{text.ended[why]}</Notice>
      )}
      <Field label={text.login} error={missing && login.trim() === '' ? text.needLogin : undefined}>
        {(ids) => (
          <input
            {...ids}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={login}
            onInput={(event) => setLogin(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field
        label={text.password}
        hint={text.passwordHint}
        error={missing && password === '' ? text.needPassword : undefined}
      >
        {(ids) => (
          <div class="with-button">
            <PasswordInput ids={ids} seen={seen} value={password} onInput={setPassword} />
            <IconButton
              label={seen ? text.hide : text.show}
              icon={seen ? 'eyeOff' : 'eye'}
              onClick={() => setSeen(!seen)}
            />
          </div>
        )}
      </Field>
      <Checkbox label={text.keep} checked={keep} onChange={setKeep} />
      <Button kind="primary" type="submit" busy={attempt !== undefined}>
        {text.submit}
      </Button>
      {away && (
        <div class="door-actions">
          <Button onClick={() => attempt?.client.reconnect()}>{texts.common.connection.retryNow}</Button>
          <Button kind="quiet" onClick={stop}>
            {text.stop}
          </Button>
        </div>
      )}
    </form>
  );
}

interface PasswordInputProps {
  readonly ids: FieldIds;
  readonly seen: boolean;
  readonly value: string;
  readonly onInput: (text: string) => void;
}

function PasswordInput({ ids, seen, value, onInput }: PasswordInputProps) {
  const take = (event: { readonly currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value);
  const all = { ...ids, name: 'password', autocomplete: 'current-password', value, onInput: take } as const;
  return seen ? <input {...all} type="text" /> : <input {...all} type="password" />;
}

function refusalText(texts: ReturnType<typeof useTexts>, failure: RequestFailure): string {
  if (failure.code === 401) return texts.login.refused;
  if (failure.code === 429) return texts.login.throttled(Math.ceil(failure.retryAfter ?? 1));
  return failureText(texts, failure);
}

/** One attempt at a time. While the server is away it goes on trying until it is stopped. */
function useAttempt() {
  const [attempt, setAttempt] = useState<Attempt>();
  const [away, setAway] = useState(false);
  const [failure, setFailure] = useState<RequestFailure>();
  const stop = () => {
    attempt?.stop();
    setAttempt(undefined);
    setAway(false);
  };
  const begin = (given: Parameters<typeof logIn>[0]) => {
    const next = logIn(given);
    const unsubscribe = next.client.subscribe(() => setAway(next.client.state.kind === 'waiting'));
    setFailure(undefined);
    setAttempt(next);
    next.accepted.then(unsubscribe, (thrown: RequestFailure) => {
      unsubscribe();
      next.stop();
      setFailure(thrown);
      setAttempt(undefined);
      setAway(false);
    });
  };
  return { attempt, away, failure, begin, stop };
}
