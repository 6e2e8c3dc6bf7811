// Carries out orders of the board: writes to AstDB, lamps and presentity what differs from what is observed, and ends when
// the PBX has shown it. Knows the tables and the link; tells nobody.

import { presentityAgrees } from '../domain/dnd.ts';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../service/clock.ts';
import type { ExtensionFacts, PbxOrder } from '../service/pbx-port.ts';
import { AmiError, type Link } from './ami/link-port.ts';
import type { DndFamily } from './dnd-family.ts';
import type { FactTable } from './fact-table.ts';
import { isSafeDevice, isSafeNumber } from './hint.ts';
import type { PbxSettings } from './pbx-settings.ts';
import { boundedPresentity, encodePresentity } from './presentity.ts';
import { isForbidden, isNotFound, type Privileges, writingWay } from './privileges.ts';

/** The PBX has this long to show what was written. */
const SHOWN_MS = 2_000;
/** A call into the dialplan writes within some 30 ms; it is looked for this often. */
const LOOK_MS = 50;
const MOST_WAITING = 100;

/** One write was refused: by which action, and which AMI write class would permit it, where that is the reason. */
type Refused = (fields: { extension: string; action: string; privilege?: string; error: string }) => void;

export interface OrdersOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly settings: PbxSettings;
  readonly dnd: DndFamily;
  /** The tables while a connection is up and listed, with what it may do. */
  readonly current: () => { readonly table: FactTable; readonly may: Privileges } | undefined;
  readonly refused: Refused;
  /** A write was not shown in time: what is observed has to be read again. */
  readonly unsure: () => void;
}

interface Waiter {
  readonly look: () => void;
  readonly end: (error?: Failure) => void;
}

export class Orders {
  readonly #options: OrdersOptions;
  /** The last order of each extension, and how many wait. */
  readonly #lines = new Map<string, { last: Promise<void>; waiting: number }>();
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(options: OrdersOptions) {
    this.#options = options;
  }

  /** Carries out an order after the earlier ones of its extension. Rejects with Failure `pbx_away`. */
  carryOut(order: PbxOrder): Promise<void> {
    const line = this.#lines.get(order.number) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= MOST_WAITING) {
      return Promise.reject(
        new Failure('too_many', 'too many changes of this extension are waiting', { retryAfter: 1 }),
      );
    }
    this.#lines.set(order.number, line);
    line.waiting += 1;
    const result = line.last.then(() => this.#run({ ...order, presentity: boundedPresentity(order.presentity) }));
    const ended = () => {
      line.waiting -= 1;
      if (line.waiting === 0) this.#lines.delete(order.number);
    };
    line.last = result.then(ended, ended);
    return result;
  }

  /** The facts of an extension have changed and were told. */
  changed(number: string): void {
    for (const waiter of this.#waiters.get(number) ?? []) waiter.look();
  }

  /** The facts of any extension may have changed. */
  changedAll(): void {
    for (const number of [...this.#waiters.keys()]) this.changed(number);
  }

  /** The connection is gone: every order that waits for the PBX fails. */
  lost(): void {
    for (const waiters of this.#waiters.values()) for (const waiter of waiters) waiter.end(away());
  }

  async #run(order: PbxOrder): Promise<void> {
    const now = this.#options.current();
    if (!now) throw away();
    const facts = now.table.facts(order.number);
    if (!facts) throw new Failure('not_found', 'the PBX has no such extension');
    if (facts.blocked !== order.blocked) await this.#writeAstdb(order, now.may, !now.table.followsLamp);
    const lamps = await this.#writeStates(order, now.may);
    await this.#shown(order, now.may, lamps);
  }

  async #writeAstdb({ number, blocked }: PbxOrder, may: Privileges, readable: boolean): Promise<void> {
    const { dnd, settings } = this.#options;
    const way = writingWay(may, settings.dnd.family);
    // The newest value counts, not the one of the last poll: any non-empty value is somebody's, and stays.
    if (readable && (await this.#try(number, 'DBGet', () => dnd.read(number))) === blocked) return;
    if (way === 'astdb') await this.#writeKey(number, blocked);
    else if (way === 'dialplan') await this.#call(number, blocked, readable);
    else throw this.#refuse(number, 'DBPut', 'system', 'the AMI user may neither write AstDB nor originate calls');
    if (readable && (await this.#try(number, 'DBGet', () => dnd.read(number))) !== blocked) {
      throw this.#refuse(number, blocked ? 'DBPut' : 'DBDel', undefined, 'AstDB does not hold what was written');
    }
  }

  async #writeKey(number: string, blocked: boolean): Promise<void> {
    const { link, settings } = this.#options;
    if (!isSafeNumber(number))
      throw this.#refuse(number, 'DBPut', undefined, 'the number has other characters than digits');
    const key = { Family: settings.dnd.family, Key: number };
    await this.#try(number, blocked ? 'DBPut' : 'DBDel', async () => {
      try {
        await link.action(blocked ? { Action: 'DBPut', ...key, Val: 'YES' } : { Action: 'DBDel', ...key });
      } catch (error) {
        if (blocked || !isNotFound(error)) throw error;
      }
    });
  }

  /** Has the dialplan write: docs/asterisk.md, rollcall-control. Waits until AstDB shows it, if it can be read. */
  async #call(number: string, blocked: boolean, readable: boolean): Promise<void> {
    const { link, clock, dnd } = this.#options;
    if (!/^[0-9]{1,20}$/.test(number))
      throw this.#refuse(number, 'Originate', undefined, 'the number is not 1 to 20 digits');
    await this.#try(number, 'Originate', () =>
      link.action({
        Action: 'Originate',
        Channel: `Local/${blocked ? 'on' : 'off'}_${number}@rollcall-control/n`,
        Application: 'NoOp',
        Variable: 'CDR_PROP(disable)=1',
        Timeout: '5000',
        Async: 'true',
      }),
    );
    if (!readable) return;
    const deadline = clock.now() + SHOWN_MS;
    while ((await this.#try(number, 'DBGet', () => dnd.read(number))) !== blocked) {
      if (clock.now() >= deadline) {
        throw this.#refuse(
          number,
          'Originate',
          undefined,
          'the context rollcall-control is missing from the dialplan or refused',
        );
      }
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
  }

  /** Resolves with the lamps that it has written. */
  async #writeStates(order: PbxOrder, may: Privileges): Promise<readonly string[]> {
    const facts = this.#options.current()?.table.facts(order.number);
    const extension = this.#options.current()?.table.extension(order.number);
    if (!facts || !extension) throw away();
    const lamps = wrongLamps(facts, order.blocked).filter(isSafeDevice);
    const value = order.blocked ? 'BUSY' : 'UNAVAILABLE';
    const writes = lamps.map((lamp): [variable: string, value: string] => [`DEVICE_STATE(${lamp})`, value]);
    if (writesPresence(extension.presentity, may) && !presentityAgrees(facts.presentity, order.presentity)) {
      writes.push([`PRESENCE_STATE(${extension.presentity})`, encodePresentity(order.presentity)]);
    }
    const { link } = this.#options;
    await Promise.all(
      writes.map(([Variable, Value]) =>
        this.#try(order.number, 'Setvar', () => link.action({ Action: 'Setvar', Variable, Value })),
      ),
    );
    return lamps;
  }

