// Times and counts as people of the chosen language write them, for components.
import { useMemo } from 'preact/hooks';
import { type Format, formatOf } from '../texts/format.ts';
import { useLanguage } from '../texts/texts.ts';

export function useFormat(): Format {
  const { id } = useLanguage();
  return useMemo(() => formatOf(id, navigator.languages, Date.now), [id]);
}
