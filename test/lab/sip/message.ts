// SIP messages as text and as parts (RFC 3261, 7 and 20). Knows no socket.

export interface SipMessage {
  /** The request or status line. */
  readonly start: string;
  /** Of a request. */
  readonly method?: string;
  /** Of a response. */
  readonly status?: number;
  /** Lower-case full names, in the order they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Lines `Name: value` without line ends. */
export type HeaderLines = readonly string[];

const compact: Readonly<Record<string, string>> = {
  f: 'from',
  t: 'to',
  i: 'call-id',
  v: 'via',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  o: 'event',
};

/** Undefined for what is no SIP message, such as a keep-alive. */
export function parseSip(text: string): SipMessage | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    return [compact[name] ?? name, line.slice(colon + 1).trim()] as const;
  });
  const body = text.slice(end + 4);
  const status = /^SIP\/2\.0 (\d{3})/.exec(start)?.[1];
  if (status !== undefined) return { start, status: Number(status), headers, body };
  const method = /^([A-Z]+) \S+ SIP\/2\.0$/.exec(start)?.[1];
  return method === undefined ? undefined : { start, method, headers, body };
}

export function formatSip(start: string, headers: HeaderLines, body = ''): string {
  return [start, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** The first value of a header, or an empty string. */
export function headerOf(message: SipMessage, name: string): string {
  return message.headers.find(([key]) => key === name)?.[1] ?? '';
}

export function headersOf(message: SipMessage, name: string): string[] {
  return message.headers.filter(([key]) => key === name).map(([, value]) => value);
}

export function tagOf(value: string): string | undefined {
  return /;tag=([^;>\s]+)/.exec(value)?.[1];
}

/** The URI of a From, To or Contact value. */
export function uriOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0] ?? '';
}

/** The user part of such a URI: a number mostly. */
export function userOf(value: string): string {
  return /^sips?:([^@;]+)@/.exec(uriOf(value))?.[1] ?? '';
}

/** Whom a From, P-Asserted-Identity or Diversion value names: display name (empty: none) and user part, both as meant. */
export interface Party {
  readonly name: string;
  readonly number: string;
}

function partyOf(value: string): Party {
  const [quote, text] = /^\s*"((?:[^"\\]|\\.)*)"/s.exec(value) ?? ['', undefined];
  const rest = value.slice(quote.length);
  const name = text?.replace(/\\(.)/gs, '$1') ?? /^([^<]*)</.exec(rest)?.[1]?.trim() ?? '';
  return { name, number: decodeURIComponent(userOf(rest)) };
}

/** The caller as a phone shows it for an INVITE: the asserted identity, else From. */
export function callerOf(invitation: SipMessage): Party {
  const asserted = headerOf(invitation, 'p-asserted-identity') || headerOf(invitation, 'remote-party-id');
  return partyOf(asserted || headerOf(invitation, 'from'));
}

/** The branch of the topmost Via, which names the transaction. */
export function branchOf(message: SipMessage): string {
  return /;branch=([^;,\s]+)/.exec(headerOf(message, 'via'))?.[1] ?? '';
}
