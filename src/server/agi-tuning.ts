// The limits of the FastAGI listener that are no settings. Tests shorten them.
import { descriptorLimit } from './descriptors.ts';

export interface AgiTuning {
  /** Connections at once; above it those that have been silent for the longest go, and when none is, new ones; their calls go on. */
  readonly connections: number;
  /** Questions to the dialplan port at work at once, those of peers that are gone included; above it nobody is found. */
  readonly questions: number;
  /** For a whole request, from the connection's first moment. */
  readonly requestMs: number;
  /** For the dialplan port. Above the deadline of its own and below the time-out of the dialplan, 2 s. */
  readonly dialplanMs: number;
  /** For each answer of the peer. */
  readonly answerMs: number;
  /** For the peers at work when the listener is closed. */
  readonly closeMs: number;
}

/** The part of all descriptors that lookups may take from clients and files. */
const SHARE = 1 / 8;

/** `descriptors`: how many files and connections the process may have open. */
export function agiTuning(descriptors = descriptorLimit()): AgiTuning {
  return {
    connections: Math.min(4_000, Math.max(64, Math.floor(descriptors * SHARE))),
    questions: 5_000,
    requestMs: 5_000,
    dialplanMs: 1_200,
    answerMs: 1_000,
    closeMs: 1_500,
  };
}
