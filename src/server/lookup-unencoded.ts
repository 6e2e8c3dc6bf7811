// A lookup whose target holds spaces or bytes above 127: some PBXs put a name into a URL as it is, and node's parser refuses
// that. Pure: knows no socket.

export interface Unencoded {
  readonly target: string;
  readonly authorization: string | undefined;
}

const MOST_BYTES = 16_384;

/** `packet` holds one whole request without a body and nothing else; undefined of anything else. */
export function readUnencoded(packet: Buffer): Unencoded | undefined {
  const text = packet.length <= MOST_BYTES ? packet.toString('latin1') : '';
  const end = text.indexOf('\r\n\r\n');
  if (end < 0 || end + 4 !== text.length) return undefined;
  const [line = '', ...headers] = text.slice(0, end).split('\r\n');
  const target = /^GET (\/[^\0-\x1f\x7f]*) HTTP\/1\.[01]$/.exec(line)?.[1];
  if (target === undefined || !/[ \x80-\xff]/.test(target) || !headers.every(isGood)) return undefined;
  const authorization = headers.find((header) => /^authorization:/i.test(header));
  return { target, authorization: authorization?.slice('authorization:'.length).trim() };
}

function isGood(header: string): boolean {
  return (
    /^[\w!#$%&'*+.^`|~-]+:[^\0-\x08\x0a-\x1f\x7f]*$/.test(header) &&
    !/^(content-length|transfer-encoding):/i.test(header)
  );
}
