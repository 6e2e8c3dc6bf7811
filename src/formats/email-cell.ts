// E-mail addresses out of one cell of a table. Knows no contact.
import { joinedValues } from './cell-text.ts';

export interface EmailCell {
  readonly addresses: readonly string[];
  readonly warning?: string;
}

/** Of a directory inside Exchange: Outlook exports it in place of the e-mail address. */
const EXCHANGE = /^\/o=/i;
const LEFT_OUT = 'is the address of an Exchange directory, and no e-mail address: it is left out';

export function readEmailCell(text: string): EmailCell {
  const cell = text.trim();
  if (cell === '' || /^[-–—./]+$/.test(cell)) return { addresses: [] };
  if (EXCHANGE.test(cell)) return { addresses: [], warning: LEFT_OUT };
  return {
    addresses: joinedValues(cell)
      .flatMap((value) => separated(value.trim()))
      .map(bare),
  };
}

function separated(value: string): string[] {
  for (const separator of [/\s*[;,\r\n]+\s*/, /\s+/]) {
    const parts = value.split(separator).filter((part) => part !== '');
    if (parts.length > 1 && parts.every((part) => /\S@\S/.test(part))) return parts.flatMap(separated);
  }
  return [value];
}

/** `Ada <ada@example.com>` and `mailto:ada@example.com` are what they hold. */
function bare(value: string): string {
  const inside = /(?:^|\s)<([^<>\s]+@[^<>\s]+)>$/.exec(value)?.[1] ?? value;
  return inside.replace(/^mailto:/i, '');
}
