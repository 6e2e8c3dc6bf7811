// Calls that users have the daemon make: checked against what they may call, put into their history, and ordered from the PBX.
import { type DialledNumber, dialNumber } from '../domain/dial-number.ts';
import { Failure } from '../domain/failure.ts';
import type { Numbering } from '../domain/phone-number.ts';
import type { Access } from './access.ts';
import { partyOf } from './call-naming-party.ts';
import type { HistoryRow } from './call-row.ts';
import type { DialledCall, PbxCalls, PbxDialer } from './calls-port.ts';
import type { Clock } from './clock.ts';
import { DialingFlood } from './dialing-flood.ts';
import { DialingPhones } from './dialing-phones.ts';
import { DialledRows } from './dialing-rows.ts';
import { extensionRow } from './extension-row.ts';
import type { Lookup } from './lookup.ts';
import { Refusals } from './refusals.ts';
import type { Report } from './report.ts';
import type { DirectoryDetails, ExtensionRow } from './rows.ts';
import type { SiteNumbers } from './site-numbers.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

/** What users may call, by the settings. */
export interface DialRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** What a + at the beginning is dialled as. */
  readonly plus: string;
  /** Seconds that the user's own phone rings. */
  readonly ring: number;
  readonly perMinute: number;
}

export interface DialingParts {
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Pick<Lookup, 'find'>;
  readonly calls: PbxCalls;
  readonly dialer: PbxDialer;
  readonly rules: DialRules;
  readonly numbering: Numbering;
  /** How this PBX calls its extensions; absent: by their ids. */
  readonly numbers?: SiteNumbers;
  readonly clock: Clock;
  readonly report: Report;
  readonly newId: () => string;
  readonly sha256: (text: string) => string;
  /** Whose PBX makes the calls; '' where sites have no names. */
  readonly site: string;
}

interface Ordered {
  readonly call: DialledCall;
  /** Resolves when the PBX has taken the order. */
  readonly made: Promise<void>;
}

const METHOD = 'calls.dial';

export class Dialing {
  readonly #parts: DialingParts;
  readonly #allow: readonly RegExp[];
  readonly #deny: readonly RegExp[];
  readonly #flood: DialingFlood;
  readonly #phones: DialingPhones;
  readonly #rows: DialledRows;
  readonly #refusals: Refusals;
  /** The last call of a user to a number, by both. */
  readonly #last = new Map<string, Ordered>();

  constructor(parts: DialingParts) {
    this.#parts = parts;
    this.#allow = parts.rules.allow.map((pattern) => new RegExp(pattern));
    this.#deny = parts.rules.deny.map((pattern) => new RegExp(pattern));
    this.#flood = new DialingFlood(parts.clock, parts.rules.perMinute);
    this.#phones = new DialingPhones(parts.dialer, parts.clock);
    this.#rows = new DialledRows(parts);
    this.#refusals = new Refusals(parts.access, parts.report);
  }

  /** Follows the calls that were made here. */
  start(): void {
    this.#rows.start();
  }

  /** Resolves when what was heard is written. */
  async stop(): Promise<void> {
    await this.#rows.stop();
  }

  /**
   * Rings the viewer's own phone, then the number; asked for the same number again while the phone still rings, it gives the
   * call that is there, as it is by now. Failures:
   * `forbidden`, with the reason `not_allowed` for what may not be called, which is told alike of hidden extensions, codes and
   * refused numbers; `conflict` with `no_phone`, `too_many`, `params`, `pbx_away`, `storage`.
   */
  async dial(viewer: Viewer, given: string): Promise<HistoryRow> {
    const number = this.#read(given);
    this.#check(viewer, number);
    if (number === 'code') throw notAllowed();
    await this.#lookForPhone(viewer.extension);
    await this.#lookForNumber(viewer, number);
    const { call, made } = this.#dialOnce(viewer, number);
    await made;
    return this.#rows.read(call);
  }

  /** A number that the dialplan does not have is refused as one that may not be called, and leaves as little behind. */
  async #lookForNumber({ extension }: Viewer, { dialString }: DialledNumber): Promise<void> {
    if (this.#last.has(`${extension} ${dialString}`)) return;
    this.#flood.check(extension, this.#rows.going);
    if (await this.#parts.dialer.canDial(extension, dialString)) return;
    this.#flood.count(extension);
    throw notAllowed();
  }

  #dialOnce(viewer: Viewer, number: DialledNumber): Ordered {
    const { extension } = viewer;
    this.#forgetOlder();
    const key = `${extension} ${number.dialString}`;
    const last = this.#last.get(key);
    if (last) return last;
    this.#flood.check(extension, this.#rows.going);
    this.#flood.count(extension);
    const { newId, clock } = this.#parts;
    const call = { id: `rollcall-${newId()}`, owner: extension, number: number.written, at: clock.now() };
    this.#rows.add(call);
    const made = this.#order(viewer, call, number);
    const ordered = { call, made };
    this.#last.set(key, ordered);
    made.catch(() => {
      if (this.#last.get(key) === ordered) this.#last.delete(key);
    });
    return ordered;
  }

  async #order(viewer: Viewer, call: DialledCall, number: DialledNumber): Promise<void> {
    const { lookup, calls, rules, dialer } = this.#parts;
    // Without a store that answers it is named later.
    const known = await partyOf(lookup, call.owner, call).catch(() => undefined);
    await this.#rows.put(call, known);
    try {
      // Meanwhile a rule may have changed, and the user may have gone.
      this.#check(viewer, number);
      calls.expect(call);
      const name = this.#nameOf(call.owner);
      await dialer.dial({ call, dialString: number.dialString, name, ringSeconds: rules.ring });
      this.#rows.ordered(call.id);
    } catch (error) {
      await this.#refused(call.id, error);
      throw error;
    }
  }

