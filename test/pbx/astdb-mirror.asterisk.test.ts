// What the mirror rests on, at real Asterisks: lists by the end of a key, values read back as they were written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AmiLink, openLink } from '../../src/pbx/ami/link.ts';
import { AstdbMirror } from '../../src/pbx/astdb-mirror.ts';
import { systemClock } from '../../src/service/clock.ts';
import { putKey, readFamily } from '../lab/astdb.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';

describe.each(labVersions)('The mirror in AstDB of Asterisk %s', (version) => {
  const lab = withAsterisk({ version });
  let link: AmiLink;
  let mirror: AstdbMirror;
  beforeAll(async () => {
    const settings = { host: '127.0.0.1', port: lab().amiPort, ...lab().users.freepbx };
    link = openLink(settings, { clock: systemClock, report: () => undefined, random: Math.random });
    mirror = new AstdbMirror({ link, family: 'cid_name' });
    await new Promise<void>((resolve) => {
      link.subscribe(({ kind }) => kind === 'up' && resolve());
      link.start();
    });
    await mirror.prepare();
  });
  afterAll(() => link.stop());

  const id = (n: number) => `+44207946${`${n}`.padStart(4, '0')}`;
  const entry = (n: number, name = `Name ${n}`) => ({ spellings: [id(n), id(n).slice(1)], name });

  test('is listed in parts by the last digits, and whole', async () => {
    for (let n = 0; n < 25; n += 1) await mirror.visit(id(n), entry(n));
    await putKey(lab(), 'cidXname', id(12), 'Countess');
    expect([...(await mirror.list('12')).ids]).toEqual([id(12)]);
    expect([...(await mirror.list('2')).ids].sort()).toEqual([id(2), id(12), id(22)]);
    expect([...(await mirror.list('')).ids]).toHaveLength(25);
    expect([...(await mirror.list('77')).ids]).toEqual([]);
    const part = await mirror.list('12');
    expect(await part.visit(id(12), entry(12))).toEqual({ written: 0, removed: 0, foreign: 0 });
    expect(await part.visit(id(12), entry(12, 'Ada'))).toEqual({ written: 2, removed: 0, foreign: 0 });
    expect(await mirror.visit(id(12), entry(12, 'Ada'))).toEqual({ written: 0, removed: 0, foreign: 0 });
    for (let n = 0; n < 25; n += 1) await mirror.visit(id(n), undefined);
    expect(await readFamily(lab(), 'ROLLCALL')).toEqual({});
    // To Asterisk the _ of the family stands for any character; to the mirror it does not.
    expect(await readFamily(lab(), 'cid_name')).toEqual({ [`cidXname/${id(12)}`]: 'Countess' });
  });

  test.each([
    ['many letters', 'é'.repeat(255)],
    ['many bears', '🐻'.repeat(255)],
    ['signs', `"a": 'b', \${x} $[1+1] \\; | = & :`],
    ['a header', 'Event: x'],
    ['other blanks', '\u00a0a\u3000b\u00a0'],
    ['wildcards', '%_'],
  ])('reads back %s as it was written, both ways', async (_, name) => {
    await mirror.visit(id(1), entry(1, name));
    expect(await mirror.visit(id(1), entry(1, name))).toEqual({ written: 0, removed: 0, foreign: 0 });
    expect(await (await mirror.list('')).visit(id(1), entry(1, name))).toEqual({ written: 0, removed: 0, foreign: 0 });
    expect(await mirror.visit(id(1), undefined)).toEqual({ written: 0, removed: 2, foreign: 0 });
  });
});
