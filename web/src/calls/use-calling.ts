// How components make calls: with the user's phone, or with the device where he wants that or the server makes none.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useClient, useSession } from '../hooks/use-client.ts';
import { type CallWay, keptWay, subscribeWay } from './call-way.ts';
import { order } from './orders.ts';

export interface Calling {
  /** Whether the server makes calls for this user. */
  readonly offered: boolean;
  /** What a press on a call button does. */
  readonly way: CallWay;
  /** Rings the user's phone, then the number. `name`: who it is, as it is shown. */
  readonly call: (number: string, name: string) => void;
}

export function useCalling(): Calling {
  const client = useClient();
  const offered = useSession().features.calls === true;
  const kept = useWay();
  return useMemo(() => {
    const call = (number: string, name: string) => void order(client, number, name);
    return { offered, way: offered ? kept : 'device', call };
  }, [client, offered, kept]);
}

function useWay(): CallWay {
  const [way, setWay] = useState(keptWay);
  useEffect(() => {
    const look = () => setWay(keptWay());
    look();
    return subscribeWay(look);
  }, []);
  return way;
}
