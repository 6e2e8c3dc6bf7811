// Who is asking: decided at log-in, checked by every use case and every collection.

export interface Viewer {
  /** Empty: the operator at the command line, who is an administrator without a personal book. */
  readonly extension: string;
  readonly admin: boolean;
  /** Whether the client's version may use contacts at all. */
  readonly contacts: boolean;
}
