// A chat message as the table `messages` holds it, once for each of the two who write to each other, and as they are shown it. Pure.

export interface MessageRow {
  /** Scope: the extension whose copy it is. */
  readonly owner: string;
  /** The other one. */
  readonly with: string;
  readonly from: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly text: string;
  /** When a client or a phone of the receiver got it. */
  readonly delivered?: string;
  readonly read?: string;
}

/** The item of `messages`. */
export interface MessageItem extends Omit<MessageRow, 'owner'> {
  readonly id: string;
}

/** The id of the row that is the owner's copy of a message. */
export function messageRowId(owner: string, id: string): string {
  return `${owner} ${id}`;
}

/** The id of the message of which a row is a copy. */
export function messageIdOf(rowId: string): string {
  return rowId.slice(rowId.indexOf(' ') + 1);
}

export function messageItem(rowId: string, { owner: _owner, ...message }: MessageRow): MessageItem {
  return { id: messageIdOf(rowId), ...message };
}
