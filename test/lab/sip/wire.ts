// SIP over one UDP socket: requests with retransmission, matched responses, and requests that come in once each. Knows
// transactions (RFC 3261, 17), not calls.
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import {
  branchOf,
  formatSip,
  type HeaderLines,
  headerOf,
  headersOf,
  parseSip,
  type SipMessage,
  tagOf,
} from './message.ts';

export interface SipRequest {
  readonly method: string;
  readonly uri: string;
  readonly callId: string;
  readonly cseq: number;
  readonly from: string;
  readonly to: string;
  readonly headers?: HeaderLines;
  readonly body?: string;
}

export interface SipTransaction {
  /** The final response. Rejects when none comes in time. */
  readonly response: Promise<SipMessage>;
  /** Ends an INVITE that has no final response yet; that response is then 487. */
  cancel(): void;
}

export interface RequestOptions {
  /** Milliseconds until the final response. Default 8000. */
  readonly timeout?: number;
  readonly onProvisional?: (response: SipMessage) => void;
}

export interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly toTag?: string;
  readonly headers?: HeaderLines;
  readonly body?: string;
}

interface Pending {
  readonly method: string;
  readonly take: (response: SipMessage) => void;
  readonly give: (error: Error) => void;
}

const firstRetransmission = 500;
const lastRetransmission = 4000;
/** How many replies and acknowledgements are kept for what comes a second time. */
const remembered = 200;

export function randomToken(): string {
  return randomBytes(8).toString('hex');
}

export class SipWire {
  readonly host = '127.0.0.1';
  readonly #server: number;
  readonly #socket: Socket;
  readonly #pending = new Map<string, Pending>();
  readonly #replies = new Map<string, string>();
  readonly #acknowledgements = new Map<string, string>();
  #onRequest: (request: SipMessage) => void = () => {};
  #closed = false;

  static async open(server: number): Promise<SipWire> {
    const socket = createSocket('udp4');
    await new Promise<void>((done, fail) => {
      socket.once('error', fail);
      socket.bind(0, '127.0.0.1', done);
    });
    return new SipWire(socket, server);
  }

  private constructor(socket: Socket, server: number) {
    this.#socket = socket;
    this.#server = server;
    socket.on('message', (bytes) => this.#take(bytes.toString('utf8')));
    socket.on('error', () => this.close());
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get contact(): string {
    return `${this.host}:${this.port}`;
  }

  /** New requests, each once. One listener: the phone. */
  onRequest(listener: (request: SipMessage) => void): void {
    this.#onRequest = listener;
  }

  request(request: SipRequest, options: RequestOptions = {}): SipTransaction {
    const branch = `z9hG4bK${randomToken()}`;
    const response = this.#transact(request, branch, options);
    return { response, cancel: () => this.#cancel(request, branch) };
  }

  #transact(request: SipRequest, branch: string, options: RequestOptions): Promise<SipMessage> {
    const { method, callId, cseq } = request;
    const timeout = options.timeout ?? 8000;
    return new Promise((done, fail) => {
      let again: NodeJS.Timeout | undefined;
      const retransmit = (wait: number) => {
        this.#send(this.#format(request, branch));
        again = setTimeout(() => retransmit(Math.min(wait * 2, lastRetransmission)), wait);
      };
      const finish = () => {
        clearTimeout(again);
        clearTimeout(timer);
        this.#pending.delete(branch);
      };
      const give = (error: Error) => {
        finish();
        fail(error);
      };
      const take = (response: SipMessage) => {
        clearTimeout(again);
        const status = response.status ?? 0;
        if (status < 200) {
          options.onProvisional?.(response);
          return;
        }
        finish();
        if (method === 'INVITE' && status >= 300) {
          const refused = { ...request, method: 'ACK', to: headerOf(response, 'to'), headers: [], body: '' };
          this.#remember(this.#acknowledgements, `${callId} ${cseq}`, this.#format(refused, branch));
          this.#send(this.#format(refused, branch));
        }
        done(response);
      };
      const timer = setTimeout(
        () => give(new Error(`no answer to ${method} ${request.uri} within ${timeout} ms`)),
        timeout,
      );
      this.#pending.set(branch, { method, take, give });
      if (this.#closed) give(new Error('the phone is closed'));
      else retransmit(firstRetransmission);
    });
  }

  /** Acknowledges a 2xx to an INVITE; is sent again when that response comes again. */
  acknowledge(request: Omit<SipRequest, 'method'>): void {
    const text = this.#format({ ...request, method: 'ACK' }, `z9hG4bK${randomToken()}`);
    this.#remember(this.#acknowledgements, `${request.callId} ${request.cseq}`, text);
    this.#send(text);
  }

  reply(request: SipMessage, reply: Reply): void {
    const to = headerOf(request, 'to');
    const headers = [
      ...headersOf(request, 'via').map((value) => `Via: ${value}`),
      ...headersOf(request, 'record-route').map((value) => `Record-Route: ${value}`),
      `From: ${headerOf(request, 'from')}`,
      `To: ${tagOf(to) ? to : `${to};tag=${reply.toTag ?? randomToken()}`}`,
      `Call-ID: ${headerOf(request, 'call-id')}`,
      `CSeq: ${headerOf(request, 'cseq')}`,
      ...(reply.headers ?? []),
    ];
    const text = formatSip(`SIP/2.0 ${reply.status} ${reply.reason}`, headers, reply.body);
    this.#remember(this.#replies, transactionOf(request), text);
    this.#send(text);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { give } of this.#pending.values()) give(new Error('the phone is closed'));
    this.#socket.close();
  }

  #cancel(request: SipRequest, branch: string): void {
    const cancel = { ...request, method: 'CANCEL', headers: [], body: '' };
    if (this.#pending.has(branch)) this.#send(this.#format(cancel, branch));
  }

  #format(request: SipRequest, branch: string): string {
    const headers = [
      `Via: SIP/2.0/UDP ${this.contact};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: ${request.from}`,
      `To: ${request.to}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.cseq} ${request.method}`,
      ...(request.headers ?? []),
    ];
    return formatSip(`${request.method} ${request.uri} SIP/2.0`, headers, request.body);
  }

  #send(text: string): void {
    if (!this.#closed) this.#socket.send(text, this.#server, this.host);
  }

  #take(text: string): void {
    const message = parseSip(text);
    if (!message) return;
    if (message.status === undefined) this.#takeRequest(message);
    else this.#takeResponse(message);
  }

  #takeRequest(request: SipMessage): void {
    const transaction = transactionOf(request);
    const before = this.#replies.get(transaction);
    if (before === undefined) {
      if (request.method !== 'ACK') this.#remember(this.#replies, transaction, '');
      this.#onRequest(request);
    } else if (before !== '') {
      this.#send(before);
    }
  }

  #takeResponse(response: SipMessage): void {
    const [cseq = '', method = ''] = headerOf(response, 'cseq').split(' ');
    const pending = this.#pending.get(branchOf(response));
    if (pending) {
      if (pending.method === method) pending.take(response); // else the answer to a CANCEL
      return;
    }
    const acknowledgement = this.#acknowledgements.get(`${headerOf(response, 'call-id')} ${cseq}`);
    if (method === 'INVITE' && acknowledgement !== undefined) this.#send(acknowledgement);
  }

  #remember(map: Map<string, string>, key: string, text: string): void {
    map.delete(key);
    map.set(key, text);
    for (const oldest of map.keys()) {
      if (map.size <= remembered) return;
      map.delete(oldest);
    }
  }
}

function transactionOf(request: SipMessage): string {
  return `${branchOf(request)} ${request.method}`;
}
