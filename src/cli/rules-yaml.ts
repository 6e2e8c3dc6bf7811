// A list of rules as YAML that reads well, is read back unchanged, and is safe to print on a terminal.
import { jsonLine } from './print.ts';

/** Words that YAML takes for something else than text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const PLAIN = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Each rule a list item, its keys in the order they have. */
export function rulesYaml(rules: readonly object[]): string {
  if (rules.length === 0) return '[]\n';
  return rules.map((rule) => `- ${pairsOf(rule).join('\n  ')}\n`).join('');
}

function pairsOf(value: object): string[] {
  return Object.entries(value).map(([key, below]) => `${text(key)}: ${flow(below)}`);
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{ ${pairsOf(value).join(', ')} }`;
  return typeof value === 'string' ? text(value) : jsonLine(value);
}

function text(value: string): string {
  return PLAIN.test(value) && !NO_TEXT.test(value) ? value : jsonLine(value);
}
