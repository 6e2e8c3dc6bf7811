// The form of one user: who he is, his groups, what he may do, and a new password. Asks before it takes away what would be missed.
import { useState } from 'preact/hooks';
import type { User } from '../../../client/types.ts';
import { useClient, useSession } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { Checkbox, Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText, issueText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { GroupChips } from './group-chips.tsx';
import { PasswordField } from './password-field.tsx';
import type { People } from './use-people.ts';
import { changesOf, faultsOf, formOf, type Risk, risksOf, type UserField, type UserForm } from './user-form.ts';

const FORM = 'user-form';
type Errors = Partial<Record<UserField, string>>;

interface UserDialogProps {
  /** Without one: a new user. */
  readonly user?: User;
  readonly people: People;
  readonly onClose: () => void;
}

export function UserDialog({ user: opened, people, onClose }: UserDialogProps) {
  const { admin, common } = useTexts();
  const { users: texts } = admin;
  const form = useUserForm(opened, people, onClose);
  const { value, set, errors } = form;
  const footer = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={form.busy}>
        {opened ? common.save : texts.add}
      </Button>
    </>
  );
  return (
    <Dialog title={opened ? texts.edit(opened.id) : texts.add} onClose={onClose} footer={footer}>
      <form id={FORM} onSubmit={form.submit} noValidate class="form">
        {form.changed && <Notice kind="warning">{texts.changedMeanwhile}</Notice>}
        {!opened && <TextField {...form} field="id" keyboard="numeric" hint={texts.idHint} />}
        <TextField {...form} field="name" hint={texts.nameHint} />
        <TextField {...form} field="email" keyboard="email" hint={texts.emailHint} />
        <TextField {...form} field="mobile" keyboard="tel" />
        <GroupChips
          groups={value.groups}
          known={people.groups}
          error={errors.groups}
          onChange={(groups) => set({ groups })}
        />
        <Checkbox
          label={texts.isAdmin}
          hint={texts.adminHint}
          checked={value.admin}
          onChange={(on) => set({ admin: on })}
        />
        <Checkbox
          label={texts.isDisabled}
          hint={texts.disabledHint}
          checked={value.disabled}
          onChange={(on) => set({ disabled: on })}
        />
        <PasswordField
          value={value.password}
          has={opened?.hasPassword ?? false}
          error={errors.password}
          onChange={(password) => set({ password })}
        />
        {form.failure && <Notice kind="error">{form.failure}</Notice>}
      </form>
      {form.risks.length > 0 && (
        <Confirm
          title={texts.sure}
          text={form.risks.map((risk) => <p key={risk}>{texts.risks[risk]}</p>)}
          action={texts.saveAnyway}
          danger
          busy={form.busy}
          onCancel={form.reconsider}
          onConfirm={form.save}
        />
      )}
    </Dialog>
  );
}

interface TextFieldProps {
  readonly value: UserForm;
  readonly errors: Errors;
  readonly set: (part: Partial<UserForm>) => void;
  readonly field: 'id' | 'name' | 'email' | 'mobile';
  readonly hint?: string;
  /** The keyboard that phones show. */
  readonly keyboard?: 'numeric' | 'email' | 'tel';
}

function TextField({ value, errors, set, field, hint, keyboard }: TextFieldProps) {
  const { users: texts } = useTexts().admin;
  return (
    <Field label={texts.fields[field]} hint={hint} error={errors[field]}>
      {(ids) => (
        <input
          {...ids}
          type="text"
          inputMode={keyboard}
          autoComplete="off"
          value={value[field]}
          onInput={(event) => set({ [field]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

function useUserForm(opened: User | undefined, people: People, onClose: () => void) {
  const texts = useTexts();
  const client = useClient();
  const own = useSession().extension;
  const [value, setValue] = useState(() => formOf(opened));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<string>();
  const [risks, setRisks] = useState<readonly Risk[]>([]);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const params = changesOf(opened, value);
    if (!params) return onClose();
    setBusy(true);
    setFailure(undefined);
    try {
      await client.request('users.set', params);
      toast(texts.admin.users.saved(value.name.trim() || params.id));
      onClose();
    } catch (thrown) {
      const found = errorsOf(thrown, texts);
      setErrors(found);
      if (Object.keys(found).length === 0) setFailure(failureText(texts, thrown));
      setRisks([]);
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const faults = Object.entries(faultsOf(opened, value, people.users));
    setErrors(Object.fromEntries(faults.map(([field, fault]) => [field, texts.admin.users.faults[fault]])));
    if (faults.length > 0) return focusFirstError(event.currentTarget as HTMLFormElement);
    const found = risksOf(opened, value, people.users, own);
    if (found.length > 0) setRisks(found);
    else save();
  };
  const present = opened && people.users.find(({ id }) => id === opened.id);
  return {
    ...{ value, errors, failure, risks, busy, save, submit },
    changed: opened !== undefined && !busy && JSON.stringify(present) !== JSON.stringify(opened),
    set: (part: Partial<UserForm>) => {
      setValue((old) => ({ ...old, ...part }));
      setErrors((old) => Object.fromEntries(Object.entries(old).filter(([field]) => !(field in part))));
    },
    reconsider: () => setRisks([]),
  };
}

/** What the server finds wrong, at its fields. */
function errorsOf(thrown: unknown, texts: ReturnType<typeof useTexts>): Errors {
  const { issues = [], reason } = thrown as { issues?: readonly { path: string; message: string }[]; reason?: string };
  if (reason === 'email_taken') return { email: texts.admin.users.faults.email_taken };
  const errors: Errors = {};
  for (const { path, message } of issues) {
    const field = path.split('.')[0] as UserField;
    if (field in formOf()) errors[field] ??= issueText(texts.common.issue, message);
  }
  return errors;
}

function focusFirstError(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
