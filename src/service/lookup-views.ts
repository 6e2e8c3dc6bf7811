// What each asker may be told by a lookup: the books to look in and the colleagues to know of. Decides nothing itself: every
// answer is that of Access, kept until it says that one has changed.
import type { Access, Sight } from './access.ts';
import type { Asker, Directory } from './caller.ts';
import { ownerOf } from './contact-row.ts';
import type { Colleagues } from './lookup-colleagues.ts';
import type { Viewer } from './viewer.ts';

/** The same object until an answer may be another; of a client always a new one. */
export interface View {
  /** `client`: who asks himself; `user` and `extension`: the callee, with or without a log-in that counts; else `everyone`. */
  readonly kind: 'client' | 'user' | 'extension' | 'everyone';
  /** Of the books, in the order in which the directories are asked. */
  readonly scopes: readonly string[];
  readonly sees: Sight['sees'];
  /** Of the sight. */
  readonly key: string;
  /** Whether colleagues may be told by their mobiles. */
  readonly mobiles: boolean;
}

interface ViewsParts {
  readonly access: Access;
  readonly colleagues: Colleagues;
  readonly order: readonly Directory[];
}

const NOTHING: View = { kind: 'client', scopes: [], sees: () => false, key: 'nobody', mobiles: false };

/** Callees whose views are kept. */
const MOST_KEPT = 1_000;

export class Views {
  readonly #parts: ViewsParts;
  readonly #kept = new Map<string, View>();
  #everyone: View | undefined;

  constructor(parts: ViewsParts) {
    this.#parts = parts;
  }

  of(asker: Asker): View {
    if (asker === 'anyone') return this.#ofEveryone();
    if ('viewer' in asker) return this.#ofClient(asker.viewer);
    return this.#kept.get(asker.callee) ?? this.#ofCallee(asker.callee);
  }

  /** An answer of Access may be another now. */
  forget(): void {
    this.#kept.clear();
    this.#everyone = undefined;
  }

  #ofCallee(callee: string): View {
    const { access, colleagues } = this.#parts;
    // As an administrator, if he is one: Access knows.
    const viewer: Viewer = { extension: callee, admin: true, contacts: true };
    const isUser = callee !== '' && access.isActive(viewer);
    if (!isUser && !colleagues.withNumber(callee)) return this.#ofEveryone();
    const { sees, key } = access.sight(viewer);
    const view: View = {
      kind: isUser ? 'user' : 'extension',
      scopes: isUser ? this.#scopes(viewer) : this.#inOrder(access.openBooks(callee)),
      ...{ sees, key },
      mobiles: true,
    };
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(callee, view);
    return view;
  }

  #ofClient(viewer: Viewer): View {
    const { access } = this.#parts;
    if (!access.isActive(viewer)) return NOTHING;
    const { sees, key } = access.sight(viewer);
    return { kind: 'client', scopes: this.#scopes(viewer), sees, key, mobiles: true };
  }

  #ofEveryone(): View {
    const { access } = this.#parts;
    if (this.#everyone) return this.#everyone;
    const { sees, key } = access.sightOfAnyone();
    const scopes = this.#inOrder(access.openBooks());
    this.#everyone = { kind: 'everyone', scopes, sees, key, mobiles: !access.hidesSomebody };
    return this.#everyone;
  }

  #scopes(viewer: Viewer): readonly string[] {
    return this.#inOrder(this.#parts.access.books(viewer).map(({ scope }) => scope));
  }

  #inOrder(scopes: readonly string[]): readonly string[] {
    return this.#parts.order.flatMap((directory) => scopes.filter((scope) => directoryOf(scope) === directory));
  }
}

/** The directory to which the contacts of a scope belong. */
export function directoryOf(scope: string): 'personal' | 'company' {
  return ownerOf(scope) === undefined ? 'company' : 'personal';
}
