// One extension as the board holds it. Knows no row.
import type { Places } from '../domain/dnd.ts';
import type { Line } from '../domain/presence.ts';
import type { ChosenStatus } from '../domain/status.ts';
import type { ExtensionFacts } from './pbx-port.ts';

/** One extension that the PBX has, or had when it was last seen. */
export interface Entry {
  readonly number: string;
  /** As last said by the PBX since the start. */
  facts: ExtensionFacts | undefined;
  line: Line;
  said: { readonly name?: string; readonly email?: string };
  places: Places | undefined;
  chosen: ChosenStatus;
  /** What a client has chosen and the disk does not hold yet. */
  asked: ChosenStatus | undefined;
}
