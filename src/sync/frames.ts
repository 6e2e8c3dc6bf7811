// The frames of `sync.*`: encoded once, shared by every session that sees the same, stamped with each receiver's cursor tag.
import { framed, textFrame } from '../protocol/frame.ts';
import { notificationText } from '../protocol/rpc.ts';
import { TAG_LENGTH, TAG_PLACE } from './cursor.ts';

/** A WebSocket frame that several sessions may share. */
export interface Frame {
  readonly bytes: Buffer;
  /** Where the receiver's cursor tag goes, or −1 for a frame without one. */
  readonly tagAt: number;
}

export interface ChangeParts {
  readonly collection: string;
  readonly reset?: boolean;
  readonly more?: boolean;
  /** JSON texts of whole items, or all of them joined and encoded. */
  readonly put: readonly string[] | Buffer;
  readonly remove: readonly string[];
  /** The cursor after its tag: a hidden revision, or what is held of a list. Absent on all pages but the last. */
  readonly held?: string;
}

/** `sync.change`. The cursor stands first so that its place is near the frame's start. */
export function changeFrame(parts: ChangeParts): Frame {
  const cursor = parts.held === undefined ? '' : `"cursor":${JSON.stringify(TAG_PLACE + parts.held)},`;
  const before =
    `{"jsonrpc":"2.0","method":"sync.change","params":{${cursor}"collection":${JSON.stringify(parts.collection)},` +
    (parts.reset ? '"reset":true,' : '') +
    (parts.more ? '"more":true,' : '') +
    '"put":[';
  const after = `],"remove":${JSON.stringify(parts.remove)}}}`;
  const { put } = parts;
  const bytes = Buffer.isBuffer(put) ? framed(before, put, after) : textFrame(before + put.join(',') + after);
  return { bytes, tagAt: cursor ? bytes.indexOf(TAG_PLACE, 0, 'latin1') : -1 };
}

export function plainFrame(text: string): Frame {
  return { bytes: textFrame(text), tagAt: -1 };
}

export type Why = 'no_permission' | 'deleted';

export function goneFrame(collection: string, why: Why): Frame {
  return plainFrame(notificationText('sync.gone', { collection, why }));
}

export const READY_FRAME: Frame = plainFrame(notificationText('sync.ready', {}));

/** Puts a receiver's tag into its own copy of a frame, at `offset` of `target`. */
export function stamp(frame: Frame, tag: string, target: Buffer, offset: number): void {
  frame.bytes.copy(target, offset);
  if (frame.tagAt >= 0) writeTag(target, offset + frame.tagAt, tag);
}

/** Writes a tag over another, without the cost of a call that leaves JavaScript. */
export function writeTag(target: Buffer, offset: number, tag: string): void {
  for (let i = 0; i < TAG_LENGTH; i++) target[offset + i] = tag.charCodeAt(i);
}
