// JSON-RPC 2.0 as it is spoken here: reading one text frame, writing responses and notifications.
import { Failure } from '../domain/failure.ts';
import { ERROR_CODES } from './codes.ts';

export type RequestId = string | number;

export interface Request {
  /** Absent in a notification. */
  readonly id?: RequestId;
  readonly method: string;
  readonly params: unknown;
}

export type Incoming =
  | { readonly kind: 'request'; readonly request: Request }
  /** Not a request; `id` is what could be read of it. */
  | { readonly kind: 'invalid'; readonly id: RequestId | null; readonly failure: Failure };

const LONGEST_ID = 128;
const LONGEST_METHOD = 64;

function isId(value: unknown): value is RequestId {
  return (
    (typeof value === 'string' && value.length <= LONGEST_ID) || (typeof value === 'number' && Number.isFinite(value))
  );
}

/** Depth up to which messages are read. The deepest request has five. */
const DEEPEST = 64;
/** Texts shorter than this cannot be nested so deeply that reading them takes long. */
const SHALLOW = 4096;

/** Whether brackets are nested too deeply. Reading such a text takes a hundred times as long as finding that out. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) inString = !inString;
    else if (inString) i += code === 0x5c ? 1 : 0;
    else if (code === 0x5b || code === 0x7b) depth += 1;
    else if (code === 0x5d || code === 0x7d) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** Reads one frame. Never throws. */
export function readFrame(text: string): Incoming {
  if (text.length > SHALLOW && isTooDeep(text)) return invalid(null, 'the message is nested too deeply');
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { kind: 'invalid', id: null, failure: new Failure('parse', 'the frame is not JSON') };
  }
  if (Array.isArray(message)) return invalid(null, 'batches are not supported');
  if (typeof message !== 'object' || message === null) return invalid(null, 'a request is a JSON object');
  const { jsonrpc, id, method, params } = message as Record<string, unknown>;
  const known = isId(id) ? id : null;
  if (jsonrpc !== '2.0') return invalid(known, 'jsonrpc must be "2.0"');
  if (id !== undefined && known === null) return invalid(null, 'id must be a string or a number');
  if (typeof method !== 'string' || method.length > LONGEST_METHOD)
    return invalid(known, 'method must be a short string');
  if (params !== undefined && (typeof params !== 'object' || params === null)) {
    return invalid(known, 'params must be an object');
  }
  return { kind: 'request', request: { ...(known === null ? {} : { id: known }), method, params: params ?? {} } };
}

function invalid(id: RequestId | null, message: string): Incoming {
  return { kind: 'invalid', id, failure: new Failure('request', message) };
}

export function resultText(id: RequestId, result: unknown): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result)}}`;
}

/** The error object of the wire. `data.reason` is the failure's own word, else its code. */
export function errorBody(failure: Failure): object {
  const { reason, ...detail } = failure.detail;
  return {
    code: ERROR_CODES[failure.code],
    message: failure.message,
    data: { reason: reason ?? failure.code, ...detail },
  };
}

export function errorText(id: RequestId | null, failure: Failure): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: errorBody(failure) });
}

export function notificationText(method: string, params: object): string {
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`;
}
