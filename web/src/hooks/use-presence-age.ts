// Whether presence is as it is now: it is not while the server or the phone system behind it is out of reach.
import { lostSince } from '../connection.ts';
import { useClient, useConnection, useMirror } from './use-client.ts';

export interface PresenceAge {
  readonly stale: boolean;
  /** ISO 8601: of this time is what is shown. */
  readonly since?: string;
}

const FRESH: PresenceAge = { stale: false };

export function usePresenceAge(): PresenceAge {
  const client = useClient();
  useConnection();
  const mirror = client.mirror('pbx');
  useMirror(mirror);
  const pbx = mirror.get('pbx');
  const lost = lostSince();
  if (pbx && !pbx.connected) return { stale: true, since: pbx.since };
  if (lost !== undefined) return { stale: true, since: new Date(lost).toISOString() };
  return FRESH;
}
