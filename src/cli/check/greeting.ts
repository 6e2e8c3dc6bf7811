// What listens where the database should: PostgreSQL, something else, or nobody. Asks for encryption, which every PostgreSQL answers with one letter
// before anybody has said who he is; so nothing is told to a program that is none.
import { connect, type Socket } from 'node:net';

/** Of a network, or of a Unix socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** `closed`: it ends the connection at once, as a balancer does that has no database behind it. `away`: no connection, with the code of the system. */
export type Greeting =
  | { readonly kind: 'postgres'; readonly offersTls: boolean }
  | { readonly kind: 'foreign' | 'silent' | 'closed' }
  | { readonly kind: 'away'; readonly code: string };

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
/** An error in place of the letter, such as that there are too many connections; none is longer. */
const LONGEST_ERROR = 30_000;

/** Never rejects. */
export function greet(place: Place, withinMs: number): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket: Socket = connect(place);
    const settle = (greeting: Greeting) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(greeting);
    };
    const timer = setTimeout(
      () => settle({ kind: socket.connecting ? 'away' : 'silent', code: 'ETIMEDOUT' }),
      withinMs,
    );
    socket.on('connect', () => socket.write(SSL_REQUEST));
    socket.on('data', (answer) => settle(readAnswer(answer)));
    socket.on('end', () => settle({ kind: 'closed' }));
    socket.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      settle(socket.connecting || !isCut(code) ? { kind: 'away', code } : { kind: 'closed' });
    });
  });
}

const isCut = (code: string) => code === 'ECONNRESET' || code === 'EPIPE';

function readAnswer(answer: Buffer): Greeting {
  const [letter] = answer.toString('latin1', 0, 1);
  if (answer.length === 1 && letter === 'S') return { kind: 'postgres', offersTls: true };
  if (answer.length === 1 && letter === 'N') return { kind: 'postgres', offersTls: false };
  const isError = letter === 'E' && answer.length >= 5 && answer.readUInt32BE(1) <= LONGEST_ERROR;
  return isError ? { kind: 'postgres', offersTls: false } : { kind: 'foreign' };
}
