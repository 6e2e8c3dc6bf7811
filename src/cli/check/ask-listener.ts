// What a listener of the dialplan's questions says to a question that names nobody, as the way of asking finds out.
import { connect, isIPv6 } from 'node:net';
import type { Address } from '../../server/lasting-listener.ts';

/**
 * `answers`: as it should. `refuses`: it does not take the token. `silent`: no answer in time. `foreign`: something else
 * listens there. `away`: no connection, with the code of the system.
 */
export type ListenerAnswer =
  | { readonly kind: 'answers' | 'refuses' | 'silent' | 'foreign' }
  | { readonly kind: 'away'; readonly code: string };

export interface Asked {
  readonly address: Address;
  /** Empty: none is shown. */
  readonly token: string;
  readonly withinMs: number;
}

const MOST_BYTES = 16_384;

/** Never rejects. */
export function askHttp({ address, token, withinMs }: Asked): Promise<ListenerAnswer> {
  const host = isIPv6(address.host) ? `[${address.host}]` : address.host;
  const lines = [
    'GET /lookup?number= HTTP/1.1',
    `Host: ${host}:${address.port}`,
    ...(token === '' ? [] : [`Authorization: Bearer ${token}`]),
    'Connection: close',
  ];
  const request = `${lines.join('\r\n')}\r\n\r\n`;
  return converse({ address, withinMs, request }, (text, ended) => {
    const [head, body] = text.split('\r\n\r\n', 2);
    if (body === undefined && !ended) return 'more';
    const outcome = /^HTTP\/1\.1 200 .*\r\nRollcall-Outcome: (\w+)(?:\r\n|$)/is.exec(head ?? '')?.[1];
    return outcome === undefined ? 'foreign' : outcome === 'refused' ? 'refuses' : 'answers';
  });
}

/** Never rejects. */
export function askAgi({ address, token, withinMs }: Asked): Promise<ListenerAnswer> {
  const script = token === '' ? 'lookup' : `lookup?token=${token}`;
  const lines = [
    'agi_network: yes',
    `agi_network_script: ${script}`,
    `agi_request: agi://${address.host}:${address.port}/${script}`,
    'agi_callerid: unknown',
    'agi_calleridname: unknown',
    'agi_extension: s',
  ];
  let answered = 0;
  return converse({ address, withinMs, request: `${lines.join('\n')}\n\n` }, (text, ended, write) => {
    const commands = text.split('\n').slice(0, -1);
    if (!commands.every((line) => line.startsWith('SET VARIABLE ROLLCALL_'))) return 'foreign';
    for (; answered < commands.length; answered++) write('200 result=1\n');
    if (!ended) return 'more';
    // Whoever has no token that is right is told nothing at all.
    return commands.length > 0 ? 'answers' : 'refuses';
  });
}

type Write = (text: string) => void;

/** Sends the request and gives all that has come to `read`, each time that more has and at the end. */
function converse(
  { address, withinMs, request }: Omit<Asked, 'token'> & { readonly request: string },
  read: (text: string, ended: boolean, write: Write) => ListenerAnswer['kind'] | 'more',
): Promise<ListenerAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: reachable(address.host), port: address.port });
    let text = '';
    const settle = (answer: ListenerAnswer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const look = (ended: boolean) => {
      const kind = text.length > MOST_BYTES ? 'foreign' : read(text, ended, (line) => socket.write(line));
      if (kind !== 'more' && kind !== 'away') settle({ kind });
    };
    const timer = setTimeout(() => settle({ kind: 'silent' }), withinMs);
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      look(false);
    });
    socket.on('end', () => look(true));
    socket.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => settle({ kind: 'away', code }));
  });
}

/** The address at which this machine reaches a listener on all of its addresses. */
function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}
