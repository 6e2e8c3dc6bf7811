// The messages of a chat, oldest first, in their days, with the line below which they are new.
import { useEffect, useMemo } from 'preact/hooks';
import type { Message } from '../../../client/types.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { useTexts } from '../texts/texts.ts';
import { isUnread } from './chats.ts';
import type { Unsent } from './kept-writing.ts';
import { type Day, daysOf } from './lines.ts';
import { MessageItem } from './message-item.tsx';
import { useMessageWindow } from './use-message-window.ts';

interface LinesProps {
  /** Of the other one. */
  readonly name: string;
  /** The message above which the line of new messages stands. */
  readonly newFrom: string | undefined;
  /** Both stay the same functions. */
  readonly onAgain: (id: string) => void;
  readonly onDiscard: (id: string) => void;
}

interface MessageLogProps extends LinesProps {
  readonly messages: readonly Message[];
  /** Another one after each change of the messages. */
  readonly version: number;
  readonly unsent: readonly Unsent[];
  readonly isConnected: boolean;
  /** How many the user has written here: another one is looked at, wherever he has scrolled to. */
  readonly written: number;
  /** Told whether the end is in sight. */
  readonly onEnd: (isAtEnd: boolean) => void;
}

export function MessageLog(props: MessageLogProps) {
  const { name, messages, version, unsent, isConnected, newFrom, onEnd, onAgain, onDiscard } = props;
  const { chat } = useTexts();
  const count = messages.length + unsent.length;
  const first = newFrom === undefined ? -1 : messages.findIndex(({ id }) => id === newFrom);
  const { box, range, isAtEnd, toEnd, onKeyDown } = useMessageWindow({ count, index: first < 0 ? undefined : first });
  useEffect(() => onEnd(isAtEnd), [isAtEnd, onEnd]);
  useEffect(() => {
    if (props.written > 0) toEnd();
  }, [props.written, toEnd]);
  const days = useMemo(
    () => daysOf(messages, unsent, { ...range, isConnected }),
    [messages, version, unsent, range.from, range.to, isConnected],
  );
  const unread = isAtEnd ? 0 : messages.reduce((sum, message) => sum + (isUnread(message) ? 1 : 0), 0);
  return (
    <div class="log-frame">
      <div
        class="log"
        role="log"
        aria-live={isAtEnd ? 'polite' : 'off'}
        aria-label={chat.log(name)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keyboard
        tabIndex={0}
        ref={box}
        onKeyDown={onKeyDown}
      >
        {count === 0 && <p class="log-empty">{chat.nothingYet}</p>}
        {days.map((day) => (
          <DayLines key={day.id} day={day} name={name} newFrom={newFrom} onAgain={onAgain} onDiscard={onDiscard} />
        ))}
      </div>
      {/* Always there, so that screen readers tell what comes into it. */}
      <div class="to-end" role="status">
        {!isAtEnd && count > 0 && (
          <Button icon="down" label={`${unread > 0 ? `${chat.unread(unread)}. ` : ''}${chat.toEnd}`} onClick={toEnd}>
            {unread > 0 ? chat.unread(unread) : ''}
          </Button>
        )}
      </div>
    </div>
  );
}

function DayLines({ day, name, newFrom, onAgain, onDiscard }: LinesProps & { readonly day: Day }) {
  const { chat } = useTexts();
  const format = useFormat();
  return (
    <section class="log-day">
      <h3>{format.day(day.at)}</h3>
      <ol>
        {day.lines.flatMap((line) => [
          ...(line.id === newFrom
            ? [
                <li key="new" class="log-new" data-new>
                  {chat.new}
                </li>,
              ]
            : []),
          <MessageItem
            key={line.id}
            id={line.id}
            text={line.text}
            at={line.at}
            state={line.state}
            stateAt={line.stateAt}
            refusal={line.refusal}
            isFirst={line.isFirst}
            author={line.state === 'theirs' ? name : chat.you}
            onAgain={onAgain}
            onDiscard={onDiscard}
          />,
        ])}
      </ol>
    </section>
  );
}
