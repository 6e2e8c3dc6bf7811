// Which web pages may connect. Programs that are no browsers send no Origin and are never concerned.
// Nothing here is authenticated by cookies, so that an empty list, which lets every page in, gives no page any right.
import { OperatorError } from '../service/operator-error.ts';

/** Whether a request with these Origin and Host headers may pass. */
export type OriginAllowed = (origin: string | undefined, host: string | undefined) => boolean;

/**
 * The rule for these origins, such as `https://phones.example.com`. Pages of the daemon's own address always pass.
 * Throws OperatorError on an entry that is no origin.
 */
export function originRule(origins: readonly string[]): OriginAllowed {
  if (origins.length === 0) return () => true;
  const allowed = new Set(origins.map(readOrigin));
  return (origin, host) => {
    if (origin === undefined) return true;
    const url = parse(origin);
    if (url === undefined) return false;
    return allowed.has(url.origin) || url.host === host?.toLowerCase();
  };
}

function readOrigin(text: string): string {
  const url = parse(text);
  if (url === undefined || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new OperatorError(
      `listen.origins: "${text}" is no origin; write scheme, host and port only, as https://phones.example.com`,
    );
  }
  return url.origin;
}

/** Undefined for what is no URL of a page with a host: `null`, `file:`, garbage. */
function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.origin === 'null' ? undefined : url;
}
