// The one connection of the portal: makes the client, keeps the token where the user wants it, and knows whether somebody is
// logged in, and if not any more, why.
import type { Auth, Client, ConnectionState, RequestFailure } from '../../client/api.ts';
import { createClient } from '../../client/client.ts';
import { forgetWriting } from './chat/kept-writing.ts';
import { forgetToken, keepToken, readToken } from './token.ts';

declare const ROLLCALL_VERSION: string;

type Ended = Extract<ConnectionState, { kind: 'ended' }>['why'];

export type Account =
  /** `why`: how the log-in ended; absent for whoever comes for the first time or has logged out here. */
  { readonly kind: 'out'; readonly why?: Ended } | { readonly kind: 'in'; readonly client: Client };

export interface LogIn {
  readonly login: string;
  readonly password: string;
  /** Beyond the end of the browser. */
  readonly keep: boolean;
}

/** An attempt to log in: what goes on meanwhile, how it ends, and how to give it up. */
export interface Attempt {
  readonly client: Client;
  readonly accepted: Promise<void>;
  readonly stop: () => void;
}

const COLLECTIONS = ['pbx', 'extensions', 'presence', 'books', 'favorites', 'contacts', 'calls', 'messages'] as const;

let account: Account = { kind: 'out' };
let lost: number | undefined;
/** The last token of each client. */
const tokens = new WeakMap<Client, string>();
const listeners = new Set<() => void>();

export function currentAccount(): Account {
  return account;
}

/** Of the present log-in, for the HTTP API. */
export function currentToken(): string | undefined {
  return account.kind === 'in' ? account.client.token() : undefined;
}

/** Returns the function that stops it. */
export function subscribeAccount(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Since when there is no connection any more, in milliseconds since 1970; undefined while there is one. */
export function lostSince(): number | undefined {
  return lost;
}

/** Goes on with the log-in that was kept, if there is one. */
export function resume(): void {
  const kept = readToken();
  if (!kept) return;
  const client = open({ token: kept.token }, kept.keep);
  enter(client, kept.keep);
  client.start().catch(() => undefined); // told by its state
}

/** `accepted` rejects with RequestFailure when the log-in is refused. */
export function logIn({ login, password, keep }: LogIn): Attempt {
  const client = open({ login, password }, keep);
  const accepted = new Promise<void>((done, fail) => {
    const stop = client.subscribe(() => {
      if (!client.session) return;
      stop();
      enter(client, keep);
      done();
    });
    client.start().catch((failure: RequestFailure) => {
      stop();
      fail(failure);
    });
  });
  return { client, accepted, stop: () => client.close() };
}

/** Ends the log-in on the server, if it is reached, and here in any case. */
export async function logOut(): Promise<void> {
  if (account.kind === 'out') return;
  const { client } = account;
  forgetToken(tokens.get(client));
  leave();
  await client.logOut().catch(() => client.close()); // the token is forgotten; without the server there is no more to do
}

function open(auth: Auth, keep: boolean): Client {
  const client = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
    client: { platform: 'web', version: ROLLCALL_VERSION, name: 'portal' },
    auth,
    collections: COLLECTIONS,
    onToken: (token) => {
      if (!token) return forgetToken(tokens.get(client));
      tokens.set(client, token.token);
      keepToken(token, keep);
    },
  });
  if ('token' in auth) tokens.set(client, auth.token);
  return client;
}

/** `keep`: whether the log-in is that of all windows. */
function enter(client: Client, keep: boolean): void {
  const stop = client.subscribe(() => {
    if (account.kind === 'out' || account.client !== client) return stop();
    if (client.state.kind === 'ready') lost = undefined;
    if (client.state.kind === 'waiting') lost ??= Date.now();
    if (client.state.kind !== 'ended') return;
    stop();
    const kept = readToken();
    leave(client.state.why);
    if (keep && kept?.keep && kept.token !== tokens.get(client)) resume(); // another window has a newer token
  });
  change({ kind: 'in', client });
}

function leave(why?: Ended): void {
  if (why === undefined || why === 'logged_out') forgetWriting(); // otherwise it is there again after the next log-in
  change(why ? { kind: 'out', why } : { kind: 'out' });
}

function change(next: Account): void {
  lost = undefined;
  account = next;
  for (const listener of [...listeners]) listener();
}
