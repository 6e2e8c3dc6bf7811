// Files on their way into the daemon over the control socket, piece by piece. Each belongs to the connection that began it and goes with
// it, or when nothing comes any more.
import { randomUUID } from 'node:crypto';
import { Failure } from '../domain/failure.ts';
import type { Clock } from '../service/clock.ts';
import { Gathered } from './api-upload.ts';
import type { Asker } from './control-peer.ts';

export interface UploadLimits {
  readonly bytes: number;
  /** At once, of all connections. */
  readonly uploads: number;
  readonly idleMs: number;
}

interface Upload {
  readonly asker: Asker;
  readonly file: Gathered;
  readonly stops: (() => void)[];
}

export class ControlUploads {
  readonly #limits: UploadLimits;
  readonly #clock: Clock;
  readonly #uploads = new Map<string, Upload>();

  constructor(limits: UploadLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** The id of a new upload. Failure `too_many`. */
  begin(asker: Asker): string {
    if (this.#uploads.size >= this.#limits.uploads) {
      throw new Failure('too_many', 'other commands are importing: try again when they are done', { retryAfter: 5 });
    }
    const id = randomUUID();
    const upload: Upload = { asker, file: new Gathered(this.#limits.bytes), stops: [] };
    this.#uploads.set(id, upload);
    upload.stops.push(asker.onGone(() => this.#drop(id)));
    this.#waitForMore(id, upload);
    return id;
  }

  /** Failures `not_found`, `too_large`, which ends the upload. */
  add(id: string, asker: Asker, piece: Uint8Array): void {
    const upload = this.#of(id, asker);
    try {
      upload.file.add(piece);
    } catch (error) {
      this.#drop(id);
      throw error;
    }
    for (const stop of upload.stops.splice(1)) stop();
    this.#waitForMore(id, upload);
  }

  /** The whole file, which is not kept any longer. Failure `not_found`. */
  take(id: string, asker: Asker): Uint8Array {
    const { file } = this.#of(id, asker);
    this.#drop(id);
    return file.whole();
  }

  #of(id: string, asker: Asker): Upload {
    const upload = this.#uploads.get(id);
    if (upload?.asker === asker) return upload;
    throw new Failure('not_found', 'there is no such upload: it may have waited too long, begin again');
  }

  #waitForMore(id: string, upload: Upload): void {
    upload.stops.push(this.#clock.after(this.#limits.idleMs, () => this.#drop(id)));
  }

  #drop(id: string): void {
    for (const stop of this.#uploads.get(id)?.stops ?? []) stop();
    this.#uploads.delete(id);
  }
}
