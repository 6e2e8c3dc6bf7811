// The whole: in the chosen language, the log-in or the pages of whoever is logged in.
import { useEffect, useState } from 'preact/hooks';
import { Connecting } from './connecting.tsx';
import { currentAccount, subscribeAccount } from './connection.ts';
import { ClientContext, useConnection } from './hooks/use-client.ts';
import { LogInPage } from './log-in-page.tsx';
import { Toasts } from './parts/toasts.tsx';
import { Shell } from './shell.tsx';
import type { Texts } from './texts/en.ts';
import { keepLanguage, LANGUAGES, LanguageContext } from './texts/texts.ts';

export function App(start: { language: string; texts: Texts }) {
  const [language, setLanguage] = useState({ id: start.language, texts: start.texts });
  useEffect(() => {
    document.documentElement.lang = language.id;
  }, [language.id]);
  const choose = async (id: string) => {
    const texts = await LANGUAGES[id]?.load();
    if (!texts) return;
    keepLanguage(id);
    setLanguage({ id, texts });
  };
  return (
    <LanguageContext.Provider value={{ ...language, choose }}>
      <Gate />
      <Toasts />
    </LanguageContext.Provider>
  );
}

function Gate() {
  const [account, setAccount] = useState(currentAccount());
  useEffect(() => {
    const look = () => setAccount(currentAccount());
    const stop = subscribeAccount(look);
    look();
    return stop;
  }, []);
  if (account.kind === 'out') return <LogInPage why={account.why} />;
  return (
    <ClientContext.Provider value={account.client}>
      <LoggedIn />
    </ClientContext.Provider>
  );
}

/** The pages need to know who one is: until the first log-in is accepted there is nothing to show but that it goes on. */
function LoggedIn() {
  const state = useConnection();
  const account = currentAccount();
  if (account.kind === 'in' && account.client.session) return <Shell />;
  return <Connecting state={state} />;
}
