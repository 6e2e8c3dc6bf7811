// The AMI link as the rest of `pbx` sees it: actions, lists and events on whatever connection is up.
import type { AmiMessage } from './message.ts';

/** Header names as Asterisk documents them, such as `Family`. `Variable` may be a map of channel variables. */
export type ActionFields = Readonly<Record<string, string | Readonly<Record<string, string>>>> & {
  readonly Action: string;
};

export type LinkEvent =
  /** Logged in and fully booted. Each connection has the next generation number. */
  | { readonly kind: 'up'; readonly generation: number }
  | { readonly kind: 'event'; readonly generation: number; readonly name: string; readonly message: AmiMessage }
  | { readonly kind: 'down'; readonly generation: number }
  /** A connection was tried and did not come up. */
  | { readonly kind: 'failed' };

export interface Link {
  /** Of the connection that is up, or null. */
  readonly generation: number | null;
  /** Sends an action. Rejects with AmiError: `refused` (Response: Error, or more than the link can hold), `timeout`, `away` (no link, or lost while waiting), `unsafe` (a value that must not leave). */
  action(fields: ActionFields): Promise<AmiMessage>;
  /** A list action: the items, up to the event with `EventList: Complete`. Rejects like `action`. */
  list(fields: ActionFields): Promise<readonly AmiMessage[]>;
  /** Events in the order they came. Returns the function that stops it. */
  subscribe(listener: (event: LinkEvent) => void): () => void;
}

export type AmiErrorKind = 'refused' | 'timeout' | 'away' | 'unsafe';

export class AmiError extends Error {
  readonly kind: AmiErrorKind;
  constructor(kind: AmiErrorKind, message: string) {
    super(message);
    this.name = 'AmiError';
    this.kind = kind;
  }
}
