// The port between the presence board and the PBX: facts come up, orders go down. Knows no AMI.
import type { Lamp } from '../domain/dnd.ts';
import type { Line } from '../domain/presence.ts';
import type { Presentity } from '../domain/presentity.ts';

export type { Lamp, Presentity };

/** All that the PBX says of one extension. */
export interface ExtensionFacts {
  readonly number: string;
  /** Absent when the PBX knows no better name than the number. */
  readonly name?: string;
  readonly email?: string;
  readonly line: Line;
  /** Whether AstDB refuses calls for the extension. */
  readonly blocked: boolean;
  /** The DND device of the extension and, on FreePBX, those of its devices; by device name such as `Custom:DND1001`. */
  readonly lamps: Readonly<Record<string, Lamp>>;
  readonly presentity: Presentity;
}

/** What moves from the PBX to the board. */
export type PbxUpdate =
  /** The link is up and everything below it was read: the whole truth at this moment. Also sent again after each check. */
  | { readonly kind: 'snapshot'; readonly extensions: ReadonlyMap<string, ExtensionFacts>; readonly first: boolean }
  /** One extension, all its facts, after one of them changed. */
  | { readonly kind: 'extension'; readonly facts: ExtensionFacts }
  /** The link went down; what was last known stands. */
  | { readonly kind: 'away' };

/** What DND and presence of one extension are to be on the PBX. */
export interface PbxOrder {
  readonly number: string;
  readonly blocked: boolean;
  readonly presentity: Presentity;
}

/** The PBX as the board sees it. */
export interface Pbx {
  /** Facts in order. Returns the function that stops it. */
  subscribe(listener: (update: PbxUpdate) => void): () => void;

  /**
   * Makes AstDB, lamps and presentity of one extension agree with the order: writes only what differs from what is
   * observed, and resolves when the PBX has shown the new values. Rejects with Failure `pbx_away` without a link or when
   * the PBX refuses. Orders for one extension are carried out one after the other.
   */
  carryOut(order: PbxOrder): Promise<void>;
}
