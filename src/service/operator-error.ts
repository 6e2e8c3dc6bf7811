// An error that the operator must mend: shown as one plain line, without a stack. Not for what a peer does (that is Failure).

export class OperatorError extends Error {
  /** `message` says in one line what is wrong and how to mend it. It names no secret. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorError';
  }
}
