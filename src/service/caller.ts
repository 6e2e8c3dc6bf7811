// Who a number is, for somebody who asks: the answer of a lookup, and its reasons. Types alone.
import type { ContactRow } from './contact-row.ts';
import type { Viewer } from './viewer.ts';

export type Directory = 'extension' | 'personal' | 'company';

export interface Caller {
  readonly directory: Directory;
  /** One line without control characters. */
  readonly name: string;
  /** The contact's company, when it has one. */
  readonly company?: string;
  /** Of a colleague: the extension number. */
  readonly extension?: string;
  readonly contact?: { readonly id: string; readonly row: ContactRow };
}

/** For whom: an extension that is called, a client, or nobody in particular, who knows what is open to everyone. */
export type Asker = { readonly callee: string } | { readonly viewer: Viewer } | 'anyone';

/** How a name was found, step by step. Holds no name but the found one. */
export interface Explanation {
  /** The keys looked for, the surest first, and the ending as `…9460000`. */
  readonly forms: readonly string[];
  /** Ids of the books searched, in order; the personal one is `personal`. */
  readonly books: readonly string[];
  /** Which rule named the caller, in one sentence; of nobody: why not. */
  readonly rule: string;
  /** Every step, one sentence each, in order. */
  readonly steps: readonly string[];
}
