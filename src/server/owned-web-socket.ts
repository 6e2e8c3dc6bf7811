// The package's WebSocket as this daemon has thousands of it: what it tells goes to its one owner, not through lists of
// listeners, which would cost more memory than all else that is ours of an idle connection.
import { WebSocket } from 'ws';
import { CLOSE_CODES } from '../protocol/codes.ts';

export interface WebSocketOwner {
  /** A message; `null` is a binary one. */
  message(text: string | null, bytes: number): void;
  /** A ping or a pong. */
  controlled(): void;
  error(error: Error & { code?: string }): void;
  /** It is closed; told last. */
  gone(): void;
}

export class OwnedWebSocket extends WebSocket {
  owner: WebSocketOwner | undefined;

  /** Closes that the package makes by itself say why as well. */
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? (code === CLOSE_CODES.tooBig ? 'message too big' : undefined));
  }

  /** Called by the package alone. */
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const { owner } = this;
    if (owner === undefined) return super.emit(event, first, second);
    if (event === 'message') {
      const bytes = first as Buffer;
      const isBinary = second === true;
      owner.message(isBinary ? null : bytes.toString(), bytes.length);
    } else if (event === 'ping' || event === 'pong') owner.controlled();
    else if (event === 'error') owner.error(first as Error);
    else if (event === 'close') owner.gone();
    return true;
  }
}
