import { expect, test } from 'vitest';
import { AskedDialing, CALLS_DIAL, type DialErrand } from '../../src/service/dialing-asked.ts';
import { openDialingHouse } from '../support/dialing-house.ts';
import { openPresence } from '../support/duty-house.ts';
import { FakeClusters } from '../support/fake-cluster.ts';

const ADA = '+44 20 7946 0111';

/** The PBX is at a; calls are ordered at b. */
async function openTwo() {
  const house = await openDialingHouse();
  const { store, clock, access, dialing } = house;
  const group = new FakeClusters();
  const reports: string[] = [];
  const report = (event: string) => void reports.push(event);
  const [a, b] = ['a', 'b'].map((name) => openPresence({ store, clock, report, cluster: group.join(name) }));
  if (!a || !b) throw new Error('there are two');
  a.errands.handle(CALLS_DIAL, (params) => {
    const { viewer, number } = params as DialErrand;
    return dialing.dial(viewer, number);
  });
  const asked = new AskedDialing({ store, access, report, site: '', errands: b.errands });
  return { ...house, group, reports, asked };
}

test('A call that is ordered at a daemon without the duty is made by the one on duty, once, and told before it is answered', async () => {
  const { asked, calls, as, store } = await openTwo();
  const { id, row } = await asked.dial(as('1001'), ADA);
  expect(calls.orders).toHaveLength(1);
  expect((await store.find('calls', [id])).get(id)?.value).toEqual(row);
  expect(row).toMatchObject({ owner: '1001', number: ADA, direction: 'out', state: 'phone' });
  expect([...store.all('errands')]).toEqual([]);
});

test.each([
  ['a number that is none', 'hello', 'params'],
  ['a feature code', '*78', 'forbidden'],
])('What may not be called is refused alike there: %s', async (_, number, code) => {
  const { asked, as, calls } = await openTwo();
  await expect(asked.dial(as('1001'), number)).rejects.toMatchObject({ code });
  expect(calls.orders).toEqual([]);
});

test('Who may do nothing any more is refused where he asks, and nobody else is troubled', async () => {
  const { asked, as, people, reports, store } = await openTwo();
  await people({ id: '1001', disabled: true });
  const { rev } = store.changes('errands', null);
  await expect(asked.dial(as('1001'), ADA)).rejects.toMatchObject({ code: 'forbidden' });
  expect(store.changes('errands', rev).removed).toEqual([]);
  expect(reports).toEqual(['access.refused']);
});

test('While the database is away no call is ordered from there', async () => {
  const { asked, as, group, calls } = await openTwo();
  group.database(false);
  await expect(asked.dial(as('1001'), ADA)).rejects.toMatchObject({ code: 'storage' });
  expect(calls.orders).toEqual([]);
});
