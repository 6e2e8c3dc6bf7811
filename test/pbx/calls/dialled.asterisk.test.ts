// Click to call with all its parts on a real Asterisk: what stands in the histories of both sides, whatever becomes of the call.
import { afterEach, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../../src/pbx/ami/link.ts';
import { openCallWatch } from '../../../src/pbx/calls/call-watch.ts';
import { openDialer } from '../../../src/pbx/calls/dialer.ts';
import { openPbx } from '../../../src/pbx/pbx.ts';
import { CallHistory } from '../../../src/service/call-history.ts';
import { type CallRow, callId } from '../../../src/service/call-row.ts';
import { systemClock } from '../../../src/service/clock.ts';
import { Dialing } from '../../../src/service/dialing.ts';
import type { Asterisk, LabExtension } from '../../lab/asterisk.ts';
import type { Behaviour, Call } from '../../lab/phone.ts';
import { labVersions, withAsterisk, withPhones } from '../../lab/with-asterisk.ts';
import { cheapCrypto } from '../../support/cheap-crypto.ts';
import { openHouseOfFour, outcome } from '../../support/contacts-house.ts';
import { FactsWatch } from '../../support/facts-watch.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { paperSettings } from '../../support/paper-pbx.ts';

const extensions: readonly LabExtension[] = [
  { number: '1001', name: 'Ann', devices: ['PJSIP/1001', 'PJSIP/1001-2'] },
  { number: '1002', name: 'Bob' },
  { number: '1003', name: 'Cleo' },
];

/** 1012 is 1002 for two seconds. */
const dialplan = `
[internal](+)
exten => 1012,1,Dial(PJSIP/1002,20,S(2))
 same => n,Hangup()
`;

const { sha256 } = cheapCrypto();
let ids = 0;

interface Parts {
  readonly store?: MemoryStore;
  readonly ring?: number;
}

/** The daemon's part of calls, as far as these tests need it. */
async function open(asterisk: Asterisk, { store = new MemoryStore(), ring = 20 }: Parts = {}) {
  const people = await openHouseOfFour({ store });
  const { access, lookup } = people;
  const { username, secret } = asterisk.users.daemon;
  const report = () => {};
  const settings = { host: asterisk.host, port: asterisk.amiPort, username, secret };
  const link: AmiLink = openLink(settings, { clock: systemClock, report, random: Math.random });
  const pbx = openPbx({ link, settings: paperSettings, clock: systemClock, report });
  const watch = new FactsWatch(pbx);
  const { phones } = pbx;
  const shared = { store, access, lookup, clock: systemClock, report, sha256, site: '' };
  const calls = openCallWatch({ link, phones, clock: systemClock, report });
  const dialer = openDialer({ link, phones, calls, context: '', clock: systemClock, report });
  const history = new CallHistory({ ...shared, calls });
  const numbering = { country: 'GB', outsideLine: '' };
  const newId = () => {
    ids += 1;
    return `lab-${ids}`;
  };
  const rules = { allow: [], deny: [], plus: '+', ring, perMinute: 60 };
  const dialing = new Dialing({ ...shared, calls, dialer, rules, numbering, newId });
  history.start();
  dialing.start();
  const watching = new Promise<void>((resolve) => {
    calls.subscribe(({ kind }) => {
      if (kind === 'watching') resolve();
    });
  });
  calls.start();
  pbx.start();
  link.start();
  await watching;

  /** The rows of calls of an owner, when they fit. */
  const rowsOf = async (owner: string): Promise<CallRow[]> => {
    const question = { table: 'calls', scope: owner, since: null, removedSince: null, limit: 100 } as const;
    return (await store.read(question)).rows.map(({ value }) => value as CallRow);
  };
  const until = async (owner: string, fits: (rows: readonly CallRow[]) => boolean): Promise<readonly CallRow[]> => {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        const stop = store.subscribe(() => {
          stop();
          resolve();
        });
      });
      const rows = await rowsOf(owner);
      if (fits(rows)) return rows;
      await changed;
    }
  };
  const inState = (owner: string, state: CallRow['state']) => until(owner, (rows) => rows.at(-1)?.state === state);
  /** How the only call of an owner ended: what follows from the clock is left out. */
  const ended = async (owner: string) => {
    const rows = await until(owner, (some) => some.length > 0 && some.every(({ state }) => state === undefined));
    return rows.map(({ direction, number, disposition, reason }) =>
      [direction, number, disposition, ...(reason ? [reason] : [])].join(' '),
    );
  };
  const close = async () => {
    await dialing.stop();
    await history.stop();
    dialer.stop();
    calls.stop();
    pbx.stop();
    link.stop();
  };
  const dial = (number: string) => dialing.dial(people.as('1001'), number);
  const rowOf = (call: string) => callId(sha256, call, '1001');
  return { store, watch, dial, rowsOf, rowOf, inState, ended, close };
}

type House = Awaited<ReturnType<typeof open>>;

