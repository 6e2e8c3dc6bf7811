// The users, extensions, groups and company books that administration deals with, from the mirrors.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Book, User } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { callApi } from '../http.ts';
import { byNumber, everybody, groupsOf, type Named } from './people.ts';
import type { NamedPresence } from './presence-list.ts';

export interface People {
  readonly loading: boolean;
  /** Users, and extensions without one. */
  readonly all: readonly Named[];
  readonly byNumber: ReadonlyMap<string, Named>;
  readonly users: readonly User[];
  readonly groups: readonly string[];
  /** Extensions of the PBX, also those hidden from the administrator as a user. */
  readonly extensions: readonly { readonly id: string; readonly name: string }[];
}

export function usePeople(): People {
  const client = useClient();
  const [users, extensions] = [client.mirror('users'), client.mirror('extensions')];
  const usersVersion = useMirror(users);
  const extensionsVersion = useMirror(extensions);
  const hidden = useAllExtensions();
  return useMemo(() => {
    const known = new Map(hidden.map(({ id, name }) => [id, { id, name }]));
    for (const { id, name } of extensions.values()) known.set(id, { id, name });
    const list = [...users.values()].sort((a, b) => byNumber(a.id, b.id));
    const all = everybody(list, known.values());
    return {
      loading: users.state === 'loading',
      all,
      byNumber: new Map(all.map((person) => [person.extension, person])),
      users: list,
      groups: groupsOf(list),
      extensions: [...known.values()].sort((a, b) => byNumber(a.id, b.id)),
    };
  }, [users, extensions, usersVersion, extensionsVersion, hidden]);
}

/** Those that rules of visibility hide from the administrator as a user are in no mirror of his. */
function useAllExtensions(): readonly { readonly id: string; readonly name: string }[] {
  const client = useClient();
  const [all, setAll] = useState<readonly { id: string; name: string }[]>([]);
  useEffect(() => {
    const gone = new AbortController();
    fetchPresence(gone.signal)
      .then(({ presence }) => setAll(presence))
      .catch(() => undefined); // without it those that are seen are there all the same
    return () => gone.abort();
  }, [client]);
  return all;
}

/** Rejects with ApiFailure. */
export async function fetchPresence(signal: AbortSignal): Promise<{ readonly presence: readonly NamedPresence[] }> {
  const response = await callApi('/api/presence', { signal });
  return (await response.json()) as { presence: NamedPresence[] };
}

/** By name. */
export function useCompanyBooks(): { readonly loading: boolean; readonly books: readonly Book[] } {
  const mirror = useClient().mirror('books');
  const version = useMirror(mirror);
  const books = useMemo(
    () => [...mirror.values()].filter(({ kind }) => kind === 'company').sort((a, b) => a.name.localeCompare(b.name)),
    [mirror, version],
  );
  return { loading: mirror.state === 'loading', books };
}
