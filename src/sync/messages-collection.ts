// A user's own chat messages as a collection: the same to all his sessions.
import { type MessageRow, messageIdOf, messageItem } from '../service/message-row.ts';
import type { OwnCollection } from './catalog.ts';
import { ALL, type Audience } from './collection.ts';

/** `told`: a session of this extension holds all messages that were written to it so far. */
export function messagesCollections(told: (extension: string) => void): OwnCollection {
  const own: Audience = {
    key: 'own',
    view: 'own',
    sees: ALL,
    encode: (id, value) => JSON.stringify(messageItem(id, value as MessageRow)),
  };
  return ({ extension }) => ({
    name: 'messages',
    table: 'messages',
    scope: extension,
    isNew: () => false,
    audience: (viewer) => (viewer.extension === extension ? own : null),
    itemId: messageIdOf,
    told: () => told(extension),
  });
}
