import { describe, expect, test } from 'vitest';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import { AstdbMirror, mirrorFamily } from '../../src/pbx/astdb-mirror.ts';
import type { MirrorEntry } from '../../src/service/mirror-port.ts';
import { PaperAstdb } from '../support/paper-astdb.ts';

const ID = '+442079460000';
const SPELLINGS = [ID, '442079460000', '02079460000', '00442079460000'];
const ada = (name = 'Ada Lovelace', spellings: readonly string[] = SPELLINGS): MirrorEntry => ({ spellings, name });
const all = (value: string) => Object.fromEntries(SPELLINGS.map((key) => [key, value]));
const fault = (kind: string) => expect.objectContaining({ name: 'MirrorFault', kind });

const visiting = (mirror: AstdbMirror, id: string, entry?: MirrorEntry) => mirror.visit(id, entry);
const listing = async (mirror: AstdbMirror, id: string, entry?: MirrorEntry) =>
  (await mirror.list('')).visit(id, entry);
const ways: [string, typeof visiting][] = [
  ['a look at the number', visiting],
  ['a listing', listing],
];

describe.each(ways)('names in AstDB, by %s', (_, bring) => {
  test('come with a marker before them and go before it', async () => {
    const astdb = new PaperAstdb();
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    expect(await bring(mirror, ID, ada())).toEqual({ written: 4, removed: 0, foreign: 0 });
    expect(astdb.family('cidname')).toEqual(all('Ada Lovelace'));
    expect(astdb.writes[0]).toMatch(/^put ROLLCALL\/mirror\/\+442079460000 cidname /);
    astdb.writes.length = 0;
    expect(await bring(mirror, ID, ada())).toEqual({ written: 0, removed: 0, foreign: 0 });
    expect(astdb.writes).toEqual([]);
    expect(await bring(mirror, ID)).toEqual({ written: 0, removed: 4, foreign: 0 });
    expect(astdb.writes.at(-1)).toBe('del ROLLCALL/mirror/+442079460000');
    expect([...astdb.entries]).toEqual([]);
  });

  test('never touch what somebody else wrote', async () => {
    const astdb = new PaperAstdb();
    astdb.entries.set('cidname/02079460000', 'Countess').set('cidname/anna', 'Anna').set('other/02079460000', 'x');
    const theirs = Object.fromEntries(astdb.entries);
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    expect(await bring(mirror, ID, ada())).toEqual({ written: 3, removed: 0, foreign: 1 });
    expect(astdb.family('cidname')).toEqual({ ...all('Ada Lovelace'), '02079460000': 'Countess', anna: 'Anna' });
    await bring(mirror, ID);
    expect(Object.fromEntries(astdb.entries)).toEqual(theirs);
  });

  test('go from the family of an earlier setting, and from all when there is none', async () => {
    const astdb = new PaperAstdb();
    await bring(new AstdbMirror({ link: astdb.link, family: 'cidname' }), ID, ada());
    await bring(new AstdbMirror({ link: astdb.link, family: 'names' }), ID, ada());
    expect([astdb.family('cidname'), astdb.family('names')]).toEqual([{}, all('Ada Lovelace')]);
    // What is wanted does not count while nothing is mirrored.
    expect(await bring(new AstdbMirror({ link: astdb.link, family: '' }), ID, ada())).toMatchObject({ removed: 4 });
    expect([...astdb.entries]).toEqual([]);
  });

  test('are not broken by what a name says', async () => {
    const astdb = new PaperAstdb();
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    for (const name of ['a\r\nAction: DBPut\r\n\r\n', 'x\0y', `"\${SHELL(x)}" \\ '`, '🐻'.repeat(255), '\ud800']) {
      await bring(mirror, ID, ada(name));
      const [value = ''] = Object.values(astdb.family('cidname'));
      expect(value).not.toMatch(/[\p{Cc}]/u);
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(250);
      expect(astdb.family('cidname')).toEqual(all(value));
      expect(await bring(mirror, ID, ada(name))).toMatchObject({ written: 0, removed: 0 });
    }
  });

  test('have keys of digits alone', async () => {
    const astdb = new PaperAstdb();
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    await bring(mirror, '2001', ada('Bo', ['2001', 'x y', '20\r\n01', '', '*30']));
    expect(astdb.family('cidname')).toEqual({ '2001': 'Bo' });
    await bring(mirror, '2001', ada('\r\n', ['2001']));
    expect([...astdb.entries]).toEqual([]);
  });

  /** Every point at which the connection or the process may end, on the way through a history of names. */
  const history = [ada(), ada('Ada King'), ada('Ada King', SPELLINGS.slice(0, 2)), undefined, ada('Bo'), undefined];

  test('leave nothing behind and overwrite nobody, wherever the connection is lost', async () => {
    for (let most = 0; most < 45; most += 1) {
      const astdb = new PaperAstdb();
      astdb.entries.set('cidname/00442079460000', 'Countess');
      astdb.writesLeft = most;
      for (const entry of history) {
        if (astdb.link.generation === null) {
          // A daemon that knows nothing of the one before.
          astdb.link.up();
          astdb.writesLeft = Number.POSITIVE_INFINITY;
        }
        await bring(new AstdbMirror({ link: astdb.link, family: 'cidname' }), ID, entry).catch(() => 'lost');
        expect(astdb.family('cidname')['00442079460000']).toBe('Countess');
        const marked = astdb.family('ROLLCALL/mirror')[ID] ?? '';
        const unmarked = Object.keys(astdb.family('cidname')).filter((key) => !marked.split(' ').includes(key));
        expect({ most, unmarked }).toEqual({ most, unmarked: ['00442079460000'] });
      }
      if (astdb.link.generation === null) astdb.link.up();
      astdb.writesLeft = Number.POSITIVE_INFINITY;
      await bring(new AstdbMirror({ link: astdb.link, family: '' }), ID);
      expect([...astdb.entries]).toEqual([['cidname/00442079460000', 'Countess']]);
    }
  });

  test('are brought in step from every point at which a change was cut off', async () => {
    for (let most = 0; most < 6; most += 1) {
      const astdb = new PaperAstdb();
      await bring(new AstdbMirror({ link: astdb.link, family: 'cidname' }), ID, ada());
      astdb.writesLeft = most;
      await bring(new AstdbMirror({ link: astdb.link, family: 'cidname' }), ID, ada('Ada King')).catch(() => 'lost');
      if (astdb.link.generation === null) astdb.link.up();
      astdb.writesLeft = Number.POSITIVE_INFINITY;
      await bring(new AstdbMirror({ link: astdb.link, family: 'cidname' }), ID, ada('Ada Byron'));
      expect(astdb.family('cidname')).toEqual(all('Ada Byron'));
    }
  });
});

