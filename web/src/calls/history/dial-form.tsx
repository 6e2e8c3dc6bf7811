// Calling a number that is typed, and choosing with what calls are made here.
import { useState } from 'preact/hooks';
import { useClient } from '../../hooks/use-client.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { telLink } from '../../parts/links.ts';
import { announce } from '../../parts/toast.ts';
import { useTexts } from '../../texts/texts.ts';
import { dialRefusal } from '../dial-refusal.ts';
import { order } from '../orders.ts';
import { useCalling } from '../use-calling.ts';
import { WaySelect } from '../way-select.tsx';

/** Longer than any number; what is longer is refused. */
const LONGEST = 256;

export function DialForm() {
  const texts = useTexts();
  const { dial: text, refused } = texts.calls;
  const client = useClient();
  const { way } = useCalling();
  const [number, setNumber] = useState('');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const refuse = (why: string) => {
    setFailure(why);
    announce(why);
  };
  const submit = async () => {
    const wanted = number.trim();
    if (busy) return;
    if (wanted === '') return refuse(text.empty);
    if (way === 'device') return useDevice(wanted);
    setBusy(true);
    setFailure('');
    const refusal = await order(client, wanted, wanted, true);
    setBusy(false);
    if (refusal === undefined) setNumber('');
    else refuse(dialRefusal(texts, refusal));
  };
  const useDevice = (wanted: string) => {
    const href = telLink(wanted);
    if (href === undefined) return refuse(refused.notANumber);
    setFailure('');
    location.assign(href);
  };
  return (
    <form
      class="dial-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label={text.label} quiet error={failure}>
        {(ids) => (
          <input
            {...ids}
            type="tel"
            placeholder={text.label}
            autocomplete="off"
            maxLength={LONGEST}
            value={number}
            onInput={(event) => {
              setNumber(event.currentTarget.value);
              setFailure('');
            }}
          />
        )}
      </Field>
      <Button kind="primary" type="submit" icon="phone" busy={busy}>
        {text.submit}
      </Button>
      <WaySelect class="beside" />
    </form>
  );
}
