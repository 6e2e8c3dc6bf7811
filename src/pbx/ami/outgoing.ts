// What may leave as an action: nothing that could end a line, a header or a message early. Pure; writes nothing.
import { type ActionFields, AmiError } from './link-port.ts';

export type Outgoing = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Asterisk reads lines of at most 1,022 bytes; a longer one costs the whole action. */
const LINE_BYTES = 1_000;
/** Asterisk gives up at some 200 lines. */
const LINES = 120;

const KEY = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
const BREAKS = /[\r\n\0]/;

/**
 * The fields as they may be written. The values of a map become channel variables: what Asterisk's argument splitter
 * would take for a separator, a quote or a bracket is escaped, so that a comma in a value starts no second variable.
 * Throws AmiError `unsafe`; its text names the field, never the value.
 */
export function outgoing(fields: ActionFields): Outgoing {
  const safe: Record<string, string | Readonly<Record<string, string>>> = {};
  const seen = new Set<string>();
  let lines = 0;
  for (const [key, value] of Object.entries(fields)) {
    if (!KEY.test(key)) throw unsafe(fields, 'a field has a name that is no header name');
    const name = key.toLowerCase();
    if (name === 'actionid') throw unsafe(fields, 'the ActionID is given by the link');
    if (seen.has(name)) throw unsafe(fields, `${key} is there twice`);
    seen.add(name);
    safe[key] = typeof value === 'string' ? text(fields, key, value) : variables(fields, key, value);
    lines += typeof value === 'string' ? 1 : Object.keys(value).length;
  }
  if (lines > LINES) throw unsafe(fields, `it has more than ${LINES} lines`);
  return safe;
}

function text(fields: ActionFields, key: string, value: string): string {
  if (BREAKS.test(value)) throw unsafe(fields, `${key} has a line break or a NUL in it`);
  if (Buffer.byteLength(value) + key.length + 2 > LINE_BYTES) {
    throw unsafe(fields, `${key} is longer than ${LINE_BYTES} bytes`);
  }
  return value;
}

function variables(fields: ActionFields, key: string, map: unknown): Readonly<Record<string, string>> {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw unsafe(fields, `${key} is neither text nor a map of variables`);
  }
  const safe: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(map)) {
    if (name === '' || /[=,"\\]/.test(name)) throw unsafe(fields, `${key} has a variable whose name cannot be written`);
    if (typeof value !== 'string') throw unsafe(fields, `${key} has a variable that is not text`);
    const escaped = value.replace(/[\\",()[\]]/g, '\\$&');
    text(fields, key, `${name}=${escaped}`);
    safe[name] = escaped;
  }
  return safe;
}

function unsafe(fields: ActionFields, what: string): AmiError {
  const action = KEY.test(fields.Action) ? fields.Action : 'an action';
  return new AmiError('unsafe', `${action} was not sent to Asterisk: ${what}`);
}
