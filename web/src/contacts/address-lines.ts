// A postal address in lines, as it stands on paper. Pure.
import type { ContactAddress } from '../../../client/types.ts';

export function addressLines({ street, city, state, zip, country }: ContactAddress): string[] {
  const place = [[zip, city].filter(Boolean).join(' '), state].filter(Boolean).join(', ');
  return [street, place, country].filter((line): line is string => Boolean(line));
}
