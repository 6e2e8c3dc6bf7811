// What a client may use, and for what is off, why: the answer to "why can't I see Contacts?". Pure.
import { type GateAnswer, type Platform, passGate, type VersionGates } from './version-gate.ts';

interface FeatureOff {
  readonly off: 'client_too_old' | 'platform_unsupported' | 'no_permission' | 'not_configured';
  /** The least version that has it, with `client_too_old`. */
  readonly needs?: string;
}

export interface Features {
  readonly contacts: true | FeatureOff;
  readonly company: { readonly view: boolean; readonly manage: boolean } | FeatureOff;
  /** Whether the client has a directory of its device's own contacts, which stay on the device. */
  readonly phoneDirectory: boolean;
  readonly calls: true | FeatureOff;
  readonly chat: true | FeatureOff;
}

const NOT_CONFIGURED: FeatureOff = { off: 'not_configured' };
const MOBILE: readonly Platform[] = ['android', 'ios'];

function behindGate(gate: GateAnswer): FeatureOff {
  if (gate.open) return NOT_CONFIGURED;
  const { open: _, ...off } = gate;
  return off;
}

/** The features of a client of this platform and version. Contacts, calls and chat are not served by this version. */
export function featuresOf(gates: VersionGates, platform: Platform, version: string): Features {
  const contacts = behindGate(passGate(gates, platform, version));
  return {
    contacts,
    company: contacts,
    phoneDirectory: MOBILE.includes(platform),
    calls: NOT_CONFIGURED,
    chat: NOT_CONFIGURED,
  };
}
