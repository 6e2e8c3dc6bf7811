// Dialling put together over a store in memory and a PBX played by hand, in the house of four, each with a phone.
import type { CallState } from '../../src/domain/call.ts';
import { type CallRow, callId } from '../../src/service/call-row.ts';
import type { DialledCall, OpenCall } from '../../src/service/calls-port.ts';
import { Dialing, type DialRules } from '../../src/service/dialing.ts';
import type { Lookup } from '../../src/service/lookup.ts';
import type { Numbering } from '../../src/service/numbering.ts';
import type { SiteNumbers } from '../../src/service/site-numbers.ts';
import { showingCalls } from '../../src/sync/calls-collection.ts';
import { cheapCrypto } from './cheap-crypto.ts';
import { OPERATOR, openHouseOfFour, uuid } from './contacts-house.ts';
import { FakeCalls } from './fake-calls.ts';
import { LateStore } from './late-store.ts';
import { MemoryStore } from './memory-store.ts';

interface HouseParts {
  readonly store?: MemoryStore;
  readonly rules?: Partial<DialRules>;
  readonly numbering?: Numbering;
  /** In place of that of the house. */
  readonly lookup?: Pick<Lookup, 'find'>;
  /** How the PBX calls its extensions, where not by their ids. */
  readonly numbers?: SiteNumbers;
}

/** With the store of an earlier house it is the daemon after a restart. */
export async function openDialingHouse({
  store = new MemoryStore(),
  rules = {},
  numbering = { country: 'GB', outsideLine: '' },
  lookup: ownLookup,
  numbers,
}: HouseParts = {}) {
  const house = await openHouseOfFour({ store, numbering });
  const calls = new FakeCalls();
  calls.phones = new Set(['1000', '1001', '1002', '1003']);
  const late = new LateStore(store);
  const { sha256 } = cheapCrypto();
  const { access, clock, report } = house;
  const lookup = ownLookup ?? house.lookup;
  let ids = 0;
  const newId = () => {
    ids += 1;
    return uuid(ids);
  };
  const dialing = new Dialing({
    ...{ store: late, access, lookup, clock, report, sha256, newId, numbering, calls, dialer: calls },
    ...{ site: numbers?.site.name ?? '', ...(numbers ? { numbers } : {}) },
    rules: { allow: [], deny: [], plus: '+', ring: 30, perMinute: 10, ...rules },
  });
  dialing.start();

  const rowId = (call: string, owner: string) => callId(sha256, call, owner);
  /** What the history holds of a call. */
  const row = async (call: string, owner: string): Promise<CallRow | undefined> =>
    (await store.find('calls', [rowId(call, owner)])).get(rowId(call, owner))?.value as CallRow | undefined;
  /** Puts the row of a call, as the history does when it has ended. */
  const put = (call: string, value: CallRow) => store.commit([{ table: 'calls', id: rowId(call, value.owner), value }]);
  /** Calls of which it is marked that they are under way. */
  const marked = (): readonly object[] =>
    [...store.all('upkeep')].filter(({ id }) => id.startsWith('dialled ')).map(({ value }) => value);
  /** Rules of visibility by which everybody is kept from knowing of these. */
  const hide = (...numbers: readonly string[]) =>
    house.rules.setVisibility(
      OPERATOR,
      numbers.map((extension) => ({ who: { everyone: true }, whom: { extension }, see: false })),
    );
  const show = showingCalls(access, () => false);
  /** The call as its user is shown it. */
  const dial = async (extension: string, number: string) =>
    show(house.as(extension), await dialing.dial(house.as(extension), number));
  return { ...house, store, late, calls, dialing, dial, row, put, marked, hide };
}

/** A call as the watcher tells that it goes on. */
export function openCall(dialled: DialledCall, state: CallState): { readonly kind: 'open'; readonly call: OpenCall } {
  return { kind: 'open', call: { id: dialled.id, dialled, state, memory: {} } };
}
