// The closed list of expected failures. A Failure may be shown to a peer; any other error is a bug and is not.

export type FailureCode =
  | 'parse'
  | 'request'
  | 'method'
  | 'params'
  | 'internal'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'too_many'
  | 'pbx_away'
  | 'storage';

export interface Issue {
  /** Where in the params: `contact.numbers.0.number`, or empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface FailureDetail {
  readonly issues?: readonly Issue[];
  readonly current?: unknown;
  /** Seconds. */
  readonly retryAfter?: number;
  /** A machine-readable word where the code alone says too little, such as `no_phone`. */
  readonly reason?: string;
}

/** An expected failure. `message` is public: it names no secret, no path and no other user's data. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly detail: FailureDetail;

  constructor(code: FailureCode, message: string, detail: FailureDetail = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.detail = detail;
  }
}
