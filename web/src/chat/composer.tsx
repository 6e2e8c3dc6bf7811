// Where one writes a message. Enter sends it and Shift with Enter begins a line, but on touch Enter begins a line as well.
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useFormat } from '../hooks/use-format.ts';
import { Icon } from '../parts/icon.tsx';
import { useTexts } from '../texts/texts.ts';
import { keepDraft, readDraft } from './kept-writing.ts';

interface ComposerProps {
  readonly user: string;
  readonly chat: string;
  readonly name: string;
  /** False: it is not taken, and stays where it is. */
  readonly onSend: (text: string) => boolean;
}

/** Characters, as the server counts them. */
const MOST = 4_000;
/** From here on it is told how many are left. */
const NEAR = 3_500;
const COARSE = '(pointer: coarse)';

export function Composer({ user, chat, name, onSend }: ComposerProps) {
  const { chat: text } = useTexts();
  const format = useFormat();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [written, setWritten] = useState(() => readDraft(user, chat));
  const message = written
    .replace(/^\n+/, '')
    .trimEnd()
    .replace(/\p{Surrogate}/gu, '\ufffd');
  const over = message.length - MOST;
  useLayoutEffect(() => {
    if (area.current) stretch(area.current);
  }, [written]);
  const change = (next: string) => {
    setWritten(next);
    keepDraft(user, chat, next);
  };
  const send = () => {
    if (message === '' || over > 0 || !onSend(message)) return;
    change('');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia(COARSE).matches) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        autocomplete="off"
        aria-label={text.compose(name)}
        placeholder={text.composeHint}
        aria-describedby={`${id}-count`}
        aria-invalid={over > 0 ? 'true' : undefined}
        value={written}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        class="icon-button composer-send"
        aria-label={text.send}
        title={text.send}
        disabled={message === '' || over > 0}
      >
        <Icon name="send" />
      </button>
      <p class={over > 0 ? 'field-error' : 'field-hint'} id={`${id}-count`} role="status">
        {over > 0
          ? text.over(format.count(over))
          : message.length > NEAR
            ? text.left(format.count(MOST - message.length))
            : ''}
      </p>
    </form>
  );
}

/** As high as what is written, up to what the styles allow. */
function stretch(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}
