// Everything that can be entered of a contact.
import type { NumberType, PlaceType } from '../../../client/types.ts';
import { LIMITS, NUMBER_TYPES, PLACE_TYPES } from '../../../src/domain/contact.ts';
import { Field, Select } from '../parts/field.tsx';
import { useTexts } from '../texts/texts.ts';
import { addressRow, type ContactForm, type FormIssues, type Line, PARTS, type Part, rowKey } from './contact-form.ts';
import { EditorRows } from './editor-rows.tsx';

interface EditorFieldsProps {
  readonly form: ContactForm;
  readonly issues: FormIssues;
  readonly onChange: (form: ContactForm) => void;
}

export function EditorFields(props: EditorFieldsProps) {
  const { form, issues, onChange } = props;
  const { editor: text } = useTexts().contacts;
  return (
    <>
      <div class="field-grid">
        <LineField {...props} line="firstName" />
        <LineField {...props} line="lastName" />
        <LineField {...props} line="company" />
        <LineField {...props} line="title" />
      </div>
      <NumberRows {...props} />
      <EmailRows {...props} />
      <AddressRows {...props} />
      <Field label={text.remark} error={issues['remark']}>
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            dir="auto"
            maxLength={LIMITS.remark}
            value={form.remark}
            onInput={(event) => onChange({ ...form, remark: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}

function LineField({ form, issues, onChange, line }: EditorFieldsProps & { line: Line }) {
  const { editor: text } = useTexts().contacts;
  return (
    <Field label={text[line]} error={issues[line]}>
      {(ids) => (
        <input
          {...ids}
          name={line}
          dir="auto"
          autocomplete="off"
          maxLength={LIMITS.name}
          value={form[line]}
          onInput={(event) => onChange({ ...form, [line]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

function NumberRows({ form, issues, onChange }: EditorFieldsProps) {
  const { editor: text, numberTypes } = useTexts().contacts;
  const types = NUMBER_TYPES.map((value) => ({ value, text: numberTypes[value] }));
  return (
    <EditorRows
      title={text.numbers}
      rows={form.numbers}
      onChange={(numbers) => onChange({ ...form, numbers })}
      most={LIMITS.numbers}
      needed
      make={() => ({ key: rowKey(), type: 'mobile' as NumberType, number: '' })}
      add={text.addNumber}
      name={text.number}
      words={text}
      error={issues['numbers']}
      row={(row, n, change) => (
        <>
          <Select
            label={text.numberType(n)}
            quiet
            class="row-kind"
            value={row.type}
            options={types}
            onChange={(type) => change({ ...row, type })}
            error={issues[`numbers.${row.key}.type`]}
          />
          <Field label={text.number(n)} quiet error={issues[`numbers.${row.key}.number`]}>
            {(ids) => (
              <input
                {...ids}
                aria-invalid={issues['numbers'] && n === 1 ? 'true' : ids['aria-invalid']}
                type="tel"
                autocomplete="off"
                maxLength={2 * LIMITS.number}
                value={row.number}
                onInput={(event) => change({ ...row, number: event.currentTarget.value })}
              />
            )}
          </Field>
        </>
      )}
    />
  );
}

function EmailRows({ form, issues, onChange }: EditorFieldsProps) {
  const { editor: text } = useTexts().contacts;
  const types = usePlaceTypes();
  return (
    <EditorRows
      title={text.emails}
      rows={form.emails}
      onChange={(emails) => onChange({ ...form, emails })}
      most={LIMITS.emails}
      make={() => ({ key: rowKey(), type: 'work' as PlaceType, address: '' })}
      add={text.addEmail}
      name={text.email}
      words={text}
      error={issues['emails']}
      row={(row, n, change) => (
        <>
          <Select
            label={text.emailType(n)}
            quiet
            class="row-kind"
            value={row.type}
            options={types}
            onChange={(type) => change({ ...row, type })}
            error={issues[`emails.${row.key}.type`]}
          />
          <Field label={text.email(n)} quiet error={issues[`emails.${row.key}.address`]}>
            {(ids) => (
              <input
                {...ids}
                type="text"
                inputMode="email"
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                maxLength={LIMITS.email}
                value={row.address}
                onInput={(event) => change({ ...row, address: event.currentTarget.value })}
              />
            )}
          </Field>
        </>
      )}
    />
  );
}

function AddressRows({ form, issues, onChange }: EditorFieldsProps) {
  const { editor: text } = useTexts().contacts;
  const types = usePlaceTypes();
  return (
    <EditorRows
      title={text.addresses}
      rows={form.addresses}
      onChange={(addresses) => onChange({ ...form, addresses })}
      most={LIMITS.addresses}
      make={() => addressRow({ type: 'work' })}
      add={text.addAddress}
      name={text.address}
      words={text}
      error={issues['addresses']}
      row={(row, n, change) => (
        <fieldset class="address-fields">
          <legend class="unseen">{text.address(n)}</legend>
          <Select
            label={text.addressType(n)}
            quiet
            class="row-kind"
            value={row.type}
            options={types}
            onChange={(type) => change({ ...row, type })}
          />
          {PARTS.map((part: Part) => (
            <Field key={part} label={text[part]} class={part} error={issues[`addresses.${row.key}.${part}`]}>
              {(ids) => (
                <input
                  {...ids}
                  dir="auto"
                  autocomplete="off"
                  maxLength={LIMITS.addressPart}
                  value={row[part]}
                  onInput={(event) => change({ ...row, [part]: event.currentTarget.value })}
                />
              )}
            </Field>
          ))}
        </fieldset>
      )}
    />
  );
}

function usePlaceTypes(): { value: PlaceType; text: string }[] {
  const { placeTypes } = useTexts().contacts;
  return PLACE_TYPES.map((value) => ({ value, text: placeTypes[value] }));
}