describe.each(labVersions)('Click to call on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions, ring: 2, dialplan });
  const plugIn = withPhones(lab);
  const houses: House[] = [];

  afterEach(async () => {
    for (const house of houses.splice(0)) await house.close();
  });

  const connect = async (withPhone: readonly string[], parts: Parts = {}) => {
    const house = await open(lab(), parts);
    houses.push(house);
    for (const number of withPhone) await house.watch.shows(number, { line: 'idle' });
    return house;
  };
  /** The phones of 1001: the one that is answered first. */
  const ownPhones = async (several: boolean, behaviour: Behaviour = 'ring') => {
    const other = several ? [await plugIn('1001-2', { behaviour, secret: 'pw1001' })] : [];
    return [...other, await plugIn('1001', { behaviour })];
  };
  const answered = async (call: Call) => {
    call.answer();
    await call.until('up');
  };

  describe.each([
    ['one phone', false],
    ['two phones', true],
  ])('from %s', (_, several) => {
    test('goes from state to state, and ends with the seconds that were talked', async () => {
      const [own] = await ownPhones(several);
      const bob = await plugIn('1002', { behaviour: 'ring' });
      const { dial, inState, ended, rowsOf, rowOf } = await connect(['1001', '1002']);
      const item = await dial('1012');
      expect(item.row).toMatchObject({ state: 'phone', direction: 'out', number: '1012' });
      const phone = await own?.calls.next();
      if (!phone) throw new Error('no call');
      await answered(phone);
      const far = await bob.calls.next();
      const [ringing] = await inState('1001', 'ringing');
      expect(rowOf(ringing?.call ?? '')).toBe(item.id);
      await answered(far);
      await inState('1001', 'talking');
      await phone.until('ended');
      expect(await ended('1001')).toEqual(['out 1012 answered']);
      expect(await ended('1002')).toEqual(['in 1001 answered']);
      const talked = [...(await rowsOf('1001')), ...(await rowsOf('1002'))].map(({ talk }) => talk);
      expect(talked).toEqual([2, 2]);
    });

    test.each([
      ['busy', 'busy', ['in 1001 missed busy']],
      ['decline', 'no_answer', ['in 1001 missed declined']],
      ['ring', 'no_answer', ['in 1001 missed no_answer']],
    ] as const)('to one who does %s', async (behaviour, disposition, theirs) => {
      const [own] = await ownPhones(several);
      await plugIn('1002', { behaviour });
      const { dial, ended } = await connect(['1001', '1002']);
      await dial('1002');
      await answered((await own?.calls.next()) as Call);
      expect(await ended('1001')).toEqual([`out 1002 ${disposition}`]);
      expect(await ended('1002')).toEqual(theirs);
    });

    test('to one who has no phone', async () => {
      const [own] = await ownPhones(several);
      const { dial, ended } = await connect(['1001']);
      await dial('1002');
      await answered((await own?.calls.next()) as Call);
      expect(await ended('1001')).toEqual(['out 1002 failed']);
      expect(await ended('1002')).toEqual(['in 1001 missed unregistered']);
    });

    test('that is given up while it rings', async () => {
      const [own] = await ownPhones(several);
      const bob = await plugIn('1002', { behaviour: 'ring' });
      const { dial, inState, ended } = await connect(['1001', '1002']);
      await dial('1002');
      const phone = (await own?.calls.next()) as Call;
      await answered(phone);
      await bob.calls.next();
      await inState('1001', 'ringing');
      await phone.hangup();
      expect(await ended('1001')).toEqual(['out 1002 cancelled']);
      expect(await ended('1002')).toEqual(['in 1001 missed cancelled']);
    });

    test.each([
      ['busy', 'failed phone_busy'],
      ['decline', 'cancelled phone_declined'],
      ['ring', 'cancelled phone_no_answer'],
    ] as const)('whose own phones do %s', async (behaviour, end) => {
      await ownPhones(several, behaviour);
      const bob = await plugIn('1002', { behaviour: 'ring' });
      const { dial, ended, rowsOf } = await connect(['1001', '1002'], { ring: 1 });
      await dial('1002');
      expect(await ended('1001')).toEqual([`out 1002 ${end}`]);
      expect([bob.calls.items, await rowsOf('1002')]).toEqual([[], []]);
    });
  });

  test('is refused for a number that the dialplan lacks, without a trace', async () => {
    await ownPhones(false);
    const { dial, rowsOf } = await connect(['1001']);
    expect(await outcome(dial('4711'))).toEqual({ refused: 'forbidden', reason: 'not_allowed' });
    expect(await rowsOf('1001')).toEqual([]);
  });

  test('goes on over a restart of the daemon, and leaves one entry', async () => {
    const [own] = await ownPhones(false);
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const first = await connect(['1001', '1002']);
    await first.dial('1002');
    const phone = (await own?.calls.next()) as Call;
    await answered(phone);
    const far = await bob.calls.next();
    await first.inState('1001', 'ringing');
    houses.splice(0);
    await first.close();
    const { inState, ended } = await connect([], { store: first.store });
    await answered(far);
    await inState('1001', 'talking');
    await phone.hangup();
    expect(await ended('1001')).toEqual(['out 1002 answered']);
    expect(await ended('1002')).toEqual(['in 1001 answered']);
  });

  test('that ended while the daemon was away is no ghost', async () => {
    const [own] = await ownPhones(false);
    const bob = await plugIn('1002', { behaviour: 'ring' });
    const first = await connect(['1001', '1002']);
    await first.dial('1002');
    const phone = (await own?.calls.next()) as Call;
    await answered(phone);
    await bob.calls.next();
    await first.inState('1001', 'ringing');
    houses.splice(0);
    await first.close();
    await phone.hangup();
    const { ended, store } = await connect([], { store: first.store });
    const [entry] = await ended('1001');
    expect(entry).toMatch(/^out 1002 (failed|cancelled|no_answer)$/);
    expect([...store.all('upkeep')].filter(({ id }) => id.startsWith('dialled '))).toEqual([]);
  });
});
