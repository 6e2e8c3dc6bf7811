// Where the token of the log-in is kept: until the window closes, or, when the user wants to stay signed in, until it ends.

interface Token {
  readonly token: string;
  /** ISO 8601. */
  readonly expires: string;
}

const KEY = 'rollcall.token';

export function keepToken(token: Token, keep: boolean): void {
  (keep ? localStorage : sessionStorage).setItem(KEY, JSON.stringify(token));
}

/** Of this window, else of this device; one that is past its time is none. */
export function readToken(now = Date.now()): { readonly token: string; readonly keep: boolean } | undefined {
  for (const [storage, keep] of [[sessionStorage, false] as const, [localStorage, true] as const]) {
    const found = parseToken(storage.getItem(KEY));
    if (found && Date.parse(found.expires) > now) return { token: found.token, keep };
  }
  return undefined;
}

/** This one alone: another window may have kept a newer one. */
export function forgetToken(token: string | undefined): void {
  for (const storage of [sessionStorage, localStorage]) {
    if (parseToken(storage.getItem(KEY))?.token === token) storage.removeItem(KEY);
  }
}

function parseToken(text: string | null): Token | undefined {
  try {
    const { token, expires } = JSON.parse(text ?? 'null') as Partial<Token>;
    return typeof token === 'string' && typeof expires === 'string' ? { token, expires } : undefined;
  } catch {
    return undefined; // written by somebody else
  }
}
