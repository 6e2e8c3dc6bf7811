// A new password for a user, by the rules of the server: typed or made up, shown when wanted, and how strong it is.
import { useState } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { useTexts } from '../texts/texts.ts';
import { passwordFrom, strengthOf } from './user-form.ts';

interface PasswordFieldProps {
  readonly value: string;
  /** He has one already. */
  readonly has: boolean;
  readonly error?: string | undefined;
  readonly onChange: (password: string) => void;
}

export function PasswordField({ value, has, error, onChange }: PasswordFieldProps) {
  const texts = useTexts();
  const { users } = texts.admin;
  const [shown, setShown] = useState(false);
  const make = () => {
    onChange(passwordFrom(crypto.getRandomValues(new Uint32Array(14))));
    setShown(true);
  };
  const strength = strengthOf(value);
  return (
    <div class="password">
      <Field
        label={has ? users.newPassword : users.password}
        hint={has ? users.newPasswordHint : users.passwordHint}
        error={error}
      >
        {(ids) => (
          <input
            {...ids}
            {...(shown ? { type: 'text' } : { type: 'password' })}
            autoComplete="new-password"
            spellcheck={false}
            maxLength={512}
            value={value}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Field>
      <p class="field-hint" role="status">
        {value !== '' && users.strength[strength]}
      </p>
      <span class="buttons">
        <Button kind="quiet" pressed={shown} onClick={() => setShown(!shown)}>
          {texts.login.show}
        </Button>
        <Button kind="quiet" onClick={make}>
          {users.makePassword}
        </Button>
      </span>
    </div>
  );
}
