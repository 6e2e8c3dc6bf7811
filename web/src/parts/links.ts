// Addresses that leave the portal: only `tel:` and `mailto:`, built from what they mean, never taken as they were written. Pure.

const KEYS = 'abc2def3ghi4jkl5mno6pqrs7tuv8wxyz9';

/** `tel:` with digits, `*`, `#` and a leading `+`; letters as on a telephone's keys, a line behind the number as `;ext=`. Undefined for none. */
export function telLink(number: string): string | undefined {
  const [, main = '', line = ''] = /^(.*?)(?:\s*(?:ext\.?|x)\s*(\d+)\s*)?$/is.exec(number) ?? [];
  const dialled = main
    .replace(/[a-z]/gi, key)
    .replace(/(?!^\s*\+)[^0-9*#]/g, '')
    .trim();
  if (!/[0-9*#]/.test(dialled)) return undefined;
  return `tel:${encodeURIComponent(dialled).replace('%2B', '+')}${line && `;ext=${line}`}`;
}

/** `mailto:` with the address and nothing else. Undefined for what is no address. */
export function mailLink(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1) return undefined;
  return `mailto:${encodeURIComponent(address.slice(0, at))}@${encodeURIComponent(address.slice(at + 1))}`;
}

function key(letter: string): string {
  return /\d/.exec(KEYS.slice(KEYS.indexOf(letter.toLowerCase())))?.[0] ?? '';
}
