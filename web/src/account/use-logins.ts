// The log-ins of the user: asked for when the page is opened, after each change here, and when the connection comes back.
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Login } from '../../../client/types.ts';
import { useClient, useConnection } from '../hooks/use-client.ts';

export interface LoginList {
  /** Undefined until they are known. */
  readonly logins: readonly Login[] | undefined;
  readonly failure: unknown;
  readonly load: () => void;
}

export function useLogins(): LoginList {
  const client = useClient();
  const isReady = useConnection().kind === 'ready';
  const [logins, setLogins] = useState<readonly Login[]>();
  const [failure, setFailure] = useState<unknown>();
  const load = useCallback(() => {
    client.request('session.list', {}).then(
      (list) => {
        setLogins(list);
        setFailure(undefined);
      },
      (thrown: unknown) => setFailure(thrown),
    );
  }, [client]);
  useEffect(() => {
    if (isReady) load();
  }, [isReady, load]);
  return { logins, failure: isReady ? failure : undefined, load };
}
