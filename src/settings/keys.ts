// The tree of the keys, read from the defaults: where each is, what kind of value it takes, what its variable is called.
import { Secret } from './secret.ts';
import { DEFAULTS } from './settings.ts';

/** What a key takes. `text` also stands for what is made of text, such as a secret. */
export type Kind = 'text' | 'number' | 'flag' | 'list';

export type Tree = { readonly [key: string]: Tree | Kind };

export interface Key {
  readonly path: readonly string[];
  readonly kind: Kind;
  /** The names of its environment variable, the documented one first. */
  readonly variables: readonly string[];
}

export const KEY_TREE = treeOf(DEFAULTS);
export const KEYS: readonly Key[] = keysOf(KEY_TREE, []);

export function isGroup(node: Tree | Kind | undefined): node is Tree {
  return typeof node === 'object';
}

function treeOf(values: object): Tree {
  const kinds = Object.entries(values).map(([key, value]): [string, Tree | Kind] => {
    if (typeof value === 'number') return [key, 'number'];
    if (typeof value === 'boolean') return [key, 'flag'];
    if (Array.isArray(value)) return [key, 'list'];
    return [key, typeof value === 'string' || value instanceof Secret ? 'text' : treeOf(value)];
  });
  return Object.fromEntries(kinds);
}

function keysOf(tree: Tree, above: readonly string[]): Key[] {
  return Object.entries(tree).flatMap(([key, node]) => {
    const path = [...above, key];
    return isGroup(node) ? keysOf(node, path) : [{ path, kind: node, variables: variablesOf(path) }];
  });
}

/** `lookup.lastDigits` is `ROLLCALL_LOOKUP_LASTDIGITS`, and `ROLLCALL_LOOKUP_LAST_DIGITS` too. */
function variablesOf(path: readonly string[]): string[] {
  const name = (parts: readonly string[]) => `ROLLCALL_${parts.join('_').toUpperCase()}`;
  return [...new Set([name(path), name(path.map((part) => part.replace(/(?=[A-Z])/g, '_')))])];
}
