// The numbers of the wire: JSON-RPC error codes and WebSocket close codes, each with its word.
import type { FailureCode } from '../domain/failure.ts';

export const SUBPROTOCOL = 'rollcall.v1';
export const PROTOCOL_VERSION = 1;

/** The error code of each expected failure. */
export const ERROR_CODES: Readonly<Record<FailureCode, number>> = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  pbx_away: 503,
  storage: 507,
};

export const CLOSE_CODES = {
  /** The client said session.close. */
  normal: 1000,
  shuttingDown: 1001,
  tooBig: 1009,
  tooSlow: 1013,
  notJsonRpc: 4400,
  unauthorized: 4401,
  openTimeout: 4408,
  loggedOut: 4409,
  tooMany: 4429,
} as const;
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];
