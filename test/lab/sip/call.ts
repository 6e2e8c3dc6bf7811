// One call at a simulated phone, outgoing or incoming: its dialog (RFC 3261, 12) and what can be done with it.
import { authorization, type Credentials } from './digest.ts';
import { callerOf, headerOf, type Party, type SipMessage, tagOf, uriOf, userOf } from './message.ts';
import { randomToken, type SipTransaction, type SipWire } from './wire.ts';

export type CallState = 'calling' | 'ringing' | 'up' | 'ended';

/** What a call needs of its phone. */
export interface CallSite {
  readonly wire: SipWire;
  readonly credentials: Credentials;
  /** The phone's own address, such as `sip:1001@127.0.0.1:5060`. */
  readonly address: string;
  /** The From of its calls without a tag, such as `"Ann" <sip:1001@127.0.0.1:5060>`. */
  readonly from: string;
  readonly contact: string;
  sdp(direction: 'sendrecv' | 'sendonly'): string;
  /** Called once, when the call is over. */
  onEnded(call: Call): void;
}

interface Dialog {
  readonly id: string;
  readonly local: string;
  remote: string;
  target: string;
  cseq: number;
}

const sdpType = 'Content-Type: application/sdp';

export class Call {
  readonly direction: 'out' | 'in';
  /** The number at the other end, as the signalling names it. */
  readonly number: string;
  readonly #site: CallSite;
  readonly #dialog: Dialog;
  readonly #invitation: SipMessage | undefined;
  readonly #toTag: string | undefined;
  #listeners: (() => void)[] = [];
  #state: CallState = 'calling';
  #status: number | undefined;
  #transaction: SipTransaction | undefined;
  #failure: Error | undefined;

  /** Calls a number; the state tells how it goes on. */
  static out(site: CallSite, number: string, headers: readonly string[]): Call {
    const uri = site.address.replace(/^sip:[^@]+@/, `sip:${number}@`);
    const dialog = {
      id: randomToken(),
      local: `${site.from};tag=${randomToken()}`,
      remote: `<${uri}>`,
      target: uri,
      cseq: 0,
    };
    const call = new Call(site, 'out', number, dialog);
    void call.#invite(uri, headers);
    return call;
  }

  /** For an INVITE that came in; it rings when told so. */
  static in(site: CallSite, invitation: SipMessage): Call {
    const tag = randomToken();
    const from = headerOf(invitation, 'from');
    const dialog = {
      id: headerOf(invitation, 'call-id'),
      local: `${headerOf(invitation, 'to')};tag=${tag}`,
      remote: from,
      target: uriOf(headerOf(invitation, 'contact')),
      cseq: 0,
    };
    return new Call(site, 'in', userOf(from), dialog, invitation, tag);
  }

  private constructor(
    site: CallSite,
    direction: 'out' | 'in',
    number: string,
    dialog: Dialog,
    invitation?: SipMessage,
    toTag?: string,
  ) {
    this.#site = site;
    this.direction = direction;
    this.number = number;
    this.#dialog = dialog;
    this.#invitation = invitation;
    this.#toTag = toTag;
  }

  /** The Call-ID. */
  get id(): string {
    return this.#dialog.id;
  }

  /** Of an incoming call: what the phone shows of the caller. */
  get caller(): Party | undefined {
    return this.#invitation && callerOf(this.#invitation);
  }

  /** A header of the INVITE that came in, or an empty string. */
  header(name: string): string {
    return this.#invitation ? headerOf(this.#invitation, name) : '';
  }

  get state(): CallState {
    return this.#state;
  }

  /** The final SIP status of the INVITE: 200, 486, 487 …, or undefined before it came. */
  get status(): number | undefined {
    return this.#status;
  }

