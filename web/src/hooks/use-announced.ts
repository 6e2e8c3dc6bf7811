// Speaks how many were found, once typing has come to rest.
import { useEffect } from 'preact/hooks';
import { announce } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';

const REST_MS = 500;

/** `text`: what is searched for; nothing is said when it is empty. */
export function useAnnounced(text: string, found: number | undefined): void {
  const { common } = useTexts();
  useEffect(() => {
    if (text === '' || found === undefined) return;
    const timer = setTimeout(() => announce(common.found(found)), REST_MS);
    return () => clearTimeout(timer);
  }, [text, found, common]);
}
