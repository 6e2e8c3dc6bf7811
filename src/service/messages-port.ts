// The port between chat and the phones of the PBX that speak SIP MESSAGE. Knows no AMI and no SIP.

/** A message to the phones of an extension. */
export interface PhoneMessage {
  readonly from: string;
  /** The sender's name as the receiver knows it; empty: he may not know it. */
  readonly fromName: string;
  readonly to: string;
  readonly text: string;
}

/** A message that somebody wrote at a phone. */
export interface WrittenMessage {
  /** The extension of the phone that sent it, as the PBX vouches for it. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** Takes what was written at a phone; resolves with whether it is stored, so that the phone can be told when it is not. Never rejects. */
export type MessageTaker = (message: WrittenMessage) => Promise<boolean>;

export interface PbxMessages {
  /**
   * Sends to the registered phones of an extension. True: the PBX has taken it for a phone; false: there is no phone that takes it. Rejects with
   * Failure `pbx_away` without a link.
   */
  send(message: PhoneMessage): Promise<boolean>;
  /** What is written at phones, in order. Returns the function that stops it. */
  subscribe(listener: MessageTaker): () => void;
  /** Told of an extension that has a phone again, for which something may wait. Returns the function that stops it. */
  onReachable(listener: (extension: string) => void): () => void;
}
