import { describe, expect, it } from 'vitest';
import { FileFaults } from '../../src/cli/file-faults.ts';
import { readRulesFile } from '../../src/cli/rules-file.ts';
import { PERMISSION, shapeFaults, VISIBILITY } from '../../src/cli/rules-shape.ts';
import { rulesYaml } from '../../src/cli/rules-yaml.ts';

const EXAMPLE = '{ who: … }';

/** The lines that a file is refused with; empty when it is a list of rules. */
function faults(text: string, shape = PERMISSION): readonly string[] {
  try {
    const { value, placeOf } = readRulesFile({ name: 'f', text });
    const found = shapeFaults(value, shape, EXAMPLE);
    if (found.length === 0) return [];
    return new FileFaults(
      'f',
      found.map(({ path, what }) => ({ ...placeOf(path), what })),
    ).lines;
  } catch (error) {
    if (error instanceof FileFaults) return error.lines;
    throw error;
  }
}

const value = (text: string) => readRulesFile({ name: 'f', text }).value;

describe('a file of rules', () => {
  it('may be YAML in either style, or JSON with any indentation', () => {
    const rules = [{ who: { group: 'sales' }, books: ['company'], view: true, manage: false }];
    expect([
      value('- who: { group: sales }\n  books: [company]\n  view: true\n  manage: false\n'),
      value('# who sees what\n- who:\n    group: sales\n  books:\n    - company\n  view: true\n  manage: false\n'),
      value(JSON.stringify(rules)),
      value(JSON.stringify(rules, null, '\t')),
      value(`\ufeff${JSON.stringify(rules, null, 2)}`),
      value('[]'),
    ]).toEqual([rules, rules, rules, rules, rules, []]);
  });

  it('holds numbers as they are written where text is meant', () => {
    const text = '- id: 007\n  order: 07\n  who: { extension: 0123 }\n  books: [1.10, true]\n- who: { group: 2024 }\n';
    expect(value(text)).toEqual([
      { id: '007', order: 7, who: { extension: '0123' }, books: ['1.10', 'true'] },
      { who: { group: '2024' } },
    ]);
  });

  it('may use anchors', () => {
    expect(value('- who: &all { everyone: true }\n- who: *all\n')).toEqual([
      { who: { everyone: true } },
      { who: { everyone: true } },
    ]);
  });

  it('keeps a key that JavaScript treats in its own way', () => {
    expect(
      faults('- { who: { everyone: true }, books: "*", view: true, manage: true, __proto__: { view: 1 } }'),
    ).toEqual(['f:1:79: __proto__ is not a key of a rule']);
  });

  it.each<[string, string, string[]]>([
    ['nothing', '', ['f:1:1: the file holds no list of rules: write [] for none, or rules such as { who: … }']],
    [
      'only a comment',
      '# none\n',
      ['f:1:1: the file holds no list of rules: write [] for none, or rules such as { who: … }'],
    ],
    ['a map', 'rules: []\n', ['f:1:1: must be a list of rules, each such as { who: … }']],
    ['a word', 'everyone', ['f:1:1: must be a list of rules, each such as { who: … }']],
    [
      'words',
      '- everyone\n- null\n',
      ['f:1:3: this is no rule; one looks like { who: … }', 'f:2:3: this is no rule; one looks like { who: … }'],
    ],
    ['two documents', '[]\n---\n[]\n', ['f:2:1: there is a second document: only one can be in the file']],
    ['bad YAML', '- who: [\n- x', ['f:2:1: not YAML: wrong indentation']],
    ['a tab', '- who:\n\teveryone: true\n', ['f:2:1: not YAML: tabs cannot indent; use spaces']],
    ['a key twice', '- view: true\n  view: false\n', ['f:2:3: not YAML: this key stands here twice']],
    ['a tag', '- !secret x\n', ['f:1:3: not YAML: something is out of place here']],
    ['an alias without anchor', '- *all\n', ['f:1:3: not YAML: an alias without its anchor']],
    ['an alias before its anchor', '- *all\n- &all x\n', ['f:1:3: not YAML: an alias without its anchor']],
  ])('is refused when it holds %s', (_, text, lines) => {
    expect(faults(text)).toEqual(lines);
  });

  it('is refused with every fault, each with its place and how it is right', () => {
    const text = `- who: everyone
  books: company
  view: yes
  manage: 1
- who: { extension: 1001, group: sales }
  book: [company]
  view: true
- { id: "", order: 0, who: { everyone: false }, books: [""], view: true, manage: false }
- { who: { everyone: true }, books: [company, 5, {}], view: true, manage: false }
`;
    const who = 'who must be { everyone: true }, { extension: "1001" } or { group: sales }';
    const books = 'books must be "*" for all company books, or a list of their ids: [company]';
    expect(faults(text)).toEqual([
      `f:1:8: ${who}`,
      `f:2:10: ${books}`,
      'f:3:9: view must be true or false',
      'f:4:11: manage must be true or false',
      'f:5:3: books is missing; a rule looks like { who: … }',
      'f:5:3: manage is missing; a rule looks like { who: … }',
      `f:5:8: ${who}`,
      'f:6:9: book is not a key of a rule; did you mean books?',
      'f:8:9: id must be a word of at most 64 characters; it may be left out',
      'f:8:20: order must be a whole number from 1; it may be left out',
      `f:8:28: ${who}`,
      `f:8:56: ${books}`,
      `f:9:37: ${books}`,
    ]);
  });

  it('of visibility has its own keys', () => {
    expect(faults('- { who: { everyone: true }, books: "*", whom: all, see: true }', VISIBILITY)).toEqual([
      'f:1:37: books is not a key of a rule',
      'f:1:48: whom must be { everyone: true }, { extension: "1001" } or { group: sales }',
    ]);
  });

  it('is refused with fifty lines at most', () => {
    const lines = faults('- x\n'.repeat(70));
    expect([lines.length, lines[49], lines[50]]).toEqual([
      51,
      'f:50:3: this is no rule; one looks like { who: … }',
      'f: and 20 more',
    ]);
  });

  it('holds a thousand rules and no more', () => {
    const rule = '- { who: { everyone: true }, books: "*", view: true, manage: false }\n';
    expect([faults(rule.repeat(1000)), faults(rule.repeat(1001))]).toEqual([
      [],
      ['f:1:1: these are too many rules: at most 1000'],
    ]);
  });
});

