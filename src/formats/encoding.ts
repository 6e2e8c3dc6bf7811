// In which encoding a text file is, found by its bytes alone, and its text piece by piece. Knows nothing of what the text says.
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Encoding {
  /** For people: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `Windows-1252`... */
  readonly name: string;
  /** As TextDecoder calls it. */
  readonly label: string;
  /** Bytes of the byte order mark. */
  readonly mark: number;
}

/** Looked at for the pattern that UTF-16 makes: every second byte of plain Latin text is 0. */
const LOOK = 4096;
const SLICE = 1024 * 1024;
const PIECE = 32 * 1024;

/** The code page in which Windows programs write where they do not write Unicode, by country; 1252 elsewhere. */
const CODE_PAGES: readonly (readonly [name: string, label: string, countries: string])[] = [
  ['Windows-1250', 'windows-1250', 'AL BA CZ HR HU ME PL RO SI SK'],
  ['Windows-1251', 'windows-1251', 'BG BY KG KZ MK RS RU UA'],
  ['Windows-1253', 'windows-1253', 'CY GR'],
  ['Windows-1254', 'windows-1254', 'AZ TR UZ'],
  ['Windows-1255', 'windows-1255', 'IL'],
  ['Windows-1256', 'windows-1256', 'AE AF BH DZ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SY TN YE'],
  ['Windows-1257', 'windows-1257', 'EE LT LV'],
  ['Windows-1258', 'windows-1258', 'VN'],
  ['Windows-874', 'windows-874', 'TH'],
  ['Shift_JIS', 'shift_jis', 'JP'],
  ['GBK', 'gbk', 'CN SG'],
  ['EUC-KR', 'euc-kr', 'KR'],
  ['Big5', 'big5', 'HK MO TW'],
];

/** By the byte order mark, the zeros that UTF-16 has, or being valid UTF-8; else the code page of the country. In slices. */
export async function recogniseEncoding(bytes: Uint8Array, country: string): Promise<Encoding> {
  if (begins(bytes, 0xef, 0xbb, 0xbf)) return { name: 'UTF-8', label: 'utf-8', mark: 3 };
  if (begins(bytes, 0xff, 0xfe)) return { name: 'UTF-16LE', label: 'utf-16le', mark: 2 };
  if (begins(bytes, 0xfe, 0xff)) return { name: 'UTF-16BE', label: 'utf-16be', mark: 2 };
  const order = zerosOf(bytes.subarray(0, LOOK));
  if (order) return { name: `UTF-16${order}`, label: `utf-16${order.toLowerCase()}`, mark: 0 };
  if (await isWholeUtf8(bytes)) return { name: 'UTF-8', label: 'utf-8', mark: 0 };
  const page = CODE_PAGES.find(([, , countries]) => countries.split(' ').includes(country));
  return { name: page?.[0] ?? 'Windows-1252', label: page?.[1] ?? 'windows-1252', mark: 0 };
}

function begins(bytes: Uint8Array, ...mark: number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

function zerosOf(bytes: Uint8Array): 'LE' | 'BE' | undefined {
  const zeros = [0, 0] as [number, number];
  bytes.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2 === 0 ? 0 : 1] += 1;
  });
  const enough = Math.max(1, bytes.length / 20);
  // Some letters of other scripts have them in the other place.
  if (zeros[1] >= enough && zeros[1] >= 4 * zeros[0]) return 'LE';
  return zeros[0] >= enough && zeros[0] >= 4 * zeros[1] ? 'BE' : undefined;
}

async function isWholeUtf8(bytes: Uint8Array): Promise<boolean> {
  let from = 0;
  while (from < bytes.length) {
    const end = characterEnd(bytes, from + SLICE);
    if (!isUtf8(bytes.subarray(from, end))) return false;
    from = end;
    await nextTurn();
  }
  return true;
}

/** The place at or a little before `end` where a character begins. */
function characterEnd(bytes: Uint8Array, end: number): number {
  if (end >= bytes.length) return bytes.length;
  let at = end;
  while (at > end - 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** The text without its byte order mark, in pieces of at most 32 Ki characters. What is no character becomes U+FFFD. */
export function* textPieces(bytes: Uint8Array, { label, mark }: Encoding): Generator<string> {
  const decoder = new TextDecoder(label, { ignoreBOM: true });
  for (let from = mark; from < bytes.length; from += PIECE) {
    yield decoder.decode(bytes.subarray(from, from + PIECE), { stream: true });
  }
  yield decoder.decode();
}

/** How many lines the file has, about: cells may hold line breaks. In slices. */
export async function countLines(bytes: Uint8Array): Promise<number> {
  const feeds = await count(bytes, 0x0a);
  return 1 + (feeds > 0 ? feeds : await count(bytes, 0x0d));
}

async function count(bytes: Uint8Array, byte: number): Promise<number> {
  let found = 0;
  for (let from = 0; from < bytes.length; from += SLICE) {
    for (const one of bytes.subarray(from, from + SLICE)) if (one === byte) found += 1;
    await nextTurn();
  }
  return found;
}
