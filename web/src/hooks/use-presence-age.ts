// Whether presence is as it is now: it is not while the server is out of reach, or the phone system of the site behind it.
import { pbxOf } from '../../../client/pbx-of.ts';
import { lostSince } from '../connection.ts';
import { useClient, useConnection, useMirror } from './use-client.ts';

export interface PresenceAge {
  readonly stale: boolean;
  /** ISO 8601: of this time is what is shown. */
  readonly since?: string;
}

const FRESH: PresenceAge = { stale: false };

/** Of an extension, or whatever else says its site. */
export function usePresenceAge(): (extension: { readonly site?: string } | undefined) => PresenceAge {
  const mirror = useClient().mirror('pbx');
  useConnection();
  useMirror(mirror);
  const lost = lostSince();
  return (extension) => {
    const pbx = pbxOf(mirror, extension);
    if (pbx && !pbx.connected) return { stale: true, since: pbx.since };
    return lost === undefined ? FRESH : { stale: true, since: new Date(lost).toISOString() };
  };
}
