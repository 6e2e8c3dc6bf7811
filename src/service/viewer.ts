// Who is asking: decided at log-in, checked by every use case and every collection.

export interface Viewer {
  readonly extension: string;
  readonly admin: boolean;
}
