// Makes calls on the PBX: the user's own phones ring, and when one is answered the number is called as if dialled there. Whatever
// goes into an order is checked here once more, whoever checked it before. Knows nothing of histories.
import { Failure } from '../../domain/failure.ts';
import { isRegistered } from '../../domain/presence.ts';
import type { DialOrder, PbxCalls, PbxDialer } from '../../service/calls-port.ts';
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { type ActionFields, AmiError, type Link, type LinkEvent } from '../ami/link-port.ts';
import { header } from '../ami/message.ts';
import { getvars } from '../lists.ts';
import type { Phones } from '../phones.ts';
import { NAME_LENGTH, plainText } from '../plain-text.ts';
import { isForbidden } from '../privileges.ts';
import { askPhones, RING_CONTEXT, type RingingPhones } from './dialer-phones.ts';

export interface DialerOptions {
  readonly link: Link;
  readonly phones: Phones;
  readonly calls: PbxCalls;
  /** The dialplan context in which numbers are called; empty: that of the phone. */
  readonly context: string;
  readonly clock: Clock;
  readonly report: Report;
}

export interface Dialer extends PbxDialer {
  stop(): void;
}

/** An order that the PBX may have taken, and of which no channel was seen yet. */
interface Ordered {
  actionId: string | undefined;
  readonly cancel: () => void;
}

