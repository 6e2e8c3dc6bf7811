// Which chats, and which colleagues one could begin a chat with, a search text leaves. Pure.
import type { Extension, Message } from '../../../client/types.ts';
import { filterExtensions } from '../directory/extension-search.ts';

export interface ChatRowData {
  /** The extension of the other one. */
  readonly id: string;
  /** Undefined: nothing has been written yet. */
  readonly last?: Message;
}

interface Searched {
  /** The last of each chat, newest first. */
  readonly last: readonly Message[];
  /** In the order of the directory. */
  readonly extensions: readonly Extension[];
  readonly own: string;
  readonly text: string;
  /** Colleagues without a chat too, also when nothing is searched for. */
  readonly everybody: boolean;
}

/** Chats before colleagues. Of somebody who is not seen any more only the number is searched. */
export function chatRows({ last, extensions, own, text, everybody }: Searched): readonly ChatRowData[] {
  const chats = last.map((message): ChatRowData => ({ id: message.with, last: message }));
  const searched = text.trim();
  const begin = (among: readonly Extension[]) => {
    const written = new Set(last.map((message) => message.with));
    return among.filter(({ id }) => id !== own && !written.has(id)).map(({ id }): ChatRowData => ({ id }));
  };
  if (searched === '') return everybody ? [...chats, ...begin(extensions)] : chats;
  const found = filterExtensions(extensions, { text, group: '', availableOnly: false }, () => undefined);
  const ids = new Set(found.map(({ id }) => id));
  return [...chats.filter(({ id }) => ids.has(id) || id.includes(searched)), ...begin(found)];
}
