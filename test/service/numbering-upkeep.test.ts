import { describe, expect, test } from 'vitest';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { NumberingUpkeep } from '../../src/service/numbering-upkeep.ts';
import { type ContactsHouse, NUMBERING, openContactsHouse, openHouseOfFour } from '../support/contacts-house.ts';

async function keysOf({ stored }: ContactsHouse, id: string) {
  return ((await stored('contacts', id))?.value as ContactRow | undefined)?.keys;
}

const GERMANY = { country: 'DE', outsideLine: '0' };

describe('the keys of stored numbers', () => {
  test('are made again when the country changed, in every book, and once', async () => {
    const house = await openHouseOfFour();
    const company = await house.make('1001', 'company');
    const personal = await house.make('1002', 'personal');
    const foreign = { firstName: 'Bo', numbers: [{ type: 'home', number: '+46 8 123 456 78' }] };
    const same = await house.make('1001', 'company', { contact: foreign });
    const before = await house.stored('contacts', same.id);
    await new NumberingUpkeep({ ...house, numbering: GERMANY }).start();
    expect(await keysOf(house, company.id)).toEqual([['+492079460000']]);
    expect(await keysOf(house, personal.id)).toEqual([['+492079460000']]);
    expect(await house.stored('contacts', same.id)).toEqual(before);
    expect((await house.stored('contacts', company.id))?.value).toHaveProperty('rev', 1);
    const commits: unknown[] = [];
    house.store.subscribe((commit) => commits.push(commit));
    await new NumberingUpkeep({ ...house, numbering: GERMANY }).start();
    expect(commits).toEqual([]);
    await new NumberingUpkeep({ ...house, numbering: NUMBERING }).start();
    expect(await keysOf(house, company.id)).toEqual([['+442079460000']]);
  });

  test('are made again some at a time, and what is changed meanwhile keeps its change', async () => {
    const house = await openHouseOfFour();
    const ids: string[] = [];
    for (let n = 0; n < 250; n++) ids.push((await house.make('1001', 'company')).id);
    const sizes: number[] = [];
    house.store.subscribe(({ writes }) => sizes.push(writes.length));
    // The daemon after a restart with another country.
    const next = await openContactsHouse({ store: house.store, numbering: GERMANY });
    const upkeep = new NumberingUpkeep({ ...next, numbering: GERMANY }).start();
    const [first = '', last = ''] = [ids[0], ids.at(-1)];
    await next.contacts.update(next.as('1001'), { id: last, patch: { title: 'Countess' } });
    await next.contacts.move(next.as('1001'), { id: first, book: 'personal' });
    await upkeep;
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect((await house.stored('contacts', last))?.value).toHaveProperty('fields.title', 'Countess');
    expect((await house.stored('contacts', first))?.value).toHaveProperty('book', 'personal:1001');
    for (const id of ids) expect(await keysOf(house, id)).toEqual([['+492079460000']]);
  });

  test('are made at the next start when that could not be done, and the operator is told', async () => {
    const house = await openHouseOfFour();
    const { id } = await house.make('1001', 'company');
    const { store } = house;
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new Error('full'));
    await new NumberingUpkeep({ ...house, numbering: GERMANY }).start();
    expect(house.said).toEqual([['numbering.upkeep_failed', {}]]);
    store.commit = commit;
    const stopped = new NumberingUpkeep({ ...house, numbering: GERMANY });
    await stopped.stop();
    await stopped.start();
    expect(await keysOf(house, id)).toEqual([['+442079460000']]);
    await new NumberingUpkeep({ ...house, numbering: GERMANY }).start();
    expect(await keysOf(house, id)).toEqual([['+492079460000']]);
  });
});
