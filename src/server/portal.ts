// The files of the web portal: read once at the start, each known by its exact path and by no other. Knows no rule and no
// session; everything that the portal shows comes over the WebSocket and /api.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

interface PortalFile {
  readonly bytes: Buffer;
  /** Absent when it would not be smaller. */
  readonly gzip: Buffer | undefined;
  /** With `ETag`, which does not depend on the encoding. */
  readonly headers: Readonly<Record<string, string>>;
}

/** By path as it stands in a request: `/`, `/assets/index-Bro_XrSb.js`. */
export type Portal = ReadonlyMap<string, PortalFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Scripts, styles and connections of this origin only; nothing inline, nothing framed, no form that is sent anywhere. */
const PAGE_POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'connect', 'font', 'manifest'].map((kind) => `${kind}-src 'self'`),
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const PAGE_HEADERS = {
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // A page is asked for again each time, so that it always names scripts that are there.
  'Cache-Control': 'no-cache',
};

/** Names of files in this folder hold a digest of what is in them. */
const NAMED_BY_CONTENT = 'assets';
const FOR_EVER = 'public, max-age=31536000, immutable';

/** All files of a folder; `index.html` is `/`. Empty when there is no such folder. Files of kinds that are not known are left out. */
export function readPortal(folder: string): Portal {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const known = names.filter((name) => Object.hasOwn(TYPES, extname(name)));
  return new Map(known.map((name) => [pathOf(name), fileOf(name, readFileSync(join(folder, name)))]));
}

function pathOf(name: string): string {
  return name === 'index.html' ? '/' : `/${name.split(sep).join('/')}`;
}

function fileOf(name: string, bytes: Buffer): PortalFile {
  const type = TYPES[extname(name)] ?? '';
  const gzip = gzipSync(bytes, { level: 9 });
  const lasting = name.startsWith(NAMED_BY_CONTENT + sep) ? FOR_EVER : 'no-cache';
  const headers = {
    'Content-Type': type,
    ETag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    Vary: 'Accept-Encoding',
    ...(type.startsWith('text/html') ? PAGE_HEADERS : { 'Cache-Control': lasting }),
  };
  return { bytes, gzip: gzip.length < bytes.length ? gzip : undefined, headers };
}

export interface PortalRequest {
  /** The headers `If-None-Match` and `Accept-Encoding`. */
  readonly known: string | undefined;
  readonly encodings: string | undefined;
}

/** What a request for a file of the portal is answered with. */
export function portalResponse(file: PortalFile, { known, encodings }: PortalRequest): Response {
  const etag = file.headers['ETag'] ?? '';
  if (known?.split(/\s*,\s*/).includes(etag)) return new Response(null, { status: 304, headers: file.headers });
  if (file.gzip === undefined || !takesGzip(encodings))
    return new Response(new Uint8Array(file.bytes), { headers: file.headers });
  return new Response(new Uint8Array(file.gzip), { headers: { ...file.headers, 'Content-Encoding': 'gzip' } });
}

function takesGzip(encodings: string | undefined): boolean {
  return /(^|,)\s*gzip\s*(;\s*q=(0\.\d*[1-9]\d*|1(\.0*)?))?\s*(,|$)/i.test(encodings ?? '');
}
