// The language of the portal: which there are, which one is chosen, and its texts for components. Only the chosen one is loaded.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Texts } from './en.ts';
import { preferredLanguage } from './preferred-language.ts';

export const LANGUAGES: Readonly<Record<string, { name: string; load: () => Promise<Texts> }>> = {
  en: { name: 'English', load: () => import('./en.ts').then(({ en }) => en) },
  de: { name: 'Deutsch', load: () => import('./de.ts').then(({ de }) => de) },
};

const KEY = 'rollcall.language';

export interface Language {
  readonly id: string;
  readonly texts: Texts;
  readonly choose: (id: string) => void;
}

export const LanguageContext = createContext<Language | undefined>(undefined);

export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (!language) throw new Error('no component is drawn without a language');
  return language;
}

/** The texts in the present language. */
export function useTexts(): Texts {
  return useLanguage().texts;
}

export function keptLanguage(): string {
  return preferredLanguage(Object.keys(LANGUAGES), localStorage.getItem(KEY), navigator.languages);
}

export function keepLanguage(id: string): void {
  localStorage.setItem(KEY, id);
}