  /** Calls whose phones do not ring any more. */
  #forgetOlder(): void {
    const { clock, rules } = this.#parts;
    for (const [key, { call }] of [...this.#last]) {
      const mayRing = call.at > clock.now() - rules.ring * 1_000 && this.#rows.stateOf(call.id) === 'phone';
      if (!mayRing) this.#last.delete(key);
    }
  }

  /** The call stays in the history as one that failed: it was shown there already. When the PBX may have got the order it may yet ring, which is told then. */
  async #refused(call: string, error: unknown): Promise<void> {
    if (error instanceof Failure && error.code === 'pbx_away' && error.detail.reason !== 'not_sent') {
      this.#rows.ordered(call);
      return;
    }
    const isPhone = error instanceof Failure && error.code === 'conflict';
    await this.#rows.end(call, 'failed', isPhone ? 'phone_unreachable' : undefined);
    this.#parts.calls.giveUp(call, 'phone_unreachable');
  }

  #read(given: string): DialledNumber | 'code' {
    const { numbering, rules, store, numbers } = this.#parts;
    const isExtension = (number: string) =>
      store.get('extensions', number) !== undefined || numbers?.isOwn(numbers.idOf(number)) === true;
    const number = dialNumber(given, { numbering, plus: rules.plus, isExtension });
    if (typeof number === 'object') return numbers?.dialled(number) ?? number;
    if (number === 'code') return number;
    const message = 'must be a telephone number: digits, perhaps with + in front, and spaces ( ) - . / between them';
    throw new Failure('params', 'this is no number that can be called', { issues: [{ path: 'number', message }] });
  }

  /** Failure `forbidden`: for a user who may do nothing any more, and with the reason `not_allowed`. */
  #check(viewer: Viewer, number: DialledNumber | 'code'): void {
    this.#refusals.active(METHOD, viewer);
    const reason = this.#whyNot(viewer, number);
    if (reason === undefined) return;
    this.#parts.report('access.refused', { method: METHOD, extension: viewer.extension, reason });
    throw notAllowed();
  }

  /** For the operator's log; it names no number. */
  #whyNot(viewer: Viewer, number: DialledNumber | 'code'): string | undefined {
    const { extension } = viewer;
    if (extension === '') return 'no extension to call from';
    if (number === 'code') return 'feature code';
    const { dialString, reaches, spellings } = number;
    if (reaches.includes(extension)) return 'own extension';
    if (reaches.includes(dialString) && this.#parts.numbers?.isAmbiguous(dialString)) return 'ambiguous extension';
    if (reaches.some((one) => this.#isHidden(viewer, one))) return 'hidden extension';
    if (this.#deny.some((pattern) => spellings.some((one) => pattern.test(one)))) return 'denied by calls.dial.deny';
    const isAllowed = this.#allow.length === 0 || this.#allow.some((pattern) => pattern.test(dialString));
    return isAllowed ? undefined : 'not in calls.dial.allow';
  }

  /** An extension that nothing is known of is hidden when a rule names it, and not when all are hidden of whom nothing is known. */
  #isHidden(viewer: Viewer, number: string): boolean {
    const { access, store } = this.#parts;
    const sight = access.sight(viewer);
    if (sight.sees(number)) return false;
    return store.get('extensions', number) !== undefined || sight.sees('') || store.get('users', number) !== undefined;
  }

  async #lookForPhone(extension: string): Promise<void> {
    if (this.#phones.isThere(extension)) return;
    this.#flood.check(extension, this.#rows.going);
    if (await this.#phones.find(extension)) return;
    throw new Failure('conflict', 'no phone of yours is registered', { reason: 'no_phone' });
  }

  /** As colleagues know him. */
  #nameOf(extension: string): string {
    const { store } = this.#parts;
    const row = store.get('extensions', extension)?.value as ExtensionRow | undefined;
    const details = (store.get('users', extension)?.value ?? {}) as DirectoryDetails;
    return extensionRow(extension, row?.said ?? {}, details).item.name;
  }
}

function notAllowed(): Failure {
  return new Failure('forbidden', 'this number may not be called', { reason: 'not_allowed' });
}
