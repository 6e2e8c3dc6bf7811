// What the user of a session may use: by the version of his client and by what he may do with company books.
import { type Features, featuresOf } from '../domain/features.ts';
import { passGate, type VersionGates } from '../domain/version-gate.ts';
import type { Params } from '../protocol/methods.ts';
import type { Access } from '../service/access.ts';
import type { Viewer } from '../service/viewer.ts';

type Client = Params<'session.open'>['client'];

export class SessionFeatures {
  readonly #gates: VersionGates;
  readonly #access: Access;
  /** One object for all sessions with the same features: there are few kinds and thousands of sessions. */
  readonly #kinds = new Map<string, Features>();

  constructor(gates: VersionGates, access: Access) {
    this.#gates = gates;
    this.#access = access;
  }

  /** Whether a client may use contacts at all. */
  hasContacts({ platform, version }: Client): boolean {
    return passGate(this.#gates, platform, version).open;
  }

  of(viewer: Viewer, { platform, version }: Client): Features {
    const features = featuresOf(passGate(this.#gates, platform, version), platform, this.#company(viewer));
    const kind = JSON.stringify(features);
    const kept = this.#kinds.get(kind) ?? features;
    this.#kinds.set(kind, kept);
    return kept;
  }

  #company(viewer: Viewer) {
    if (this.#access.isAdmin(viewer)) return { view: true, manage: true };
    const rights = this.#access.books(viewer).flatMap(({ item }) => (item.kind === 'company' ? [item.rights] : []));
    return { view: rights.length > 0, manage: rights.some(({ manage }) => manage) };
  }
}
