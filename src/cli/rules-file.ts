// A file of rules, YAML or JSON, as plain values with the place of each. Judges neither keys nor values; refuses what no
// list of rules can look like before it costs anything.
import { Composer, type CST, type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import { type FileFault, FileFaults } from './file-faults.ts';
import type { NamedText } from './read-text.ts';

/** Longest file, in bytes: about that of a request to the daemon. */
export const LONGEST_FILE = 1_000_000;

/** Rules have three levels. What is deeper is not read, since reading it takes the parser's stack. */
const DEEPEST = 12;
/** Keys of one map: the parser compares each with every other. */
const MOST_KEYS = 100;
/** Values of the whole file, each alias counted with all that it stands for. */
const MOST_VALUES = 100_000;

/** Keys whose values are text, even where they look like numbers: `extension: 0123` is taken as it is written. */
const TEXTS = ['id', 'extension', 'group', 'books'];

const SOMETHING = 'something is out of place here';
const FAULTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands here twice',
  BAD_INDENT: 'wrong indentation',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  MISSING_CHAR: 'a quote, bracket or comma is missing',
  BLOCK_AS_IMPLICIT_KEY: 'wrong indentation, or a value with a colon that needs quotes',
  MULTILINE_IMPLICIT_KEY: 'a key without a colon, or a quote is missing',
};

/** Where in the file a path such as `['3', 'who']` points, or what holds it when it is missing. */
export type PlaceOf = (path: readonly string[]) => Omit<FileFault, 'what'>;

export interface RulesFile {
  /** Whatever the file holds at its top. */
  readonly value: unknown;
  readonly placeOf: PlaceOf;
}

/** Throws FileFaults when the file is not YAML. */
export function readRulesFile({ name, text }: NamedText): RulesFile {
  const lines = new LineCounter();
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (offset: number, what: string): never => {
    throw new FileFaults(name, [{ ...placeAt(offset), what }]);
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  refuseHuge(tokens, refuse);
  const [document, second] = new Composer({ prettyErrors: false }).compose(tokens, true, text.length);
  if (second) refuse(second.range[0], 'there is a second document: only one can be in the file');
  if (!document) return { value: null, placeOf: () => ({ line: 1, column: 1 }) };
  const faults = syntaxFaults(document).map(({ at, what }) => ({ ...placeAt(at), what: `not YAML: ${what}` }));
  if (faults.length > 0) throw new FileFaults(name, faults);
  return {
    value: new Reader(refuse).read(document.contents, '', 0),
    placeOf: (path) => placeAt(startOf(document, path)),
  };
}

type Refuse = (offset: number, what: string) => never;

/** Looks at the tokens, which are made without recursion, for what composing them would choke on. */
function refuseHuge(tokens: readonly CST.Token[], refuse: Refuse): void {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) refuse('offset' in token ? token.offset : 0, 'this is nested too deeply for a rule');
    if (token.type === 'document' && token.value) waiting.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    const isList = token.type === 'block-seq' || (token.type === 'flow-collection' && token.start.source === '[');
    if (!isList && token.items.length > MOST_KEYS) refuse(token.offset, 'these are too many keys for a rule');
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth: depth + 1 });
      if (value) waiting.push({ token: value, depth: depth + 1 });
    }
  }
}

/** What the parser complains about. One fault brings others with it: those that say little count only where nothing says more. */
function syntaxFaults({ errors, warnings }: Document): { readonly at: number; readonly what: string }[] {
  const all = [...errors, ...warnings].map(({ code, pos }) => ({ at: pos[0], what: FAULTS[code] ?? SOMETHING }));
  const telling = all.filter(({ what }) => what !== SOMETHING);
  return telling.length > 0 ? telling : all.slice(0, 1);
}

class Reader {
  readonly #refuse: Refuse;
  readonly #anchors = new Map<string, unknown>();
  #values = 0;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  /** `key` is the nearest key above. */
  read(given: unknown, key: string, depth: number): unknown {
    const node = isAlias(given) ? this.#anchors.get(given.source) : given;
    const at = isNode(given) ? (given.range?.[0] ?? 0) : 0;
    this.#values += 1;
    if ((isMap(given) || isSeq(given) || isScalar(given)) && given.anchor) this.#anchors.set(given.anchor, given);
    if (isAlias(given) && !node) this.#refuse(at, 'not YAML: an alias without its anchor');
    if (depth > DEEPEST || this.#values > MOST_VALUES) this.#refuse(at, 'an alias makes this too much to read');
    if (isMap(node)) {
      const pairs = node.items.map((pair) => {
        const name = isScalar(pair.key) ? String(pair.key.value) : '?';
        return [name, this.read(pair.value, name, depth + 1)] as const;
      });
      return Object.fromEntries(pairs);
    }
    if (isSeq(node)) return node.items.map((item) => this.read(item, key, depth + 1));
    if (!isScalar(node)) return null;
    const written = TEXTS.includes(key) && (typeof node.value === 'number' || typeof node.value === 'boolean');
    return written ? (node.source ?? String(node.value)) : node.value;
  }
}

function startOf(document: Document, path: readonly string[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const part = path.slice(0, length).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
    const node = length === 0 ? document.contents : document.getIn(part, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
