// The answers that open and prolong a session, checked for what the client itself relies on. Pure.
import { isObject } from './failure.ts';
import type { Session } from './types.ts';

export function readSession(result: object): Session | undefined {
  if (!isObject(result) || !readToken(result)) return undefined;
  const { extension, features, limits } = result;
  if (typeof extension !== 'string' || !isObject(features)) return undefined;
  if (!isObject(limits) || typeof limits['messageBytes'] !== 'number') return undefined;
  return result as unknown as Session;
}

export function readToken(result: object): { readonly token: string; readonly tokenExpires: string } | undefined {
  const { token, tokenExpires } = result as Partial<Session>;
  if (typeof token !== 'string' || typeof tokenExpires !== 'string' || Number.isNaN(Date.parse(tokenExpires))) {
    return undefined;
  }
  return { token, tokenExpires };
}
