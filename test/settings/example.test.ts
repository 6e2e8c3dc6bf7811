import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isMap, isScalar, parseDocument } from 'yaml';
import { isGroup, KEY_TREE, KEYS, type Tree } from '../../src/settings/keys.ts';
import { Secret } from '../../src/settings/secret.ts';
import { file, settingsFrom } from '../support/settings-from.ts';

const EXAMPLE = readFileSync(new URL('../../config/rollcall.example.yaml', import.meta.url), 'utf8');

function everyPath(tree: Tree, above: readonly string[] = []): string[] {
  return Object.entries(tree).flatMap(([key, node]) => {
    const path = [...above, key];
    return [path.join('.'), ...(isGroup(node) ? everyPath(node, path) : [])];
  });
}

/** The paths of all keys in the file, with the comment above each. */
function commentedPaths(node: unknown, above: readonly string[] = [], first = ''): [string, string][] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) throw new Error('a key is no word');
    const path = [...above, String(key.value)];
    const comment = key.commentBefore ?? (index === 0 ? first : '');
    const inner = isMap(value) ? (value.commentBefore ?? '') : '';
    const entry: [string, string] = [path.join('.'), comment];
    return [entry, ...commentedPaths(value, path, inner)];
  });
}

/** Secrets laid open, to compare. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

describe('config/rollcall.example.yaml', () => {
  const document = parseDocument(EXAMPLE);
  const paths = commentedPaths(document.contents, [], document.commentBefore ?? '');

  test('holds every key once, in the order of the schema', () => {
    expect(paths.map(([path]) => path)).toEqual(everyPath(KEY_TREE));
    expect(KEYS.length).toBeGreaterThan(30);
  });

  test('gives every key its default', () => {
    expect(revealed(settingsFrom(file(EXAMPLE)).settings)).toEqual(revealed(settingsFrom({}).settings));
  });

  test('says a sentence about every key that has a value', () => {
    const leaves = new Set(KEYS.map((key) => key.path.join('.')));
    const silent = paths.filter(([path, comment]) => leaves.has(path) && comment.trim().split(' ').length < 2);
    expect(silent).toEqual([]);
  });
});
