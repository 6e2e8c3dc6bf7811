// The other party of a call as it is known now. While a call goes on its item may know less than the directory that is held here.
import type { Call } from '../../../../client/types.ts';
import { useClient } from '../../hooks/use-client.ts';

/** The call's own name; else that of the colleague who it is. */
export function useParty({ name, number, extension }: Call): Pick<Call, 'name' | 'number'> {
  const client = useClient();
  const known = name ?? client.mirror('extensions').get(extension ?? number)?.name;
  return known ? { name: known, number } : { number };
}
