// While a log-in that was kept is taken up again: that it goes on, and what to do when the server is away.
import type { ConnectionState } from '../../client/api.ts';
import { logOut } from './connection.ts';
import { useClient } from './hooks/use-client.ts';
import { Brand } from './parts/brand.tsx';
import { Button } from './parts/button.tsx';
import { useTexts } from './texts/texts.ts';

export function Connecting({ state }: { state: ConnectionState }) {
  const client = useClient();
  const { common, login } = useTexts();
  const waiting = state.kind === 'waiting';
  return (
    <main class="door">
      <div class="door-box">
        <Brand />
        <div role="status">
          <h1 class="door-state">{waiting ? login.away : common.connection.connecting}</h1>
        </div>
        {waiting && (
          <div class="door-actions">
            <Button kind="primary" onClick={() => client.reconnect()}>
              {common.connection.retryNow}
            </Button>
            <Button kind="quiet" onClick={() => void logOut()}>
              {login.forget}
            </Button>
          </div>
        )}
      </div>
    </main>
  );
}
