// Where the user is logged in, and logging out there.
import type { Login } from '../../../client/types.ts';
import { useClient } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import type { LoginList } from './use-logins.ts';

export function Logins({ logins, failure, load }: LoginList) {
  const client = useClient();
  const texts = useTexts();
  const { logins: text } = texts.account;
  const others = logins?.filter(({ current }) => !current) ?? [];
  const end = async (ended: readonly Login[], done: string) => {
    try {
      for (const { id } of ended) await client.request('session.revoke', { id });
      toast(done);
    } catch (thrown) {
      toast(failureText(texts, thrown), { kind: 'error' });
    }
    load();
  };
  return (
    <section class="card" aria-labelledby="logins">
      <h2 id="logins" tabIndex={-1}>
        {text.title}
      </h2>
      {failure ? (
        <Notice kind="error" action={<Button onClick={load}>{texts.common.tryAgain}</Button>}>
          {failureText(texts, failure)}
        </Notice>
      ) : (
        !logins && <p class="waiting">{texts.common.loading}</p>
      )}
      <ul class="logins">
        {logins?.map((login) => (
          <LoginLine key={login.id} login={login} onEnd={() => void end([login], text.ended)} />
        ))}
      </ul>
      {others.length > 1 && <Button onClick={() => void end(others, text.endedOthers)}>{text.endOthers}</Button>}
    </section>
  );
}

function LoginLine({ login, onEnd }: { login: Login; onEnd: () => void }) {
  const { logins: text } = useTexts().account;
  const format = useFormat();
  const what = text.platform[login.platform] ?? login.platform;
  const where = [text.from(login.address), text.since(format.moment(login.since))].join(', ');
  return (
    <li>
      <div>
        <p>
          {what} <span class="hint">{text.version(login.version)}</span>
          {login.current && <span class="tag">{text.current}</span>}
        </p>
        <p class="hint">{where}</p>
      </div>
      {!login.current && (
        <Button label={`${text.endOf(what)}, ${where}`} onClick={onEnd}>
          {text.end}
        </Button>
      )}
    </li>
  );
}
