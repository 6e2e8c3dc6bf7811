// The numbers of the server that are no settings, and how they follow from what the system allows. Tests shorten them.
import { LIMITS } from '../protocol/limits.ts';
import { ADMISSION_LIMITS, type AdmissionLimits } from './admission.ts';
import { API_LIMITS, type ApiLimits } from './api-limits.ts';
import { descriptorLimit } from './descriptors.ts';

export interface Tuning {
  readonly admission: AdmissionLimits;
  readonly api: ApiLimits;
  readonly heartbeatMs: number;
  /** Network connections of every kind; above it they are dropped when they come. */
  readonly connections: number;
  readonly headerBytes: number;
  /** For the headers of a request, from the connection's first moment; also for the TLS handshake. */
  readonly headersMs: number;
  /** For the body of a request, and for that of an upload. */
  readonly requestMs: number;
  readonly uploadMs: number;
  /** Between two requests. */
  readonly keepAliveMs: number;
  /** How often the deadlines of headers, uploads and kept connections are looked at. */
  readonly checkMs: number;
  /** An HTTP connection on which nothing moves, answers not taken included. */
  readonly idleMs: number;
  readonly requestsPerConnection: number;
  readonly drainMs: number;
  readonly closeMs: number;
}

/** Descriptors left to the store, the PBX and the programs around. */
const RESERVED = 256;
/** Connections above those of clients, so that these are refused with an answer and not just dropped. */
const MARGIN = 1_000;

/** `descriptors`: how many files and connections the process may have open. */
export function defaultTuning(descriptors = descriptorLimit()): Tuning {
  const connections = Math.min(ADMISSION_LIMITS.total + MARGIN, Math.max(64, descriptors - RESERVED));
  const total = Math.min(ADMISSION_LIMITS.total, Math.ceil(connections * 0.9));
  return {
    admission: { ...ADMISSION_LIMITS, total },
    api: API_LIMITS,
    heartbeatMs: LIMITS.heartbeatMs,
    connections,
    headerBytes: 16_384,
    headersMs: 10_000,
    requestMs: 20_000,
    uploadMs: 900_000,
    keepAliveMs: 5_000,
    checkMs: 2_000,
    idleMs: 30_000,
    requestsPerConnection: 1_000,
    drainMs: 3_000,
    closeMs: 1_500,
  };
}
