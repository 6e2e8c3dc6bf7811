// What the user has written and not sent, kept in this window over reloads: a draft for each chat, and messages that wait for a
// connection. It is forgotten with the log-in.

/** A message on its way. */
export interface Unsent {
  /** A UUID, with which it is sent as often as it takes. */
  readonly id: string;
  /** The extension. */
  readonly to: string;
  readonly text: string;
  /** ISO 8601, by the clock of this device. */
  readonly at: string;
  /** Why the server does not take it; absent while it can be hoped for. */
  readonly refusal?: Refusal;
}

/** The part of a failure that tells why. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

interface Writing {
  readonly drafts: Readonly<Record<string, string>>;
  readonly unsent: readonly Unsent[];
}

const KEY = 'rollcall.writing.';
const NOTHING: Writing = { drafts: {}, unsent: [] };

export function readDraft(user: string, chat: string): string {
  const { drafts } = read(user);
  return Object.hasOwn(drafts, chat) ? (drafts[chat] ?? '') : '';
}

/** Empty: there is none any more. */
export function keepDraft(user: string, chat: string, text: string): void {
  const { drafts, unsent } = read(user);
  const others = Object.entries(drafts).filter(([other]) => other !== chat);
  keep(user, { drafts: Object.fromEntries(text === '' ? others : [...others, [chat, text]]), unsent });
}

export function readUnsent(user: string): readonly Unsent[] {
  return read(user).unsent;
}

export function keepUnsent(user: string, unsent: readonly Unsent[]): void {
  keep(user, { drafts: read(user).drafts, unsent });
}

/** Of all users but this one. */
export function forgetWriting(but?: string): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(KEY) && key !== `${KEY}${but}`) sessionStorage.removeItem(key);
  }
}

function read(user: string): Writing {
  try {
    const kept = JSON.parse(sessionStorage.getItem(`${KEY}${user}`) ?? 'null') as Writing | null;
    return kept ?? NOTHING;
  } catch {
    return NOTHING; // written by somebody else
  }
}

function keep(user: string, writing: Writing): void {
  try {
    if (writing.unsent.length === 0 && Object.keys(writing.drafts).length === 0) {
      sessionStorage.removeItem(`${KEY}${user}`);
      return;
    }
    sessionStorage.setItem(`${KEY}${user}`, JSON.stringify(writing));
  } catch {
    // the storage is full: it lives as long as the page does
  }
}