describe('a listing', () => {
  const number = (n: number) => `+4420794${`${n}`.padStart(5, '0')}`;
  const some = async (astdb: PaperAstdb, count: number) => {
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    const { visit } = await mirror.list('');
    for (let n = 0; n < count; n += 1) await visit(number(n), ada(`Name ${n}`, [number(n), number(n).slice(1)]));
    return mirror;
  };

  test('has the numbers that end so, and no others', async () => {
    const astdb = new PaperAstdb();
    const mirror = await some(astdb, 30);
    astdb.entries
      .set('ROLLCALL/mirror-trial/9', '1')
      .set('ROLLCALL/mirror/x12', 'rubbish')
      .set('ROLLCALLxmirror/12', 'x');
    expect([...(await mirror.list('12')).ids]).toEqual([number(12)]);
    expect([...(await mirror.list('2')).ids]).toEqual([number(2), number(12), number(22)]);
    expect([...(await mirror.list('')).ids]).toHaveLength(30);
  });

  test('in parts is refused where Asterisk does not list parts, before anything is taken for absent', async () => {
    const astdb = new PaperAstdb();
    const mirror = await some(astdb, 3);
    astdb.hasWildcards = false;
    await expect(mirror.list('2')).rejects.toEqual(fault('failed'));
    expect([...(await mirror.list('')).ids]).toHaveLength(3);
    expect(astdb.family('ROLLCALL/mirror-trial')).toEqual({});
  });

  test('of too many numbers is refused while it can be had in parts', async () => {
    const astdb = new PaperAstdb();
    for (let n = 0; n <= 5_000; n += 1)
      astdb.entries.set(`ROLLCALL/mirror/${number(n)}`, `cidname ${'0'.repeat(12)} 12`);
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    await expect(mirror.list('')).rejects.toEqual(fault('too_long'));
    expect([...(await mirror.list('7')).ids]).toHaveLength(500);
    astdb.hasWildcards = false;
    await mirror.prepare();
    expect([...(await mirror.list('')).ids]).toHaveLength(5_001);
  });

  test('of another family with a wildcard in its name holds nothing of it', async () => {
    const astdb = new PaperAstdb();
    astdb.entries.set('cid-name/02079460000', 'Countess');
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cid_name' });
    expect(await (await mirror.list('')).visit(ID, ada())).toEqual({ written: 4, removed: 0, foreign: 0 });
  });
});

