// Whether certificate and key can be used, where the port has them.
import { readTls, type TlsFiles } from '../../server/tls.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const DAY_MS = 86_400_000;

/** Nothing when the settings name no certificate. `now` in milliseconds since 1970. */
export function checkTls(files: TlsFiles | undefined, now: number): Finding[] {
  if (!files) return [];
  try {
    const { expires } = readTls(files);
    const day = new Date(expires).toISOString().slice(0, 10);
    const days = Math.floor((expires - now) / DAY_MS);
    if (days < 0) return [fail('tls', `the certificate ${files.cert} ended on ${day}: renew it`)];
    if (days < 14) return [warn('tls', `the certificate ${files.cert} ends on ${day}: renew it`)];
    return [ok('tls', `the certificate is good until ${day}`)];
  } catch (error) {
    return [fail('tls', error instanceof Error ? error.message : String(error))];
  }
}