  /** Waits for a state. Rejects when the call ends without it, or after `timeout` milliseconds. */
  async until(state: CallState, timeout = 8000): Promise<void> {
    await this.#reach([state, 'ended'], timeout);
    if (this.#state === state) return;
    throw new Error(`the call with ${this.number} ended (${this.#status}) before it was ${state}`);
  }

  /** Waits until the callee answered or the call was refused. */
  settled(timeout = 30_000): Promise<void> {
    return this.#reach(['up', 'ended'], timeout);
  }

  #reach(states: readonly CallState[], timeout: number): Promise<void> {
    return new Promise((done, fail) => {
      const stop = () => {
        clearTimeout(timer);
        this.#listeners = this.#listeners.filter((other) => other !== look);
      };
      const look = () => {
        if (!states.includes(this.#state)) return;
        stop();
        if (this.#failure) fail(this.#failure);
        else done();
      };
      const timer = setTimeout(() => {
        stop();
        fail(new Error(`the call with ${this.number} is still ${this.#state} after ${timeout} ms`));
      }, timeout);
      this.#listeners.push(look);
      look();
    });
  }

  ring(): void {
    this.#reply(180, 'Ringing');
    this.#become('ringing');
  }

  /** Answers an incoming call. */
  answer(): void {
    if (!this.#invitation || this.#state === 'up' || this.#state === 'ended') return;
    this.#status = 200;
    this.#reply(200, 'OK', this.#site.sdp('sendrecv'));
    this.#become('up');
  }

  /** Refuses an incoming call: 486 busy, 603 declined, … */
  reject(status = 486): void {
    this.#status = status;
    this.#reply(status, status === 486 ? 'Busy Here' : 'Decline');
    this.#become('ended');
  }

  /** Sends an incoming call that was not taken elsewhere: 302 with this number. */
  divert(number: string): void {
    this.#status = 302;
    const contact = `Contact: <${this.#site.address.replace(/^sip:[^@]+@/, `sip:${number}@`)}>`;
    if (this.#invitation) this.#answerInvitation(302, 'Moved Temporarily', [contact]);
    this.#become('ended');
  }

  /** Hands the other end of an answered call over: to a number, or to the other end of another answered call. */
  async transfer(target: string | Call): Promise<void> {
    const number = typeof target === 'string' ? target : target.number;
    const uri = this.#site.address.replace(/^sip:[^@]+@/, `sip:${number}@`);
    const to = typeof target === 'string' ? uri : `${uri}?Replaces=${encodeURIComponent(target.#replaces)}`;
    const headers = [`Refer-To: <${to}>`, `Referred-By: <${this.#site.address}>`];
    const response = await this.#request('REFER', { headers }).response;
    if (response.status !== 202) throw new Error(`the transfer was refused: ${response.start}`);
  }

  /** The dialog as the other end names it in a Replaces header. */
  get #replaces(): string {
    const { id, local, remote } = this.#dialog;
    return `${id};to-tag=${tagOf(remote)};from-tag=${tagOf(local)}`;
  }

  /** Puts the other end on hold. */
  hold(): Promise<void> {
    return this.#renegotiate('sendonly');
  }

  unhold(): Promise<void> {
    return this.#renegotiate('sendrecv');
  }

  /** Ends the call in the way of its state: BYE, CANCEL or 486. */
  async hangup(): Promise<void> {
    if (this.#state === 'ended') return;
    if (this.#state === 'up') {
      const { response } = this.#request('BYE');
      this.#become('ended');
      await response;
    } else if (this.direction === 'in') {
      this.reject();
    } else {
      this.#transaction?.cancel();
      await this.until('ended');
    }
  }

  /** A request of the other end within this call. */
  take(request: SipMessage): void {
    const { wire, contact } = this.#site;
    const body = request.method === 'INVITE' ? this.#site.sdp('sendrecv') : '';
    const headers = [`Contact: ${contact}`, ...(body === '' ? [] : [sdpType])];
    if (request.method !== 'ACK') wire.reply(request, { status: 200, reason: 'OK', headers, body });
    if (request.method === 'CANCEL' && this.#state !== 'up') {
      this.#status = 487;
      this.#reply(487, 'Request Terminated');
      this.#become('ended');
    }
    if (request.method === 'BYE') this.#become('ended');
  }

  /** As if the phone had lost its power: nothing is sent. */
  drop(): void {
    this.#become('ended');
  }

  async #invite(uri: string, headers: readonly string[]): Promise<void> {
    try {
      let response = await this.#tryInvite(headers);
      const proof = authorization(response, 'INVITE', uri, this.#site.credentials);
      if (proof !== undefined) response = await this.#tryInvite([...headers, proof]);
      this.#status = response.status;
      if (response.status === 200) this.#accept(response);
      else this.#become('ended');
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#become('ended');
    }
  }

  #accept(response: SipMessage): void {
    this.#dialog.remote = headerOf(response, 'to');
    this.#dialog.target = uriOf(headerOf(response, 'contact'));
    this.#acknowledge();
    this.#become('up');
  }

  #tryInvite(headers: readonly string[]): Promise<SipMessage> {
    this.#transaction = this.#request('INVITE', {
      headers: [...headers, sdpType],
      body: this.#site.sdp('sendrecv'),
      timeout: 120_000,
      onProvisional: (response) => {
        if (response.status === 180 || response.status === 183) this.#become('ringing');
      },
    });
    return this.#transaction.response;
  }

  async #renegotiate(direction: 'sendrecv' | 'sendonly'): Promise<void> {
    const response = await this.#request('INVITE', { headers: [sdpType], body: this.#site.sdp(direction) }).response;
    if (response.status !== 200) throw new Error(`${direction} was refused: ${response.start}`);
    this.#acknowledge();
  }

  #request(
    method: string,
    rest: {
      headers?: readonly string[];
      body?: string;
      timeout?: number;
      onProvisional?: (r: SipMessage) => void;
    } = {},
  ): SipTransaction {
    const { headers, body, ...options } = rest;
    this.#dialog.cseq += 1;
    return this.#site.wire.request({ ...this.#address(method, headers), body: body ?? '' }, options);
  }

  #acknowledge(): void {
    this.#site.wire.acknowledge(this.#address('ACK'));
  }

  #address(method: string, headers: readonly string[] = []) {
    const { id, local, remote, target, cseq } = this.#dialog;
    const lines = [`Contact: ${this.#site.contact}`, ...headers];
    return { method, uri: target, callId: id, cseq, from: local, to: remote, headers: lines };
  }

  #reply(status: number, reason: string, body = ''): void {
    this.#answerInvitation(status, reason, [`Contact: ${this.#site.contact}`, ...(body === '' ? [] : [sdpType])], body);
  }

  #answerInvitation(status: number, reason: string, headers: readonly string[], body = ''): void {
    if (!this.#invitation) return;
    const toTag = this.#toTag === undefined ? {} : { toTag: this.#toTag };
    this.#site.wire.reply(this.#invitation, { status, reason, headers, body, ...toTag });
  }

  #become(state: CallState): void {
    if (this.#state === 'ended' || this.#state === state || (this.#state === 'up' && state === 'ringing')) return;
    this.#state = state;
    if (state === 'ended') this.#site.onEnded(this);
    for (const listener of this.#listeners) listener();
  }
}
