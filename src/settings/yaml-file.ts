// The settings file: YAML read into values with the place of each, along the tree of the keys. Judges keys, not values.
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { isGroup, KEY_TREE, KEYS, type Kind, type Tree } from './keys.ts';
import { type Problem, printable, suggestion } from './problems.ts';
import type { Place, Values } from './values.ts';

/** What YAML's parser complains about, in words that quote nothing of the file. */
const FAULTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands here twice',
  BAD_INDENT: 'not YAML: wrong indentation',
  TAB_AS_INDENT: 'not YAML: tabs cannot indent; use spaces',
  MISSING_CHAR: 'not YAML: a quote, bracket or comma is missing',
  MULTIPLE_DOCS: 'not YAML: only one document can be in the file; remove the line with ---',
  BLOCK_AS_IMPLICIT_KEY: 'not YAML: wrong indentation, or a value with a colon that needs quotes',
  MULTILINE_IMPLICIT_KEY: 'not YAML: a key without a colon, or a quote is missing',
};

/** Reads the text of `file` into `values`; the problems found on the way. */
export function readYaml(file: string, text: string, values: Values): Problem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { where: `${file}:${line}:${col}`, at: [line, col] };
  };
  const faults = [...document.errors, ...document.warnings].map(({ code, pos }): Problem => {
    const place = placeAt(pos[0]);
    const what = FAULTS[code] ?? 'not YAML: something is out of place here';
    const key = code === 'DUPLICATE_KEY' ? /^[A-Za-z]+/.exec(text.slice(pos[0], pos[0] + 40))?.[0] : undefined;
    return { ...place, where: key && isKnown(key) ? `${place.where} ${key}` : place.where, what };
  });
  if (faults.length > 0) return distinct(faults);
  const reader = new Reader(document, placeAt, values);
  reader.read(document.contents, KEY_TREE, [], placeAt(0));
  return reader.problems;
}

/** The parser may complain of one thing several times. */
function distinct(faults: readonly Problem[]): Problem[] {
  return [...new Map(faults.map((fault) => [`${fault.where} ${fault.what}`, fault])).values()];
}

class Reader {
  readonly problems: Problem[] = [];
  readonly #document: Document;
  readonly #placeAt: (offset: number) => Place;
  readonly #values: Values;

  constructor(document: Document, placeAt: (offset: number) => Place, values: Values) {
    this.#document = document;
    this.#placeAt = placeAt;
    this.#values = values;
  }

  read(given: unknown, shape: Tree | Kind, path: readonly string[], keyPlace: Place): void {
    const node = isAlias(given) ? given.resolve(this.#document) : given;
    const start = isNode(given) ? given.range?.[0] : undefined;
    const empty = node == null || (isScalar(node) && node.value === null);
    const place = start === undefined || (empty && !isAlias(given)) ? keyPlace : this.#placeAt(start);
    if (isAlias(given) && node === undefined) {
      this.problems.push({ ...place, what: 'not YAML: an alias without its anchor' });
      return;
    }
    if (!isGroup(shape)) {
      this.#values.set(path, this.#value(node, shape, path), place);
    } else if (isMap(node)) {
      this.#values.mark(path, keyPlace);
      for (const { key, value } of node.items) this.#readPair(key, value, shape, path);
    } else if (!empty && path.length > 0) {
      this.#values.set(path, 'no group', place);
    } else if (!empty) {
      this.problems.push({ ...place, what: 'must hold keys, such as listen and pbx' });
    }
  }

  #readPair(key: unknown, value: unknown, shape: Tree, path: readonly string[]): void {
    const place = this.#placeAt((isNode(key) ? key.range?.[0] : undefined) ?? 0);
    const name = isScalar(key) ? String(key.value) : '?';
    const below = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (below !== undefined) {
      this.read(value, below, [...path, name], place);
      return;
    }
    const full = [...path, printable(name)].join('.');
    this.problems.push({ ...place, where: `${place.where} ${full}`, what: `unknown key${guess(name, shape, path)}` });
  }

  /** The value as the schema takes it. Where text is wanted, `2.10` and `0123` are taken as they are written. */
  #value(node: unknown, kind: Kind, path: readonly string[]): unknown {
    if (isSeq(node) && kind === 'list') {
      return node.items.map((item, index) => {
        if (isNode(item) && item.range) this.#values.mark([...path, index], this.#placeAt(item.range[0]));
        return this.#value(isAlias(item) ? item.resolve(this.#document) : item, 'text', path);
      });
    }
    if (!isScalar(node)) return null;
    const written = kind === 'text' && (typeof node.value === 'number' || typeof node.value === 'boolean');
    return written ? (node.source ?? String(node.value)) : node.value;
  }
}

function isKnown(name: string): boolean {
  return KEYS.some(({ path }) => path.includes(name));
}

function guess(name: string, shape: Tree, path: readonly string[]): string {
  const beside = suggestion(name, Object.keys(shape));
  if (beside) return beside;
  const elsewhere = KEYS.map((key) => key.path).find((one) => one.at(-1) === name && one.length !== path.length + 1);
  return elsewhere ? `; did you mean ${elsewhere.join('.')}?` : '';
}
