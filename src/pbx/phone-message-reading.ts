// Reads what [rollcall-messages] tells of a message that was written at a phone. Everything in it but the endpoint may be of the phone's own
// making. Pure.
import { type AmiMessage, header } from './ami/message.ts';

export interface ReadMessage {
  /** The endpoint that Asterisk has found the phone to be; undefined: this Asterisk does not say. */
  readonly endpoint: string | undefined;
  /** As dialled. */
  readonly to: string;
  readonly text: string;
  /** Asterisk gives no text of more than 1,023 bytes on: there was one, and it is lost. */
  readonly isTooLong: boolean;
  /** By what host the phone knows Asterisk. */
  readonly host: string | undefined;
}

const CHANNEL = 'Message/ast_msg_queue';
const CONTEXT = 'rollcall-written';
const ENDPOINT = /^[0-9A-Za-z][0-9A-Za-z_.+*#-]{0,79}$/;
const NUMBER = /^[0-9]{1,40}$/;
const HOST = /^([0-9A-Za-z]([0-9A-Za-z.-]{0,252}[0-9A-Za-z])?|\[[0-9A-Fa-f:.]{2,45}\])$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const FIELD_CHARS = 2_000;

/** Undefined for an event that is not of this kind; null for one that is and cannot be right. */
export function readWrittenMessage(event: AmiMessage): ReadMessage | null | undefined {
  if (header(event, 'userevent') !== 'RollcallMessage') return undefined;
  if (!isFromDialplan(event)) return null;
  const to = decoded(event, 'rollcallto');
  const text = decoded(event, 'rollcallbody');
  const named = header(event, 'rollcallendpoint');
  if (to === undefined || !NUMBER.test(to) || text === undefined || named === undefined) return null;
  if (named !== '' && !ENDPOINT.test(named)) return null;
  return {
    endpoint: named === '' ? endpointOf(decoded(event, 'rollcallsender') ?? '') : named,
    to,
    text,
    isTooLong: text === '' && Number(header(event, 'rollcalllength') ?? 0) > 0,
    host: hostOf(decoded(event, 'rollcallhost') ?? ''),
  };
}

/** An event that the dialplan tells begins with its channel; in one that another AMI user makes up that can only come after its name. */
function isFromDialplan(event: AmiMessage): boolean {
  const names = Object.keys(event);
  const isFirst = names.indexOf('channel') >= 0 && names.indexOf('context') < names.indexOf('userevent');
  if (!isFirst || names.indexOf('channel') > names.indexOf('userevent')) return false;
  return header(event, 'channel') === CHANNEL && header(event, 'context') === CONTEXT;
}

/** Undefined: absent, longer than such a field can be, no Base64, or no UTF-8. */
function decoded(event: AmiMessage, name: string): string | undefined {
  const value = header(event, name);
  if (value === undefined || value.length > FIELD_CHARS || !BASE64.test(value)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    // Text that is no UTF-8.
    return undefined;
  }
}

/** The user of `"Name" <sip:1001@host>`; undefined for `<sip>`, which is all that some versions tell. */
function endpointOf(sender: string): string | undefined {
  const user = /^(?:"(?:[^"\\]|\\.)*" *)?<sips?:([^@<>"]+)@[^@<>"]+>$/s.exec(sender)?.[1];
  return user !== undefined && ENDPOINT.test(user) ? user : undefined;
}

/** Of `pjsip:1002@pbx.example.com`. */
function hostOf(address: string): string | undefined {
  const host = address.slice(address.lastIndexOf('@') + 1);
  return address.includes('@') && HOST.test(host) ? host : undefined;
}
