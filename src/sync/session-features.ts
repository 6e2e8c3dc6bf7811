// What the user of a session may use: by the version of his client and by what he may do with company books. Sessions whose
// features are the same share one object and one notice: there are few kinds, and thousands of sessions.
import { type CompanyRights, type Features, featuresOf } from '../domain/features.ts';
import { type GateAnswer, type Platform, passGate, type VersionGates } from '../domain/version-gate.ts';
import type { Params } from '../protocol/methods.ts';
import { notificationText } from '../protocol/rpc.ts';
import type { Access } from '../service/access.ts';
import type { Viewer } from '../service/viewer.ts';
import { type Frame, plainFrame } from './frames.ts';

export interface ToldFeatures {
  readonly features: Features;
  /** `session.notice` of them. */
  readonly notice: Frame;
}

/** All clients that pass, or fail, the same gate. */
export interface ClientKind {
  readonly platform: Platform;
  readonly gate: GateAnswer;
  /** By the rights in company books. */
  readonly told: Map<CompanyRights, ToldFeatures>;
}

const NOTHING: CompanyRights = { view: false, manage: false };
const VIEW: CompanyRights = { view: true, manage: false };
const MANAGE: CompanyRights = { view: true, manage: true };

export class SessionFeatures {
  readonly #gates: VersionGates;
  readonly #access: Access;
  readonly #kinds = new Map<string, ClientKind>();

  constructor(gates: VersionGates, access: Access) {
    this.#gates = gates;
    this.#access = access;
  }

  kindOf({ platform, version }: Params<'session.open'>['client']): ClientKind {
    const gate = passGate(this.#gates, platform, version);
    const name = `${platform} ${gate.open}`;
    const kind = this.#kinds.get(name) ?? { platform, gate, told: new Map() };
    this.#kinds.set(name, kind);
    return kind;
  }

  /** The same object as long as nothing has changed. */
  of(viewer: Viewer, { platform, gate, told }: ClientKind): ToldFeatures {
    const rights = this.#company(viewer);
    const kept = told.get(rights);
    if (kept) return kept;
    const features = featuresOf(gate, platform, rights);
    const fresh = { features, notice: plainFrame(notificationText('session.notice', { features })) };
    told.set(rights, fresh);
    return fresh;
  }

  #company(viewer: Viewer): CompanyRights {
    if (this.#access.isAdmin(viewer)) return MANAGE;
    const books = this.#access.books(viewer).filter(({ item }) => item.kind === 'company');
    if (books.some(({ item }) => item.rights.manage)) return MANAGE;
    return books.length > 0 ? VIEW : NOTHING;
  }
}