describe('a manager user', () => {
  const prepare = (allowed: readonly string[], family: string) =>
    new AstdbMirror({ link: new PaperAstdb(allowed).link, family }).prepare();

  test('who may not write or read is told what he lacks', async () => {
    const told = { kind: 'forbidden', message: 'the manager user may not use DBPut, DBDel' };
    await expect(prepare(['DBGet', 'DBGetTree'], 'cidname')).rejects.toMatchObject(told);
    await expect(prepare(['DBPut', 'DBDel', 'DBGet'], 'cidname')).rejects.toMatchObject({
      message: 'the manager user may not use DBGetTree',
    });
    await expect(prepare(['DBGet', 'DBGetTree'], '')).resolves.toBeUndefined();
    await expect(prepare(['DBGet', 'DBGetTree', 'DBPut', 'DBDel'], 'cidname')).resolves.toBeUndefined();
  });

  test('who loses the right meanwhile is refused as such', async () => {
    const astdb = new PaperAstdb(['DBGet', 'DBGetTree']);
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    await expect(mirror.visit(ID, ada())).rejects.toEqual(fault('forbidden'));
    astdb.entries.set(`ROLLCALL/mirror/${ID}`, 'rubbish');
    await expect(mirror.visit(ID, undefined)).rejects.toEqual(fault('forbidden'));
    astdb.link.down();
    await expect(mirror.visit(ID, ada())).rejects.toEqual(fault('away'));
  });
});

describe('an entry that cannot be removed', () => {
  test('keeps its marker', async () => {
    const astdb = new PaperAstdb();
    const mirror = new AstdbMirror({ link: astdb.link, family: 'cidname' });
    await mirror.visit(ID, ada());
    astdb.link.answer('DBDel', () => {
      throw new AmiError('refused', 'Asterisk refused DBDel: Database entry could not be deleted');
    });
    await expect(mirror.visit(ID, undefined)).rejects.toEqual(fault('failed'));
    expect(astdb.link.sent('DBDel').map(({ Family }) => Family)).not.toContain('ROLLCALL/mirror');
  });
});

describe('the family of the settings', () => {
  test.each([
    ['cidname', 'DND', 'cidname'],
    ['', 'DND', ''],
    ['dnd', 'DND', ''],
    ['AMPUSER', 'DND', ''],
    ['ROLLCALL', 'DND', ''],
    ['night', 'Night/all', ''],
  ])('%j beside %j is %j', (family, dnd, used) => {
    const said: unknown[] = [];
    expect(mirrorFamily(family, dnd, (event, fields) => said.push([event, fields]))).toBe(used);
    expect(said).toEqual(used === family ? [] : [['mirror.family_taken', { family }]]);
  });
});
