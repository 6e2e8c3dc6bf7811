// Where in a chat the line stands below which everything is new to the user. Pure.
import type { Message } from '../../../client/types.ts';
import { isUnread } from './chats.ts';

/**
 * The id of the first new message. What is read while one looks on stays new to the eye; what comes while one looks makes no line. `before`: as
 * it was; `isSeen`: the user looks at the end of the chat.
 */
export function newLine(before: string | undefined, messages: readonly Message[], isSeen: boolean): string | undefined {
  if (isSeen) return before;
  const first = firstUnread(messages);
  if (!first) return before;
  const line = messages.find(({ id }) => id === before);
  return line && isUnread(line) ? before : first.id;
}

/** Unread ones stand together at the end, but for what one wrote oneself in between. */
function firstUnread(messages: readonly Message[]): Message | undefined {
  let first: Message | undefined;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (!message) break;
    if (isUnread(message)) first = message;
    else if (message.from === message.with) break;
  }
  return first;
}
