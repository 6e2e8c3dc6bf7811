// Whether a regular expression from the settings is one, and cannot keep the daemon busy for long on any text. Pure.

const LONGEST = 200;
/** `*`, `+` and `{n,m}`: each multiplies the ways to match by the length of the text. */
const MOST_REPETITIONS = 4;
/** `?`: each doubles them. */
const MOST_OPTIONALS = 10;

/** What is wrong with the expression, or undefined. */
export function patternFault(pattern: string): string | undefined {
  if (pattern === '' || pattern.length > LONGEST) return `must be a regular expression of 1 to ${LONGEST} characters`;
  try {
    new RegExp(pattern);
  } catch {
    return 'is no regular expression: look at its brackets and backslashes';
  }
  return new Scan(pattern).fault();
}

type Quantifier = 'none' | 'fixed' | 'optional' | 'repetition';

/** Reads a well-formed expression once, from left to right. */
class Scan {
  readonly #text: string;
  #at = 0;
  #repetitions = 0;
  #optionals = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fault(): string | undefined {
    /** Per open group: whether there is more than one way through it. */
    const choices = [false];
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (/^\(\?<?[=!]|^\\[1-9]|^\\k</.test(this.#text.slice(this.#at, this.#at + 4))) {
        return 'must not look ahead, look behind or refer back';
      }
      let inner = false;
      if (char === '\\') this.#at += 2;
      else if (char === '[') this.#skipClass();
      else this.#at += 1;
      if (char === '(') {
        choices.push(false);
        if (this.#text[this.#at] === '?') this.#at += 1;
        continue;
      }
      if (char === '|') choices[choices.length - 1] = true;
      if (char === ')') inner = choices.pop() ?? false;
      const quantifier = this.#quantifier();
      if (inner && (quantifier === 'repetition' || quantifier === 'fixed')) {
        return 'must not repeat a group that itself holds a repetition or alternatives';
      }
      const varies = inner || quantifier === 'repetition' || quantifier === 'optional';
      if (varies) choices[choices.length - 1] = true;
    }
    const many = this.#repetitions > MOST_REPETITIONS || this.#optionals > MOST_OPTIONALS;
    return many
      ? `must not hold more than ${MOST_REPETITIONS} repetitions and ${MOST_OPTIONALS} question marks`
      : undefined;
  }

  #skipClass(): void {
    while (this.#at < this.#text.length && this.#text[this.#at] !== ']')
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at += 1;
  }

  #quantifier(): Quantifier {
    const found = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#text.slice(this.#at))?.[0];
    if (!found) return 'none';
    this.#at += found.length;
    if (found.startsWith('?')) {
      this.#optionals += 1;
      return 'optional';
    }
    if (/^\{\d+\}/.test(found)) return 'fixed';
    this.#repetitions += 1;
    return 'repetition';
  }
}
