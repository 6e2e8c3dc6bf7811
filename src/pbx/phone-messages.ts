// Carries chat messages to phones that speak SIP MESSAGE and takes those that are written at phones, through [rollcall-messages].
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../service/clock.ts';
import type { MessageTaker, PbxMessages, PhoneMessage } from '../service/messages-port.ts';
import { rareReport } from '../service/rare-report.ts';
import type { Report, ReportFields } from '../service/report.ts';
import { AmiError, type Link, type LinkEvent } from './ami/link-port.ts';
import { type AmiMessage, header } from './ami/message.ts';
import { isSafeNumber } from './hint.ts';
import { pieces } from './phone-message-pieces.ts';
import { type ReadMessage, readWrittenMessage } from './phone-message-reading.ts';
import type { Phones } from './phones.ts';
import { NAME_LENGTH, plainText } from './plain-text.ts';
import { isForbidden } from './privileges.ts';

/** Messages from phones that are being taken. */
const MOST_TAKING = 500;
/** Phones whose word for Asterisk is remembered, and extensions that wait for a phone. */
const MOST_KEPT = 20_000;
/** A phone is told at most so often that a message was not delivered. */
const NOTICE_MS = 60_000;
/** After the link is up again the phones are asked after. */
const SETTLED_MS = 5_000;
/** States in which a phone takes nothing. */
const GONE: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INVALID', 'UNKNOWN']);
const ENDPOINT = /^PJSIP\/([0-9A-Za-z][0-9A-Za-z_.+*#-]{0,79})$/i;

export interface PhoneMessagesOptions {
  readonly link: Link;
  readonly phones: Phones;
  /** By what host phones know Asterisk; empty: that is learnt of each phone when it sends a message. */
  readonly domain: string;
  readonly clock: Clock;
  readonly report: Report;
}

export interface PhoneMessages extends PbxMessages {
  start(): void;
  stop(): void;
}

export function openPhoneMessages(options: PhoneMessagesOptions): PhoneMessages {
  return new SipMessages(options);
}

class SipMessages implements PhoneMessages {
  readonly #options: PhoneMessagesOptions;
  readonly #takers = new Set<MessageTaker>();
  readonly #reachable = new Set<(extension: string) => void>();
  /** By endpoint: the host by which its phone knows Asterisk, so that an answer finds its way. */
  readonly #hosts = new Map<string, string>();
  /** Extensions for which something waits. */
  readonly #waiting = new Set<string>();
  /** Devices that were heard of on this connection and take messages. */
  readonly #present = new Set<string>();
  /** When each extension was last told that its message was not delivered. */
  readonly #noticed = new Map<string, number>();
  readonly #dropped: (fields?: ReportFields) => void;
  readonly #unknown: (fields?: ReportFields) => void;
  readonly #forbidden: (fields?: ReportFields) => void;
  #taking = 0;
  #unsubscribe: () => void = () => {};
  #cancelSettled: () => void = () => {};

  constructor(options: PhoneMessagesOptions) {
    const { report, clock } = options;
    this.#options = options;
    this.#dropped = rareReport(report, 'messages.phone_dropped', clock);
    this.#unknown = rareReport(report, 'messages.phone_unknown', clock);
    this.#forbidden = rareReport(report, 'messages.phone_forbidden', clock);
  }

  start(): void {
    this.stop();
    this.#unsubscribe = this.#options.link.subscribe((event) => this.#hear(event));
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancelSettled();
  }

  subscribe(listener: MessageTaker): () => void {
    this.#takers.add(listener);
    return () => this.#takers.delete(listener);
  }

  onReachable(listener: (extension: string) => void): () => void {
    this.#reachable.add(listener);
    return () => this.#reachable.delete(listener);
  }

  async send(message: PhoneMessage): Promise<boolean> {
    const { link, phones } = this.#options;
    const { from, to } = message;
    if (!isSafeNumber(from)) return false;
    const endpoints = phones.phonesOf(to).flatMap((device) => ENDPOINT.exec(device)?.[1] ?? []);
    if (link.generation === null) this.#wait(to);
    if (link.generation === null) throw new Failure('pbx_away', 'the PBX is not connected');
    if (phones.facts(to)?.line === 'unavailable') {
      if (endpoints.length > 0) this.#wait(to);
      return false;
    }
    return this.#sendToOne(endpoints, message);
  }

  /** Goes to each of the endpoints. True when one of them took it, whatever became of the others: it must not come to that one again. */
  async #sendToOne(endpoints: readonly string[], message: PhoneMessage): Promise<boolean> {
    let taken = false;
    let away: Failure | undefined;
    for (const endpoint of endpoints) {
      try {
        taken = (await this.#sendTo(endpoint, message)) || taken;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        away ??= error;
      }
    }
    if (taken || endpoints.length === 0) return taken;
    this.#wait(message.to);
    if (away) throw away;
    return false;
  }

  /** Whether Asterisk took all of it. */
  async #sendTo(endpoint: string, message: PhoneMessage): Promise<boolean> {
    const { link, domain } = this.#options;
    const From = senderOf(message, this.#hosts.get(endpoint) ?? domain);
    try {
      for (const piece of pieces(message.text)) {
        const Base64Body = Buffer.from(piece).toString('base64');
        await link.action({ Action: 'MessageSend', To: `pjsip:${endpoint}`, From, Base64Body });
      }
      return true;
    } catch (error) {
      if (!(error instanceof AmiError)) throw error;
      if (isForbidden(error)) this.#forbidden();
      if (error.kind === 'refused' || error.kind === 'unsafe') return false;
      throw new Failure('pbx_away', 'the PBX does not answer', { reason: error.kind }, { cause: error });
    }
  }

  #wait(extension: string): void {
    if (this.#waiting.size < MOST_KEPT) this.#waiting.add(extension);
  }

  #hear(event: LinkEvent): void {
    if (event.kind === 'up') this.#up();
    if (event.kind === 'down') this.#present.clear();
    if (event.kind !== 'event') return;
    const name = event.name.toLowerCase();
    if (name === 'userevent') this.#take(event.message);
    else if (name === 'devicestatechange') this.#deviceChanged(event.message);
  }

  #up(): void {
    this.#cancelSettled();
    this.#cancelSettled = this.#options.clock.after(SETTLED_MS, () => {
      for (const extension of [...this.#waiting]) {
        if (this.#options.phones.facts(extension)?.line !== 'unavailable') this.#tellReachable(extension);
      }
    });
  }

  /** A phone is back when it is first heard of, too: it may have been away when the daemon began, and something may wait in the store. */
  #deviceChanged(message: AmiMessage): void {
    const device = header(message, 'device') ?? '';
    const extensions = this.#options.phones.extensionsOf(device);
    if (GONE.has(header(message, 'state') ?? 'UNKNOWN')) this.#present.delete(device);
    else if (extensions.length > 0 && ENDPOINT.test(device) && !this.#present.has(device)) {
      this.#present.add(device);
      for (const extension of extensions) this.#tellReachable(extension);
    }
  }

  #tellReachable(extension: string): void {
    this.#waiting.delete(extension);
    for (const listener of [...this.#reachable]) listener(extension);
  }

  #take(event: AmiMessage): void {
    const message = readWrittenMessage(event);
    if (message === undefined) return;
    if (message === null || this.#taking >= MOST_TAKING) {
      this.#dropped();
      return;
    }
    const from = this.#extensionOf(message.endpoint);
    if (message.endpoint === undefined || from === undefined) {
      this.#unknown();
      return;
    }
    if (message.host !== undefined) this.#remember(this.#hosts, message.endpoint, message.host);
    void this.#deliver(from, message);
  }

  /** The extension of which the endpoint is a phone; undefined when there is none, or several of another name. */
  #extensionOf(endpoint: string | undefined): string | undefined {
    if (endpoint === undefined) return undefined;
    const extensions = this.#options.phones.extensionsOf(`PJSIP/${endpoint}`);
    return extensions.find((number) => number === endpoint) ?? (extensions.length === 1 ? extensions[0] : undefined);
  }

  async #deliver(from: string, { to, text, isTooLong }: ReadMessage): Promise<void> {
    if (isTooLong) return this.#notice(from, to, 'Not delivered: longer than 1,023 bytes.');
    this.#taking += 1;
    try {
      const taken = await Promise.all([...this.#takers].map((taker) => taker({ from, to, text })));
      if (!taken.includes(true)) await this.#notice(from, to, 'Not delivered.');
    } finally {
      this.#taking -= 1;
    }
  }

  /** The phone was told 202 whatever became of its message. A phone that answers notices by itself must not make a circle. */
  async #notice(extension: string, to: string, text: string): Promise<void> {
    const now = this.#options.clock.now();
    const last = this.#noticed.get(extension);
    if (last !== undefined && now >= last && now - last < NOTICE_MS) return;
    this.#remember(this.#noticed, extension, now);
    await this.send({ from: to, fromName: '', to: extension, text }).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
    });
  }

  #remember<V>(map: Map<string, V>, key: string, value: V): void {
    map.delete(key);
    map.set(key, value);
    for (const oldest of map.keys()) {
      if (map.size <= MOST_KEPT) return;
      map.delete(oldest);
    }
  }
}

/** With a host that the phone knows the name can be shown; without one Asterisk puts the right host to the number alone. */
function senderOf({ from, fromName }: PhoneMessage, host: string): string {
  const name = plainText(fromName, NAME_LENGTH).replace(/[\\"]/g, '\\$&');
  if (host === '') return from;
  return `${name === '' ? '' : `"${name}" `}<sip:${encodeURIComponent(from)}@${host}>`;
}
