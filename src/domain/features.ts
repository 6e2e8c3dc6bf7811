// What a client may use, and for what is off, why: the answer to "why can't I see Contacts?". Pure.
import type { GateAnswer, Platform } from './version-gate.ts';

interface FeatureOff {
  readonly off: 'client_too_old' | 'platform_unsupported' | 'no_permission' | 'not_configured';
  /** The least version that has it, with `client_too_old`. */
  readonly needs?: string;
}

export interface Features {
  readonly contacts: true | FeatureOff;
  readonly company: CompanyRights | FeatureOff;
  /** Whether the client has a directory of its device's own contacts, which stay on the device. */
  readonly phoneDirectory: boolean;
  readonly calls: true | FeatureOff;
  readonly chat: true | FeatureOff;
}

/** What a user may do with company books: with at least one of them. */
export interface CompanyRights {
  readonly view: boolean;
  readonly manage: boolean;
}

const NO_PERMISSION: FeatureOff = { off: 'no_permission' };
const MOBILE: readonly Platform[] = ['android', 'ios'];

/**
 * The features of a client of this platform and version for a user with these rights. A gate that fails comes before a right
 * that is missing. Calls and chat are for everybody.
 */
export function featuresOf(gate: GateAnswer, platform: Platform, { view, manage }: CompanyRights): Features {
  return {
    ...contactsBehind(gate, view ? { view, manage } : NO_PERMISSION),
    phoneDirectory: MOBILE.includes(platform),
    calls: true,
    chat: true,
  };
}

function contactsBehind(gate: GateAnswer, company: Features['company']): Pick<Features, 'contacts' | 'company'> {
  if (gate.open) return { contacts: true, company };
  const { open: _, ...off } = gate;
  return { contacts: off, company: off };
}
