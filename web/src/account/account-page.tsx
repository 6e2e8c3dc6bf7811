// Who one is here, what one may do, where one is logged in, the password, and how the portal looks.

import { useState } from 'preact/hooks';
import { type Appearance, chooseAppearance, keptAppearance } from '../appearance.ts';
import { WaySelect } from '../calls/way-select.tsx';
import { logOut } from '../connection.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { NotifyCard } from '../notify/notify-card.tsx';
import { Button } from '../parts/button.tsx';
import { Fact } from '../parts/facts.tsx';
import { Select } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { LANGUAGES, useLanguage, useTexts } from '../texts/texts.ts';
import { Logins } from './logins.tsx';
import { PasswordForm } from './password-form.tsx';
import { Rights } from './rights.tsx';
import { useLogins } from './use-logins.ts';

export function AccountPage() {
  const { account: text } = useTexts();
  const { features } = useSession();
  const logins = useLogins();
  const logOutButton = (
    <Button icon="logout" onClick={() => void logOut()}>
      {text.logOut}
    </Button>
  );
  return (
    <Page title={text.title} actions={logOutButton}>
      <div class="cards">
        <You />
        <Rights />
        <Logins {...logins} />
        <PasswordForm onChanged={logins.load} />
        <Display />
        {features.calls === true && <Calls />}
        <NotifyCard />
        <About />
      </div>
    </Page>
  );
}

function You() {
  const { account: text } = useTexts();
  const { extension, name, admin } = useSession();
  const mirror = useClient().mirror('extensions');
  useMirror(mirror);
  const own = mirror.get(extension);
  return (
    <section class="card" aria-labelledby="you">
      <h2 id="you">{text.you}</h2>
      <dl class="facts">
        <Fact label={text.name}>
          <bdi>{own?.name || name}</bdi>
        </Fact>
        <Fact label={text.extension}>{extension}</Fact>
        {own?.email && (
          <Fact label={text.email}>
            <bdi>{own.email}</bdi>
          </Fact>
        )}
        <Fact label={text.role}>{admin ? text.roleAdmin : text.roleUser}</Fact>
      </dl>
    </section>
  );
}

function Display() {
  const { display: text } = useTexts().account;
  const { id, choose } = useLanguage();
  const [appearance, setAppearance] = useState<Appearance>(keptAppearance);
  return (
    <section class="card" aria-labelledby="display">
      <h2 id="display">{text.title}</h2>
      <Select
        label={text.language}
        value={id}
        options={Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, text: name }))}
        onChange={choose}
      />
      <Select
        label={text.appearance}
        value={appearance}
        options={[
          { value: 'system', text: text.system },
          { value: 'light', text: text.light },
          { value: 'dark', text: text.dark },
        ]}
        onChange={(chosen) => {
          chooseAppearance(chosen);
          setAppearance(chosen);
        }}
      />
    </section>
  );
}

function Calls() {
  const { calls: text } = useTexts();
  return (
    <section class="card" aria-labelledby="calls">
      <h2 id="calls">{text.title}</h2>
      <WaySelect />
    </section>
  );
}

function About() {
  const { account: text } = useTexts();
  const { server } = useSession();
  return (
    <section class="card" aria-labelledby="about">
      <h2 id="about">{text.about}</h2>
      <p>{text.server(server.product, server.version)}</p>
    </section>
  );
}
