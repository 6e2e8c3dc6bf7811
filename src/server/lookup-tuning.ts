// The limits of the HTTP lookup listener that are no settings. Tests shorten them.
import { descriptorLimit } from './descriptors.ts';

export interface LookupTuning {
  readonly connections: number;
  readonly headerBytes: number;
  /** For the headers of a request, from the connection's first moment. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly keepAliveMs: number;
  /** How often the three above are looked at. */
  readonly checkMs: number;
  /** A connection on which nothing moves. */
  readonly idleMs: number;
  readonly requestsPerConnection: number;
  /** Lookups at work at once; above it names are given back at once, so that calls go on. */
  readonly lookups: number;
  /** For one answer. Above the deadline of the lookup itself and below the time-out of the dialplan, 2 s. */
  readonly answerMs: number;
  /** For requests at work when the listener is closed. */
  readonly closeMs: number;
}

/** The part of all descriptors that lookups may take from clients and files. */
const SHARE = 1 / 8;

/** `descriptors`: how many files and connections the process may have open. */
export function lookupTuning(descriptors = descriptorLimit()): LookupTuning {
  return {
    connections: Math.min(4_000, Math.max(64, Math.floor(descriptors * SHARE))),
    headerBytes: 16_384,
    headersMs: 5_000,
    requestMs: 5_000,
    keepAliveMs: 5_000,
    checkMs: 1_000,
    idleMs: 10_000,
    requestsPerConnection: 1_000,
    lookups: 5_000,
    answerMs: 1_200,
    closeMs: 1_500,
  };
}
