import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, type Sources, violations } from './support/house-rules.ts';

const ROOT = join(import.meta.dirname, '..');

/** Every file of the daemon, the client library without its examples, and the portal. */
function readSources(): Map<string, string> {
  const files = ['src', 'client', 'web/src']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile() && !/client\/(examples\/|.*\.(md|json)$)/.test(join(file.parentPath, file.name)));
  const paths = files.map((file) => relative(ROOT, join(file.parentPath, file.name)).replaceAll('\\', '/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

describe('the house', () => {
  const sources = readSources();

  test('keeps its rules', () => {
    expect(violations(sources)).toEqual([]);
  });

  test('is read in full: the files, and the imports of one of each floor', () => {
    const imports = (path: string) => importsOf(sources.get(path) ?? '').map(({ name }) => name);
    expect(sources.size).toBeGreaterThan(100);
    expect(imports('src/domain/dnd.ts')).toEqual(['./presentity.ts', './presentity.ts', './status.ts']);
    expect(imports('src/protocol/methods.ts')).toContain('zod');
    expect(imports('src/sync/hub.ts')).toContain('../service/store.ts');
    expect(imports('src/server/ws-socket.ts')).toEqual(expect.arrayContaining(['node:net', 'ws', '../sync/socket.ts']));
    expect(imports('src/main.ts')).toContain('./sync/hub.ts');
  });

  test('is TypeScript and nothing else, but for the styles of the portal', () => {
    expect(
      [...sources.keys()].filter((path) => !/^(src|client)\/.*\.ts$|^web\/src\/.*\.(tsx?|css)$/.test(path)),
    ).toEqual([]);
  });
});

describe('the guard', () => {
  /** A small house that keeps the rules. */
  const HOUSE = {
    'src/domain/status.ts': "import type { Status } from './presence.ts';\n",
    'src/domain/presence.ts': 'export type Status = string;\n',
    'src/protocol/rpc.ts': "import { z } from 'zod';\nimport { Failure } from '../domain/presence.ts';\n",
    'src/service/store.ts': "import type { Status } from '../domain/status.ts';\n",
    'src/service/board.ts': "import { x } from './store.ts';\n",
    'src/sync/hub.ts': "import type { Store } from '../service/store.ts';\nimport { y } from '../protocol/rpc.ts';\n",
    'src/pbx/ami/link.ts': "import { Socket } from 'node:net';\nimport { x } from '../hint.ts';\n",
    'src/pbx/hint.ts': "import { x } from '../domain/status.ts';\n",
    'src/store/files.ts': "import { x } from '../service/store.ts';\nimport { Low } from 'lowdb';\n",
    'src/server/ws.ts': "import { WebSocket } from 'ws';\nimport { x } from '../sync/hub.ts';\n",
    'src/settings/settings.ts': "import { z } from 'zod';\nimport { x } from '../domain/status.ts';\n",
    'src/cli/run.ts': "import { x } from '../settings/settings.ts';\nimport { y } from '../main.ts';\n",
    'src/main.ts': "import { x } from './server/ws.ts';\nimport { y } from './pbx/hint.ts';\n",
    'src/cli.ts': "import { x } from './cli/run.ts';\n",
    'client/client.ts': "import type { Session } from './types.ts';\n",
    'client/types.ts': 'export interface Session {}\n',
    'web/src/app.tsx':
      "import { x } from '../../client/client.ts';\nimport './app.css';\nimport { y } from 'preact';\n",
    'web/src/app.css': 'a { color: red }\n',
    'web/src/preview.ts': "import { x } from '../../src/domain/status.ts';\n",
  };

  /** What is reported when this text is planted in place of, or beside, the others. */
  function planted(path: string, text: string): string[] {
    const house: Sources = new Map(Object.entries({ ...HOUSE, [path]: text }));
    return violations(house);
  }

  test('finds nothing in a house that keeps the rules', () => {
    expect(violations(new Map(Object.entries(HOUSE)))).toEqual([]);
  });

  const upward: [string, string][] = [
    ['src/domain/status.ts', '../service/store.ts'],
    ['src/domain/status.ts', '../pbx/hint.ts'],
    ['src/protocol/rpc.ts', '../sync/hub.ts'],
    ['src/protocol/rpc.ts', '../server/ws.ts'],
    ['src/service/board.ts', '../pbx/hint.ts'],
    ['src/service/board.ts', '../settings/settings.ts'],
    ['src/service/board.ts', '../main.ts'],
    ['src/sync/hub.ts', '../server/ws.ts'],
    ['src/sync/hub.ts', '../store/files.ts'],
    ['src/pbx/ami/link.ts', '../../main.ts'],
    ['src/server/ws.ts', '../cli/run.ts'],
    ['src/store/files.ts', '../cli.ts'],
  ];
  test.each(upward)('reports %s importing upward %s', (path, name) => {
    const target = new URL(name, `file:///${path}`).pathname.slice(1);
    expect(planted(path, `import { x } from '${name}';\n`)).toEqual([`${path}: imports upward ${target}`]);
  });

  const neighbours: [string, string][] = [
    ['src/pbx/hint.ts', '../store/files.ts'],
    ['src/pbx/hint.ts', '../settings/settings.ts'],
    ['src/store/files.ts', '../server/ws.ts'],
    ['src/server/ws.ts', '../pbx/hint.ts'],
    ['src/settings/settings.ts', '../server/ws.ts'],
    ['src/service/board.ts', '../sync/hub.ts'],
    ['src/domain/status.ts', '../protocol/rpc.ts'],
  ];
  test.each(neighbours)('reports %s importing its neighbour %s', (path, name) => {
    const target = new URL(name, `file:///${path}`).pathname.slice(1);
    expect(planted(path, `import { x } from '${name}';\n`)).toEqual([`${path}: imports its neighbour ${target}`]);
  });

  test.each([
    ['client/client.ts', '../src/domain/status.ts', 'src/domain/status.ts'],
    ['client/client.ts', '../web/src/app.tsx', 'web/src/app.tsx'],
    ['web/src/app.tsx', '../../src/service/store.ts', 'src/service/store.ts'],
    ['web/src/app.tsx', '../../src/protocol/rpc.ts', 'src/protocol/rpc.ts'],
    ['src/server/ws.ts', '../../client/client.ts', 'client/client.ts'],
    ['src/main.ts', '../web/src/app.tsx', 'web/src/app.tsx'],
  ])('reports %s importing %s, from outside its part of the house', (path, name, target) => {
    expect(planted(path, `import { x } from '${name}';\n`)).toEqual([`${path}: imports ${target}`]);
  });

  test('reports packages in the client library, and all but Preact in the portal', () => {
    expect(planted('client/client.ts', "import { WebSocket } from 'ws';\n")).toEqual(['client/client.ts: imports ws']);
    expect(planted('client/client.ts', "import { connect } from 'node:net';\n")).toEqual([
      'client/client.ts: imports node:net',
    ]);
    expect(planted('web/src/app.tsx', "import { z } from 'zod';\n")).toEqual(['web/src/app.tsx: imports zod']);
  });

  const waysToImport: [string, string][] = [
    ['a type', "import type { Hub } from '../sync/hub.ts';"],
    ['over several lines', "import {\n  type A,\n  b as c,\n} from '../sync/hub.ts';"],
    ['in double quotes', 'import { x } from "../sync/hub.ts";'],
    ['everything', "import * as hub from '../sync/hub.ts';"],
    ['the default and names', "import hub, { x } from '../sync/hub.ts';"],
    ['for its effects', "import '../sync/hub.ts';"],
    ['to export it again', "export { x } from '../sync/hub.ts';"],
    ['to export all of it again', "export * from '../sync/hub.ts';"],
    ['to export its types again', "export type { X } from '../sync/hub.ts';"],
    ['later, when it is called', "const f = async () => (await import('../sync/hub.ts')).x;"],
    ['later, over several lines', "const hub = await import(\n  '../sync/hub.ts'\n);"],
    ['later, in a template without holes', 'const hub = await import(`../sync/hub.ts`);'],
    ['later, with attributes', "const hub = await import('../sync/hub.ts', { with: {} });"],
    ['in a type', "type X = import('../sync/hub.ts').X;"],
    ['by require', "const hub = require('../sync/hub.ts');"],
    ['behind a comment', "/* it's nothing */ import { x } from '../sync/hub.ts'; // really"],
    ['behind code', "const a = 'b'; import { x } from '../sync/hub.ts';"],
  ];
  test.each(waysToImport)('sees an import of %s', (_, text) => {
    expect(planted('src/domain/status.ts', `${text}\n`)).toEqual([
      'src/domain/status.ts: imports upward src/sync/hub.ts',
    ]);
  });

  test('sees every import of a file, not only the first', () => {
    const text =
      "import { a } from './presence.ts';\nimport { b } from '../pbx/hint.ts';\nexport { c } from '../sync/hub.ts';\n";
    expect(planted('src/domain/status.ts', text)).toEqual([
      'src/domain/status.ts: imports upward src/pbx/hint.ts',
      'src/domain/status.ts: imports upward src/sync/hub.ts',
    ]);
  });

  test('does not mistake comments and texts for imports', () => {
    const text = `// import { x } from '../sync/hub.ts';
/** import { x } from '../sync/hub.ts'; */
const a = "import { x } from '../sync/hub.ts'";
export const from = 'hub';
`;
    expect(planted('src/service/board.ts', text.replace(/const a.*\n/, ''))).toEqual([]);
  });

  test('reports an import that is computed', () => {
    for (const text of [
      'await import(name);',
      "await import('../sync/' + name);",
      `await import(\`../\${name}.ts\`);`,
    ]) {
      expect(planted('src/main.ts', `${text}\n`)).toEqual([
        'src/main.ts: an import that is computed cannot be checked',
      ]);
    }
  });

  test('reports an import of a file that is not there, by another ending or from outside', () => {
    for (const name of [
      './nothing.ts',
      './presence',
      './presence.js',
      '../../test/support/x.ts',
      '../../package.json',
    ]) {
      expect(planted('src/domain/status.ts', `import { x } from '${name}';\n`)).toEqual([
        expect.stringMatching(/^src\/domain\/status\.ts: imports .*, which is no source file$/),
      ]);
    }
    expect(planted('src/domain/status.ts', "import { x } from '#hub';\n")).toEqual([
      'src/domain/status.ts: imports #hub, neither a file beside it nor a package',
    ]);
  });

  test('reports a file that stands on no floor, whether it imports anything or not', () => {
    for (const path of ['src/utils/strings.ts', 'src/strings.ts', 'src/main/strings.ts']) {
      expect(planted(path, 'export const x = 1;\n')).toEqual([`${path}: stands on no floor`]);
    }
    expect(planted('src/main-metrics.ts', "import { x } from './server/ws.ts';\n")).toEqual([]);
    expect(planted('src/server/ws.ts', "import { x } from '../main.ts';\n")).toEqual([
      'src/server/ws.ts: imports upward src/main.ts',
    ]);
  });

  const outside = [
    'node:fs',
    'node:net',
    'node:http',
    'node:crypto',
    'ws',
    'lowdb',
    'pino',
    'asterisk-manager',
    'hono',
    'prom-client',
  ];
  test.each(outside)('reports %s in the folders that must not know it', (name) => {
    for (const path of ['src/domain/status.ts', 'src/protocol/rpc.ts', 'src/service/board.ts', 'src/sync/hub.ts']) {
      expect(planted(path, `import { x } from '${name}';\n`)).toEqual([`${path}: imports ${name}`]);
    }
    expect(planted('src/server/ws.ts', `import { x } from '${name}';\n`)).toEqual([]);
  });

  test('reports a part of Node that is imported without its prefix', () => {
    expect(planted('src/server/ws.ts', "import { readFileSync } from 'fs';\n")).toEqual([
      'src/server/ws.ts: imports fs without node:',
    ]);
    expect(planted('src/domain/status.ts', "import { connect } from 'net';\n")).toEqual([
      'src/domain/status.ts: imports net without node:',
    ]);
  });

  test('reports time, chance and other doings of the world in pure folders', () => {
    const doings = [
      'Date.now()',
      'new Date()',
      'Math.random()',
      'process.env',
      'setTimeout(f, 1)',
      "fetch('x')",
      'console.log(1)',
    ];
    for (const doing of doings) {
      expect(planted('src/domain/status.ts', `const x = ${doing};\n`)).toEqual([
        expect.stringMatching(/^src\/domain\/status\.ts: .* in a pure folder$/),
      ]);
      expect(planted('src/service/board.ts', `const x = ${doing};\n`)).toEqual([]);
    }
    expect(planted('src/domain/status.ts', '// Date.now() is not asked here\nconst x = new Date(text);\n')).toEqual([]);
  });

  test('reports a file of more than 400 lines', () => {
    expect(planted('src/service/board.ts', '\n'.repeat(400))).toEqual([]);
    expect(planted('src/service/board.ts', '\n'.repeat(401))).toEqual(['src/service/board.ts: 401 lines, at most 400']);
  });
});
