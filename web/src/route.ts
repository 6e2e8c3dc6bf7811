// Going from place to place in the portal, and knowing where one is. Nothing here knows the pages.
import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './address.ts';

export { place, type Route } from './address.ts';

/** Goes there. `replace`: the place before is not one to come back to. */
export function go(href: string, { replace = false } = {}): void {
  if (!replace) {
    location.hash = href;
    return;
  }
  history.replaceState(null, '', href);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = () => setHash(location.hash);
    addEventListener('hashchange', look);
    look();
    return () => removeEventListener('hashchange', look);
  }, []);
  return parseRoute(hash);
}

/** Opens the details of a row. Going from one to the next leaves one step back, to the list. */
export function openDetails(href: string, event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const open = parseRoute(location.hash).path.length >= parseRoute(href).path.length;
  go(href, { replace: open });
}
