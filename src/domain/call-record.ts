// A line of the PBX's own call records: one leg of a call as it was written down when the call was over. Pure.

/** Times are milliseconds since 1970. */
export interface CallRecord {
  readonly uniqueId?: string;
  readonly linkedId?: string;
  readonly source: string;
  readonly destination: string;
  readonly context: string;
  /** As `"Ann" <1001>`. */
  readonly callerId: string;
  readonly channel: string;
  /** Empty when no channel was called. */
  readonly destinationChannel: string;
  readonly lastApplication: string;
  readonly lastData: string;
  readonly start: number;
  readonly answer?: number;
  readonly end: number;
  /** In capitals, such as `NO ANSWER`. */
  readonly disposition: string;
  /** The record says that do not disturb refused the call. */
  readonly dndBlocked?: boolean;
}
