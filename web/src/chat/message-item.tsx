// One message: who wrote it, what, when, and of one's own how far it has come.
import { useState } from 'preact/hooks';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { memo } from '../parts/memo.ts';
import type { Texts } from '../texts/en.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import type { Refusal } from './kept-writing.ts';
import type { LineState } from './lines.ts';
import { textParts } from './text-parts.ts';

interface MessageItemProps {
  readonly id: string;
  readonly text: string;
  readonly at: string;
  readonly state: LineState;
  readonly stateAt: string | undefined;
  readonly refusal: Refusal | undefined;
  readonly isFirst: boolean;
  /** Of the one who wrote it. */
  readonly author: string;
  readonly onAgain: (id: string) => void;
  readonly onDiscard: (id: string) => void;
}

const ICONS: Readonly<Record<Exclude<LineState, 'theirs'>, IconName>> = {
  waiting: 'clock',
  sending: 'clock',
  refused: 'error',
  sent: 'check',
  delivered: 'checks',
  read: 'eye',
};

/** Of a longer one the beginning is shown, until one asks for all of it. */
const LONG = { characters: 1_200, lines: 24 };

export const MessageItem = memo((props: MessageItemProps) => {
  const { id, text, at, state, refusal, isFirst, author } = props;
  const texts = useTexts();
  const format = useFormat();
  const isOwn = state !== 'theirs';
  return (
    <li class={`message ${isOwn ? 'own' : 'theirs'} ${state} ${isFirst ? 'first' : ''}`} data-message={id}>
      <p class={isFirst ? 'message-author' : 'unseen'}>
        <bdi>{author}</bdi>
      </p>
      <div class="message-body">
        <MessageText text={text} />
        <p class="message-foot">
          <time dateTime={at} title={format.full(at)}>
            {format.time(at)}
          </time>
          {isOwn && <Mark state={state} words={markWords(texts, props, format.moment)} />}
        </p>
      </div>
      {refusal && (
        <p class="message-refused">
          <span>{texts.chat.failed(refusalText(texts, refusal))}</span>
          <Button kind="quiet" onClick={() => props.onAgain(id)}>
            {texts.chat.again}
          </Button>
          <Button kind="quiet" onClick={() => props.onDiscard(id)}>
            {texts.chat.discard}
          </Button>
        </p>
      )}
      {state === 'waiting' && <p class="message-refused">{texts.chat.waiting}</p>}
    </li>
  );
});

function MessageText({ text }: { text: string }) {
  const { chat } = useTexts();
  const [all, setAll] = useState(false);
  const shown = all ? text : beginning(text);
  return (
    <>
      <p class="message-text" dir="auto">
        {textParts(shown).map((part, i) =>
          part.href === undefined ? (
            part.text
          ) : (
            <a key={i} href={part.href} target="_blank" rel="noopener noreferrer">
              <bdi>{part.text}</bdi>
            </a>
          ),
        )}
        {shown.length < text.length && ' …'}
      </p>
      {shown.length < text.length && (
        <Button kind="quiet" onClick={() => setAll(true)}>
          {chat.all}
        </Button>
      )}
    </>
  );
}

function Mark({ state, words }: { state: Exclude<LineState, 'theirs'>; words: string }) {
  return (
    <span class="message-mark" title={words}>
      <Icon name={ICONS[state]} />
      <span class="unseen">{words}</span>
    </span>
  );
}

function markWords({ chat }: Texts, { state, stateAt }: MessageItemProps, moment: (at: string) => string): string {
  if (state === 'read') return chat.read(moment(stateAt ?? ''));
  if (state === 'delivered') return chat.delivered(moment(stateAt ?? ''));
  if (state === 'sent') return chat.sent;
  return state === 'refused' ? chat.failed('') : chat.sending;
}

function refusalText(texts: Texts, refusal: Refusal): string {
  const { gone, conflict, storage } = texts.chat.refused;
  const byCode: Readonly<Record<number, string>> = { 403: gone, 404: gone, 409: conflict, 507: storage };
  return byCode[refusal.code] ?? failureText(texts, refusal);
}

function beginning(text: string): string {
  const lines = text.split('\n', LONG.lines).join('\n');
  const cut = lines.length > LONG.characters ? lines.slice(0, LONG.characters) : lines;
  // not within a character of two units, nor for a few words at the end
  if (text.length - cut.length < 100 && text.split('\n').length <= LONG.lines + 2) return text;
  return cut.replace(/[\ud800-\udbff]$/, '');
}
