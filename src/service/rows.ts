// What the rows of the presence tables hold. The store keeps them as plain JSON; only services write them.
import type { Places } from '../domain/dnd.ts';
import type { ChosenStatus } from '../domain/status.ts';

/** Table `pbx`, a row for each site: also the item of the collection, in which sites have other ids (site-view.ts). */
export interface PbxItem {
  /** In the table always `pbx`. */
  readonly id: string;
  readonly connected: boolean;
  /** ISO 8601 in UTC: since when `connected` is what it is. */
  readonly since: string;
  /** Absent where sites have no names. */
  readonly site?: string;
}

/** Table `callGaps`: a time in which nobody watched the calls and of which nothing is known. Also the item of the collection. */
export interface CallGap {
  /** The same as `from`, with the site behind it where there is one. */
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly from: string;
  readonly until: string;
  /** Whose calls nobody watched; absent where sites have no names. */
  readonly site?: string;
}

/** The item of the collection `extensions`. */
export interface ExtensionItem {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly groups: readonly string[];
  /** The site whose PBX has it; absent where sites have no names. */
  readonly site?: string;
}

/** Table `extensions`: the item, and what of it the PBX said. */
export interface ExtensionRow {
  readonly item: ExtensionItem;
  /** As of the item: only a daemon of this site writes the row. */
  readonly site?: string;
  readonly said: { readonly name?: string; readonly email?: string };
}

/** Table `statuses`: what is chosen, and what the PBX showed when last seen. */
export interface StatusRow {
  readonly chosen: ChosenStatus;
  readonly places?: Places;
}

/** The part of a row of `users` that the directory shows; the whole row belongs to the log-in service. */
export interface DirectoryDetails {
  readonly name?: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly groups?: readonly string[];
}
