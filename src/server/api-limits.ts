// The numbers of /api that are no settings. Tests make them smaller.
import { IMPORT_BYTES } from '../domain/contact-import.ts';

export interface ApiLimits {
  /** Of one user, on routes that need a token. */
  readonly requestsPerSecond: number;
  /** Largest file. */
  readonly uploadBytes: number;
  /** Imports at once, from the first byte of the file to the report: of everybody and of one user. */
  readonly uploads: number;
  readonly uploadsEach: number;
  /** An upload that brings less than `stallBytes` within this time is dropped. */
  readonly stallMs: number;
  readonly stallBytes: number;
  /** Exports at once. */
  readonly downloads: number;
  readonly downloadsEach: number;
  /** Shortest time between two lines of progress, and the longest. */
  readonly progressMs: number;
  readonly silenceMs: number;
}

export const API_LIMITS: ApiLimits = {
  requestsPerSecond: 20,
  uploadBytes: IMPORT_BYTES,
  uploads: 2,
  uploadsEach: 1,
  stallMs: 30_000,
  stallBytes: 65_536,
  downloads: 8,
  downloadsEach: 2,
  progressMs: 250,
  silenceMs: 10_000,
};
