// The language of the portal: which there are, which one is chosen, and its texts for components. English is always there;
// another one is loaded when it is chosen.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en, type Texts } from './en.ts';
import { preferredLanguage } from './preferred-language.ts';

export const LANGUAGES: Readonly<Record<string, { name: string; load: () => Promise<Texts> }>> = {
  en: { name: 'English', load: () => Promise.resolve(en) },
  de: { name: 'Deutsch', load: () => import('./de.ts').then(({ de }) => de) },
};

const KEY = 'rollcall.language';

export interface Language {
  readonly id: string;
  readonly texts: Texts;
  readonly choose: (id: string) => void;
}

export const LanguageContext = createContext<Language>({ id: 'en', texts: en, choose: () => undefined });

/** The texts in the present language. */
export function useTexts(): Texts {
  return useContext(LanguageContext).texts;
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function keptLanguage(): string {
  return preferredLanguage(Object.keys(LANGUAGES), localStorage.getItem(KEY), navigator.languages);
}

export function keepLanguage(id: string): void {
  localStorage.setItem(KEY, id);
}