  /** Waits until lamps and presentity are observed as ordered, or the order is overtaken. */
  #shown(order: PbxOrder, may: Privileges, lamps: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters.get(order.number) ?? new Set();
      this.#waiters.set(order.number, waiters);
      const waiter: Waiter = {
        look: () => {
          if (this.#isShown(order, may) || this.#isOvertaken(order, lamps)) waiter.end();
        },
        end: (error) => {
          cancel();
          waiters.delete(waiter);
          if (waiters.size === 0 && this.#waiters.get(order.number) === waiters) this.#waiters.delete(order.number);
          if (error) reject(error);
          else resolve();
        },
      };
      const cancel = this.#options.clock.after(SHOWN_MS, () => {
        waiter.end(new Failure('pbx_away', 'the PBX did not show the change in time', { reason: 'timeout' }));
        this.#options.unsure();
      });
      waiters.add(waiter);
      waiter.look();
    });
  }

  #isShown(order: PbxOrder, may: Privileges): boolean {
    const table = this.#options.current()?.table;
    const facts = table?.facts(order.number);
    const extension = table?.extension(order.number);
    if (!facts || !extension || this.#options.dnd.isHeld(order.number)) return false;
    const said = !writesPresence(extension.presentity, may) || presentityAgrees(facts.presentity, order.presentity);
    return said && wrongLamps(facts, order.blocked).filter(isSafeDevice).length === 0;
  }

  /**
   * AstDB and the lamps that were not `written` were as ordered when the waiting began. Where they say the opposite now,
   * somebody has changed them since, and that is newer.
   */
  #isOvertaken({ number, blocked }: PbxOrder, written: readonly string[]): boolean {
    const table = this.#options.current()?.table;
    const facts = table?.facts(number);
    if (!facts || table?.followsLamp || this.#options.dnd.isHeld(number)) return false;
    const others = Object.entries(facts.lamps).filter(([name]) => isSafeDevice(name) && !written.includes(name));
    const turned = others.some(([, lamp]) => lamp !== 'unset' && (lamp === 'on') !== blocked);
    return turned || facts.blocked !== blocked;
  }

  /** Runs one step; what the PBX answers becomes a Failure, and a refusal is reported. */
  async #try<T>(number: string, action: string, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof AmiError)) throw error;
      if (error.kind === 'refused' || error.kind === 'unsafe') {
        const privilege = isForbidden(error) ? PRIVILEGES[action] : undefined;
        throw this.#refuse(number, action, privilege, error.message);
      }
      throw new Failure('pbx_away', 'the PBX does not answer', { reason: error.kind }, { cause: error });
    }
  }

  #refuse(extension: string, action: string, privilege: string | undefined, error: string): Failure {
    this.#options.refused({ extension, action, ...(privilege ? { privilege } : {}), error });
    return new Failure('pbx_away', 'the PBX refused the change', { reason: 'refused' });
  }
}

const PRIVILEGES: Readonly<Record<string, string>> = {
  DBPut: 'system',
  DBDel: 'system',
  DBGet: 'reporting',
  Originate: 'originate',
  Setvar: 'call',
};

function away(): Failure {
  return new Failure('pbx_away', 'the PBX is not connected', { reason: 'away' });
}

/** The lamps that have to be written. One that was never lit may stay unset; `idle` would show an absent phone as free. */
function wrongLamps({ lamps }: ExtensionFacts, blocked: boolean): string[] {
  return Object.entries(lamps)
    .filter(([, lamp]) => (blocked ? lamp !== 'on' : lamp === 'on' || lamp === 'idle'))
    .map(([name]) => name);
}

/** Only CustomPresence can be written, and only where Asterisk has it. */
function writesPresence(presentity: string, may: Privileges): boolean {
  return /^custompresence:/i.test(presentity) && isSafeDevice(presentity) && may('PresenceStateList');
}