const DIAL_STRING = /^[0-9*#+]{1,32}$/;
const CALL_ID = /^[0-9A-Za-z-]{1,80}$/;
const EXTENSION = /^[0-9A-Za-z_.+-]{1,40}$/;
/** So long after the time for which the phones may ring a call without a sign of it was never made. */
const SPARE_MS = 10_000;
/** The dialplan ends the ringing; this long after it Asterisk does. */
const DIALPLAN_SPARE_MS = 3_000;
const MOST_ORDERED = 1_000;

export function openDialer(options: DialerOptions): Dialer {
  return new AmiDialer(options);
}

class AmiDialer implements Dialer {
  readonly #options: DialerOptions;
  readonly #ordered = new Map<string, Ordered>();
  /** ActionIDs of orders that failed before their answers were taken. */
  readonly #failedEarly = new Set<string>();
  readonly #unsubscribe: () => void;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#unsubscribe = options.link.subscribe((event) => this.#hear(event));
  }

  hasPhone(extension: string): boolean | undefined {
    const { link, phones } = this.#options;
    if (link.generation === null || !phones.isKnown) return undefined;
    const facts = phones.facts(extension);
    return facts !== undefined && isRegistered(facts.line);
  }

  async findPhone(extension: string): Promise<boolean> {
    const { link, phones } = this.#options;
    return EXTENSION.test(extension) && (await askPhones(link, phones, extension)).devices.length > 0;
  }

  async canDial(extension: string, dialString: string): Promise<boolean> {
    const { link, phones } = this.#options;
    if (!DIAL_STRING.test(dialString) || !EXTENSION.test(extension)) return false;
    const { context } = await askPhones(link, phones, extension);
    return this.#exists(this.#options.context === '' ? context : this.#options.context, dialString);
  }

  async dial(order: DialOrder): Promise<void> {
    const { link, phones, clock } = this.#options;
    const { call, dialString, ringSeconds } = order;
    const isSafe = DIAL_STRING.test(dialString) && CALL_ID.test(call.id) && EXTENSION.test(call.owner);
    if (!isSafe) throw refused();
    if (this.#ordered.size >= MOST_ORDERED)
      throw new Failure('too_many', 'too many calls are ordered', { retryAfter: 5 });
    if (link.generation === null) throw notSent();
    const cancel = clock.after(ringSeconds * 1_000 + SPARE_MS, () => this.#neverMade(call.id));
    const ordered: Ordered = { actionId: undefined, cancel };
    this.#ordered.set(call.id, ordered);
    try {
      const ringing = await askPhones(link, phones, call.owner);
      if (ringing.devices.length === 0) throw new Failure('conflict', 'no phone is registered', { reason: 'no_phone' });
      const context = this.#options.context === '' ? ringing.context : this.#options.context;
      const ringsAll = ringing.count > 1 && ringing.canRingAll;
      if (ringsAll && !(await this.#exists(context, dialString))) throw refused();
      if (link.generation === null) throw notSent();
      const answer = await link.action(ringsAll ? ringAll(order, ringing, context) : ringOne(order, ringing, context));
      this.#taken(call.id, ordered, header(answer, 'actionid'));
    } catch (error) {
      const failure = this.#failure(error);
      // Without an answer nobody knows whether it was taken: a sign of it is waited for as if it was.
      if (!(error instanceof AmiError && failure instanceof Failure && failure.code === 'pbx_away'))
        this.#forget(call.id);
      throw failure;
    }
  }

  stop(): void {
    this.#unsubscribe();
    for (const id of [...this.#ordered.keys()]) this.#forget(id);
  }

  /** Whether the dialplan has the number; Asterisk itself looks only where it is the one to call it. */
  async #exists(context: string, dialString: string): Promise<boolean> {
    const [exists] = await getvars(this.#options.link, [`DIALPLAN_EXISTS(${context},${dialString},1)`]);
    return exists !== '0';
  }

  #taken(id: string, ordered: Ordered, actionId: string | undefined): void {
    ordered.actionId = actionId;
    if (actionId !== undefined && this.#failedEarly.delete(actionId)) this.#neverMade(id);
  }

  #hear(event: LinkEvent): void {
    if (event.kind !== 'event' || this.#ordered.size === 0) return;
    const { name, message } = event;
    if (name === 'Newchannel') this.#forget(header(message, 'uniqueid') ?? '');
    if (name !== 'OriginateResponse' || header(message, 'response') !== 'Failure') return;
    const actionId = header(message, 'actionid') ?? '';
    const orders = [...this.#ordered];
    const failed = orders.find(([, ordered]) => ordered.actionId === actionId);
    if (failed) this.#neverMade(failed[0]);
    else if (orders.some(([, ordered]) => ordered.actionId === undefined)) this.#failedEarly.add(actionId);
    if (this.#failedEarly.size > MOST_ORDERED) this.#failedEarly.clear();
  }

  /** No phone was called, else there would be a channel. */
  #neverMade(id: string): void {
    if (!this.#ordered.has(id)) return;
    this.#forget(id);
    this.#options.calls.giveUp(id, 'phone_unreachable');
  }

  #forget(id: string): void {
    this.#ordered.get(id)?.cancel();
    this.#ordered.delete(id);
    if (this.#ordered.size === 0) this.#failedEarly.clear();
  }

  #failure(error: unknown): unknown {
    if (!(error instanceof AmiError)) return error;
    if (error.kind === 'away' || error.kind === 'timeout') {
      return new Failure('pbx_away', 'the PBX does not answer', { reason: error.kind }, { cause: error });
    }
    if (!/does not exist/i.test(error.message)) {
      const privilege = isForbidden(error) ? { privilege: 'originate' } : {};
      this.#options.report('dial.refused', { error: error.message, ...privilege });
    }
    return refused();
  }
}

function notSent(): Failure {
  return new Failure('pbx_away', 'the PBX is not connected', { reason: 'not_sent' });
}

function refused(): Failure {
  return new Failure('forbidden', 'this number may not be called', { reason: 'not_allowed' });
}

/** One phone is called by itself; of several, where the dialplan has nothing for that, the first. */
function ringOne(order: DialOrder, ringing: RingingPhones, context: string): ActionFields {
  const { number, name } = shownAs(order, ringing);
  return {
    ...{ Action: 'Originate', ChannelId: order.call.id, Async: 'true', Channel: ringing.devices[0] ?? '' },
    ...{ Context: context, Exten: order.dialString, Priority: '1', Timeout: `${order.ringSeconds * 1_000}` },
    Variable: {
      'CONNECTEDLINE(num)': order.dialString,
      ...(number === undefined ? {} : { 'CALLERID(num)': number }),
      ...(name === undefined ? {} : { 'CALLERID(name)': name }),
    },
  };
}

/** RING_CONTEXT in config/asterisk/rollcall.conf says what it does with the variables. */
function ringAll(order: DialOrder, ringing: RingingPhones, context: string): ActionFields {
  const { number, name } = shownAs(order, ringing);
  return {
    ...{ Action: 'Originate', ChannelId: order.call.id, Async: 'true', Channel: `Local/s@${RING_CONTEXT}/n` },
    ...{ Application: 'NoOp', Timeout: `${order.ringSeconds * 1_000 + DIALPLAN_SPARE_MS}` },
    Variable: {
      'CDR_PROP(disable)': '1',
      _ROLLCALL_DIAL_PHONES: ringing.devices.join('&'),
      _ROLLCALL_DIAL_NUMBER: order.dialString,
      _ROLLCALL_DIAL_CONTEXT: context,
      _ROLLCALL_DIAL_RING: `${order.ringSeconds}`,
      ...(number === undefined ? {} : { _ROLLCALL_DIAL_FROM: number }),
      ...(name === undefined ? {} : { _ROLLCALL_DIAL_NAME: name }),
    },
  };
}

/** As whom the phone calls: as its extension, unless the PBX gives it a number of its own, which then stays with the name that it has. */
function shownAs({ call, name }: DialOrder, { hasOwnNumber }: RingingPhones): { number?: string; name?: string } {
  if (hasOwnNumber) return {};
  const plain = plainText(name, NAME_LENGTH);
  return { number: call.owner, ...(plain === '' || plain === call.owner ? {} : { name: plain }) };
}