describe('a file that would be too much to read', () => {
  const bomb = ['- &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n += 1)
    bomb.push(
      `- &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
    );

  it.each<[string, string, string]>([
    ['aliases of aliases', bomb.join('\n'), 'an alias makes this too much to read'],
    ['an alias of what holds it', '- &a [*a]\n', 'an alias makes this too much to read'],
    ['brackets without end', '['.repeat(100_000), 'this is nested too deeply for a rule'],
    ['balanced brackets', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'this is nested too deeply for a rule'],
    ['lists in lists', '- '.repeat(20_000), 'this is nested too deeply for a rule'],
    ['keys in keys', 'a: '.repeat(20_000), 'this is nested too deeply for a rule'],
    [
      'very many keys',
      `{${Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join(',')}}`,
      'these are too many keys for a rule',
    ],
    ['very many aliases', `- &a x\n${'- *a\n'.repeat(100_000)}`, 'an alias makes this too much to read'],
    ['very many documents', '---\n'.repeat(10_000), 'there is a second document: only one can be in the file'],
  ])('such as %s is refused with one line', (_, text, what) => {
    expect(faults(text)).toEqual([expect.stringMatching(new RegExp(`^f:\\d+:\\d+: ${what}$`))]);
  });
});

describe('rules as YAML', () => {
  const rules = [
    { id: 'a1', order: 1, who: { group: 'sales' }, books: '*', view: true, manage: false },
    { id: '0123', order: 2, who: { extension: '1001' }, books: ['company', 'no', '12'], view: true, manage: true },
    { id: 'c', order: 3, who: { everyone: true }, books: ['company'], view: false, manage: false },
    { id: 'd', order: 4, who: { group: 'Vertrieb: "Süd" #1' }, books: [], view: false, manage: false },
    {
      id: 'e',
      order: 5,
      who: { group: 'a\u009b31m\u202eb\u2028\n' },
      books: ['true', '~', ''],
      view: true,
      manage: true,
    },
  ];

  it('read well', () => {
    expect(rulesYaml(rules.slice(0, 2))).toBe(`- id: a1
  order: 1
  who: { group: sales }
  books: "*"
  view: true
  manage: false
- id: "0123"
  order: 2
  who: { extension: "1001" }
  books: [company, "no", "12"]
  view: true
  manage: true
`);
  });

  it('are read back as they were', () => {
    expect(value(rulesYaml(rules))).toEqual(rules);
    expect(value(rulesYaml([]))).toEqual([]);
  });

  it('hold nothing that a terminal would obey', () => {
    expect(rulesYaml(rules)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
  });
});
