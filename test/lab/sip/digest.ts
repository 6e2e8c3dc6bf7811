// Digest authentication of a SIP request (RFC 2617 with MD5, as Asterisk asks for it). Knows no socket.
import { createHash, randomBytes } from 'node:crypto';
import { headerOf, type SipMessage } from './message.ts';

export interface Credentials {
  readonly username: string;
  readonly secret: string;
}

/** The header line that answers a 401 or 407, or undefined for any other response. */
export function authorization(response: SipMessage, method: string, uri: string, who: Credentials): string | undefined {
  if (response.status === 401)
    return `Authorization: ${digest(headerOf(response, 'www-authenticate'), method, uri, who)}`;
  if (response.status !== 407) return undefined;
  return `Proxy-Authorization: ${digest(headerOf(response, 'proxy-authenticate'), method, uri, who)}`;
}

function digest(challenge: string, method: string, uri: string, who: Credentials): string {
  const part = (name: string) => new RegExp(`[ ,]${name}="?([^",]+)"?`).exec(challenge)?.[1];
  const realm = part('realm') ?? '';
  const nonce = part('nonce') ?? '';
  const opaque = part('opaque');
  const secret = md5(`${who.username}:${realm}:${who.secret}`);
  const request = md5(`${method}:${uri}`);
  const client = randomBytes(8).toString('hex');
  const withQop = part('qop') !== undefined;
  const response = withQop
    ? md5(`${secret}:${nonce}:00000001:${client}:auth:${request}`)
    : md5(`${secret}:${nonce}:${request}`);
  return [
    `Digest username="${who.username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    'algorithm=MD5',
    ...(withQop ? ['qop=auth', 'nc=00000001', `cnonce="${client}"`] : []),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ].join(', ');
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
