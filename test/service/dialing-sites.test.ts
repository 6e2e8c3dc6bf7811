// Calls that users of a site have made whose extensions have digits in front of the numbers that their PBX knows.
import { describe, expect, test } from 'vitest';
import { outcome, uuid } from '../support/contacts-house.ts';
import { openDialingHouse } from '../support/dialing-house.ts';
import { extensionWrite, parisAndBerlin } from '../support/sites.ts';

const FIRST = `rollcall-${uuid(1)}`;
const NOT_ALLOWED = { refused: 'forbidden', reason: 'not_allowed' };

async function openParis(rules = {}) {
  const { store, paris } = parisAndBerlin();
  const house = await openDialingHouse({ store, rules, numbers: paris });
  store.note([extensionWrite('31005', 'paris', 'Cleo'), extensionWrite('2001', 'berlin', 'Dan')]);
  store.note([extensionWrite('1002', 'berlin')]);
  await house.people({ id: '31001' }, { id: '31002', name: 'Bob' });
  house.calls.phones = new Set(['31001']);
  const dialled = () => house.calls.orders.map(({ dialString }) => dialString);
  return { ...house, dialled };
}

describe('A call at a site with digits of its own', () => {
  test.each([
    ['by the id', '31002'],
    ['as the PBX has it', '1-005'],
  ])(
    'to a colleague of the site, given %s, is dialled by the number there and is the colleague in the history',
    async (_, given) => {
      const { dial, calls, row, clock } = await openParis();
      const id = given === '31002' ? '31002' : '31005';
      const call = { id: FIRST, owner: '31001', number: id, at: clock.now() };
      expect(await dial('31001', given)).toMatchObject({ number: id, extension: id });
      expect(calls.orders).toEqual([{ call, dialString: id.slice(1), name: '31001', ringSeconds: 30 }]);
      expect(await row(FIRST, '31001')).toMatchObject({ owner: '31001', number: id });
    },
  );

  test('to a colleague of another site is dialled by the id', async () => {
    const { dial, dialled } = await openParis();
    expect(await dial('31001', '2001')).toMatchObject({ number: '2001', extension: '2001' });
    expect(dialled()).toEqual(['2001']);
  });

  test('is not made to a colleague of another site whose id would ring somebody here', async () => {
    const { dial, dialled, said } = await openParis();
    expect(await outcome(dial('31001', '1002'))).toEqual(NOT_ALLOWED);
    expect(dialled()).toEqual([]);
    expect(said.filter(([event]) => event === 'access.refused')).toEqual([
      ['access.refused', { method: 'calls.dial', extension: '31001', reason: 'ambiguous extension' }],
    ]);
  });

  test('to any other number is dialled as it is everywhere', async () => {
    const { dial, dialled } = await openParis();
    await dial('31001', '020 7946 0000');
    await dial('31001', '1009');
    expect(dialled()).toEqual(['02079460000', '1009']);
  });

  test('reaches nobody who is hidden, by whichever of his numbers, and not the caller himself', async () => {
    const { dial, dialled, hide } = await openParis();
    await hide('31005');
    for (const given of ['31005', '1005', '1001', '31001']) {
      expect([given, await outcome(dial('31001', given))]).toEqual([given, NOT_ALLOWED]);
    }
    expect(dialled()).toEqual([]);
  });

  test('is held against the rules as it is dialled, and against those that forbid in both ways', async () => {
    const inside = await openParis({ allow: ['^[0-9]{4}$'] });
    await inside.dial('31001', '31002');
    expect(inside.dialled()).toEqual(['1002']);
    for (const deny of ['^1002$', '^31002$']) {
      const { dial } = await openParis({ deny: [deny] });
      expect(await outcome(dial('31001', '31002'))).toEqual(NOT_ALLOWED);
    }
  });
});
