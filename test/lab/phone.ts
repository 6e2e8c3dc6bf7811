// A simulated SIP phone over UDP, without media: enough to drive a real Asterisk.
//
//   const phone = await openPhone(asterisk, '1001');          registered with digest
//   phone.behaviour = 'ring';                                 how it takes calls: answer (default), ring, busy, decline
//   const call = await phone.call('1002');                    after the final answer: call.state 'up' or 'ended', call.status
//   const call = phone.dial('1002'); await call.until('ringing'); await call.hangup();       cancelled
//   const call = await phone.calls.next();                    an incoming call: answer, reject, divert, hold, unhold, hangup, until
//   await call.transfer('1003')                               hands the other end over; to another call: attended
//   await phone.subscribe('1002'); (await phone.notifications.next()).body
//   await phone.text('1002', 'hello'); (await other.texts.next()).body
//   await phone.close();                                      hangs up, unregisters, closes
import { createSocket, type Socket } from 'node:dgram';
import type { Asterisk } from './asterisk.ts';
import { Inbox } from './inbox.ts';
import { Call } from './sip/call.ts';
import { authorization, type Credentials } from './sip/digest.ts';
import { type HeaderLines, headerOf, type Party, type SipMessage, tagOf } from './sip/message.ts';
import { randomToken, SipWire } from './sip/wire.ts';

export type { Call } from './sip/call.ts';

/** What a phone does by itself with an incoming call. */
export type Behaviour = 'answer' | 'ring' | 'busy' | 'decline';

export interface PhoneOptions {
  /** Default: the lab's default, `pw<number>`, for `<number>` and `<number>-2`. */
  readonly secret?: string;
  /** Default: the lab's PJSIP port. */
  readonly port?: number;
  /** Default true. */
  readonly register?: boolean;
  readonly behaviour?: Behaviour;
  /** The User-Agent header. */
  readonly agent?: string;
  /** Further headers of its calls. */
  readonly headers?: HeaderLines;
  /** The Contact header, in place of its true one. */
  readonly contact?: string;
}

/** Opens a phone for an endpoint (`1001`, or `1001-2` of an extension with several), registered unless told otherwise. */
export async function openPhone(asterisk: Asterisk, user: string, options: PhoneOptions = {}): Promise<Phone> {
  const secret = options.secret ?? `pw${user.replace(/-.*$/, '')}`;
  const phone = await Phone.open({ username: user, secret }, options.port ?? asterisk.sipPort, options.agent);
  phone.behaviour = options.behaviour ?? 'answer';
  phone.headers = options.headers ?? [];
  phone.writes = options.contact;
  if (options.register === false) return phone;
  try {
    await phone.register();
  } catch (error) {
    await phone.close();
    throw error;
  }
  return phone;
}

export class Phone {
  behaviour: Behaviour = 'answer';
  /** Headers of all its calls. */
  headers: HeaderLines = [];
  /** What the From of its calls says, in place of its own number. */
  shows: Party | undefined;
  /** What the Contact header says, in place of where it is. */
  writes: string | undefined;
  /** Milliseconds that it rings before it answers by itself. */
  ringFor = 100;
  /** Incoming calls, each once, ringing or already taken as `behaviour` says. */
  readonly calls = new Inbox<Call>('incoming call');
  /** NOTIFYs of subscriptions. */
  readonly notifications = new Inbox<SipMessage>('NOTIFY');
  /** SIP MESSAGEs. */
  readonly texts = new Inbox<SipMessage>('MESSAGE');
  readonly user: string;
  readonly #wire: SipWire;
  readonly #media: Socket;
  readonly #credentials: Credentials;
  readonly #server: number;
  readonly #agent: string;
  readonly #active = new Map<string, Call>();
  readonly #registration = randomToken();
  #cseq = 0;
  #sdpVersion = 0;
  #registered = false;

  static async open(credentials: Credentials, server: number, agent = 'labphone'): Promise<Phone> {
    const wire = await SipWire.open(server);
    // media is thrown away, but has to go somewhere that is ours
    const media = createSocket('udp4');
    await new Promise<void>((done) => media.bind(0, '127.0.0.1', done));
    return new Phone(wire, media, credentials, server, agent);
  }

  private constructor(wire: SipWire, media: Socket, credentials: Credentials, server: number, agent: string) {
    this.#wire = wire;
    this.#media = media;
    this.#credentials = credentials;
    this.#server = server;
    this.#agent = agent;
    this.user = credentials.username;
    wire.onRequest((request) => this.#take(request));
  }

  /** Calls that are not over. */
  get active(): Call[] {
    return [...this.#active.values()];
  }

  /** Rejects with the status line when the log-in is refused. */
  async register(seconds = 120): Promise<void> {
    const to = `<${this.#address}>`;
    const headers = [`Expires: ${seconds}`];
    const response = await this.#request('REGISTER', `sip:${this.#domain}`, {
      headers,
      to,
      callId: this.#registration,
    });
    if (response.status !== 200) throw new Error(`${this.user} cannot register: ${response.start}`);
    this.#registered = seconds > 0;
  }

  unregister(): Promise<void> {
    return this.register(0);
  }

