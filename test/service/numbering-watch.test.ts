// Daemons of one database whose settings differ in how numbers are read.
import { beforeEach, describe, expect, it } from 'vitest';
import { watchNumbering } from '../../src/service/numbering-watch.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { MemoryStore } from '../support/memory-store.ts';

const BRITAIN = { country: 'GB', outsideLine: '9' };
const GERMANY = { country: 'DE', outsideLine: '0' };

let store: MemoryStore;
let said: unknown[];
beforeEach(() => {
  store = new MemoryStore();
  said = [];
});

const report = (event: string, fields?: object): void => void said.push([event, fields]);
const keep = (numbering: object) => store.commit([{ table: 'upkeep', id: 'numbering', value: numbering }]);

describe('a daemon whose numbering is another one', () => {
  it('says so once, and again when it has been alike meanwhile', async () => {
    await keep({ ...BRITAIN, rules: 2 });
    const clusters = new FakeClusters();
    clusters.join('one');
    const stop = watchNumbering({ store, cluster: clusters.join('two'), numbering: GERMANY, report });
    await keep({ ...BRITAIN, outsideLine: '' });
    const differs = ['numbering.differs', { country: 'DE', kept: 'GB' }];
    expect(said).toEqual([differs]);
    await keep(GERMANY);
    await keep({ ...GERMANY, outsideLine: '9' });
    expect(said).toEqual([differs, ['numbering.differs', { country: 'DE', kept: 'DE' }]]);
    stop();
    await keep(GERMANY);
    await keep(BRITAIN);
    expect(said).toHaveLength(2);
  });

  it('says nothing when it is the one that keeps the keys, when it is alone, and while nothing is kept', async () => {
    const clusters = new FakeClusters();
    const alone = clusters.join('one');
    watchNumbering({ store, cluster: alone, numbering: GERMANY, report });
    await keep(BRITAIN);
    const second = clusters.join('two');
    watchNumbering({ store, cluster: second, numbering: BRITAIN, report });
    expect(said).toEqual([]);
    alone.die();
    await keep(GERMANY);
    expect(said).toEqual([]);
  });
});