  /** Begins a call and gives it at once. */
  dial(number: string, headers: HeaderLines = []): Call {
    const call = Call.out(this.#site, number, [`User-Agent: ${this.#agent}`, ...this.headers, ...headers]);
    this.#active.set(call.id, call);
    return call;
  }

  /** Calls and waits for the final answer, whichever it is. */
  async call(number: string, headers: HeaderLines = []): Promise<Call> {
    const call = this.dial(number, headers);
    await call.settled();
    return call;
  }

  /** Dials a feature code such as `*78` and waits until Asterisk has hung up. */
  async feature(code: string): Promise<Call> {
    const call = await this.call(code);
    if (call.state === 'up') await call.until('ended');
    return call;
  }

  /** Rejects when the subscription is refused. `event`: presence or dialog. */
  async subscribe(number: string, event: 'presence' | 'dialog' = 'presence'): Promise<void> {
    const accept = event === 'presence' ? 'application/pidf+xml' : 'application/dialog-info+xml';
    const headers = [`Event: ${event}`, `Accept: ${accept}`, 'Expires: 600'];
    const response = await this.#request('SUBSCRIBE', `sip:${number}@${this.#domain}`, { headers });
    if (response.status !== 200) throw new Error(`${this.user} cannot subscribe to ${number}: ${response.start}`);
  }

  /** Sends a SIP MESSAGE, from whom `shows` says; the status says only whether Asterisk took it. */
  async text(number: string, body: string, further: HeaderLines = []): Promise<number> {
    const headers = [...further, 'Content-Type: text/plain'];
    const from = this.#site.from;
    const response = await this.#request('MESSAGE', `sip:${number}@${this.#domain}`, { headers, body, from });
    return response.status ?? 0;
  }

  /** Hangs up, unregisters and closes. Asterisk may be gone already. */
  async close(): Promise<void> {
    const farewells = this.active.map((call) => call.hangup());
    await giveUpAfter(1000, Promise.allSettled(farewells));
    if (this.#registered) await giveUpAfter(1000, Promise.allSettled([this.unregister()]));
    this.unplug();
  }

  /** Goes without a word, as a phone whose plug is pulled. */
  unplug(): void {
    for (const call of this.active) call.drop();
    this.#wire.close();
    this.#media.close();
  }

  get #domain(): string {
    return `${this.#wire.host}:${this.#server}`;
  }

  get #address(): string {
    return `sip:${this.user}@${this.#domain}`;
  }

  get #site() {
    return {
      wire: this.#wire,
      credentials: this.#credentials,
      address: this.#address,
      from: this.shows ? this.#fromOf(this.shows) : `<${this.#address}>`,
      contact: this.#contact,
      sdp: (direction: 'sendrecv' | 'sendonly') => this.#sdp(direction),
      onEnded: (call: Call) => void this.#active.delete(call.id),
    };
  }

  #fromOf({ name, number }: Party): string {
    const quoted = name === '' ? '' : `"${name.replace(/[\\"]/g, '\\$&')}" `;
    return `${quoted}<sip:${number === '' ? '' : `${encodeURIComponent(number)}@`}${this.#domain}>`;
  }

  get #contact(): string {
    return this.writes ?? `<sip:${this.user}@${this.#wire.contact}>`;
  }

  #sdp(direction: 'sendrecv' | 'sendonly'): string {
    this.#sdpVersion += 1;
    const { host } = this.#wire;
    return [
      'v=0',
      `o=- 1 ${this.#sdpVersion} IN IP4 ${host}`,
      's=-',
      `c=IN IP4 ${host}`,
      't=0 0',
      `m=audio ${this.#media.address().port} RTP/AVP 0`,
      'a=rtpmap:0 PCMU/8000',
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  /** A request outside calls, a second time with digest when it is asked for. */
  async #request(
    method: string,
    uri: string,
    {
      headers,
      body,
      to,
      ...rest
    }: { headers: HeaderLines; body?: string; to?: string; from?: string; callId?: string },
  ): Promise<SipMessage> {
    const { from = `<${this.#address}>`, callId = randomToken() } = rest;
    const base = { method, uri, callId, from: `${from};tag=${randomToken()}` };
    const lines = [`Contact: ${this.#contact}`, `User-Agent: ${this.#agent}`, ...headers];
    const send = (extra: HeaderLines) => {
      this.#cseq += 1;
      const own = { to: to ?? `<${uri}>`, cseq: this.#cseq, headers: [...lines, ...extra], body: body ?? '' };
      return this.#wire.request({ ...base, ...own }).response;
    };
    const response = await send([]);
    const proof = authorization(response, method, uri, this.#credentials);
    return proof === undefined ? response : send([proof]);
  }

  #take(request: SipMessage): void {
    const call = this.#active.get(headerOf(request, 'call-id'));
    if (call) call.take(request);
    else if (request.method === 'INVITE' && tagOf(headerOf(request, 'to')) === undefined) this.#ringUp(request);
    else if (request.method !== 'ACK') this.#takeOutsideCalls(request);
  }

  #takeOutsideCalls(request: SipMessage): void {
    const lost = ['INVITE', 'BYE', 'CANCEL'].includes(request.method ?? '');
    this.#wire.reply(request, lost ? { status: 481, reason: 'Call Does Not Exist' } : { status: 200, reason: 'OK' });
    if (request.method === 'NOTIFY') this.notifications.push(request);
    if (request.method === 'MESSAGE') this.texts.push(request);
  }

  #ringUp(invitation: SipMessage): void {
    const call = Call.in(this.#site, invitation);
    this.#active.set(call.id, call);
    if (this.behaviour === 'busy') call.reject(486);
    else if (this.behaviour === 'decline') call.reject(603);
    else call.ring();
    if (this.behaviour === 'answer') setTimeout(() => call.answer(), this.ringFor);
    this.calls.push(call);
  }
}

async function giveUpAfter(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((done) => {
    timer = setTimeout(done, milliseconds);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
