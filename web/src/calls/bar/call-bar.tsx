// At the foot of every page: the calls that the user has made and that go on, how they ended, and which were refused and why.
import { useEffect, useState } from 'preact/hooks';
import { useClient, useRedraw } from '../../hooks/use-client.ts';
import { useFormat } from '../../hooks/use-format.ts';
import { IconButton } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { telLink } from '../../parts/links.ts';
import { place } from '../../route.ts';
import { useTexts } from '../../texts/texts.ts';
import { dialRefusal } from '../dial-refusal.ts';
import { dismissOrder, type Order, ordersOf, subscribeOrders } from '../orders.ts';
import { barWords, partyName } from '../party.ts';
import { CallsGoingOn, type ShownCall } from './calls-going-on.ts';
import { useParty } from './use-party.ts';
import './call-bar.css';

/** So many are shown; of more only how many there are. */
const MOST = 3;

export function CallBar() {
  const client = useClient();
  const { bar } = useTexts().calls;
  const goingOn = useGoingOn();
  useRedraw(subscribeOrders, client);
  const asked = ordersOf(client);
  const refused = new Set(asked.filter((one) => 'refusal' in one).map(({ number }) => number));
  // of a call that was refused the refusal tells, and of one that goes on the call
  const calls = (goingOn?.list() ?? []).filter(({ call }) => call.state || !refused.has(call.number));
  const numbers = new Set(calls.map(({ call }) => call.number));
  const orders = asked.filter((one) => 'refusal' in one || !numbers.has(one.number));
  const more = calls.length - MOST;
  // Always there, so that screen readers tell what comes into it.
  return (
    <section class="call-bars" role="status" aria-label={bar.label}>
      {orders.map((order) => (
        <OrderLine key={`order ${order.number}`} order={order} />
      ))}
      {calls.slice(0, MOST).map((shown) => (
        <CallLine key={shown.call.id} shown={shown} onClose={() => goingOn?.dismiss(shown.call.id)} />
      ))}
      {more > 0 && <p class="call-bars-more">{bar.more(more)}</p>}
    </section>
  );
}

function useGoingOn(): CallsGoingOn | undefined {
  const client = useClient();
  const [goingOn, setGoingOn] = useState<CallsGoingOn>();
  const [, again] = useState(0);
  useEffect(() => {
    const later = (run: () => void, ms: number) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    };
    const calls = new CallsGoingOn({ mirror: client.mirror('calls'), now: Date.now, later });
    calls.subscribe(() => again((n) => n + 1));
    setGoingOn(calls);
    return () => calls.stop();
  }, [client]);
  return goingOn;
}

function CallLine({ shown, onClose }: { shown: ShownCall; onClose: () => void }) {
  const texts = useTexts();
  const format = useFormat();
  const { call, talkingSince } = shown;
  const party = useParty(call);
  const name = partyName(texts, party);
  const tone = call.state ?? (call.disposition === 'answered' ? 'over' : 'failed');
  return (
    <div class={`call-bar ${tone}`}>
      <Icon name={tone === 'failed' ? 'warning' : 'phone'} />
      <p>
        <bdi>{barWords(texts, call, name, format.duration(call.talk))}</bdi>
        {talkingSince !== undefined && <Clock since={talkingSince} />}
      </p>
      <a class="button quiet" href={place(['calls', call.id])}>
        {texts.calls.bar.show}
      </a>
      <IconButton label={texts.common.close} icon="close" onClick={onClose} />
    </div>
  );
}

/** Not spoken each second. */
function Clock({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return (
    <span class="call-clock" aria-hidden="true">
      {`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`}
    </span>
  );
}

function OrderLine({ order }: { order: Order }) {
  const texts = useTexts();
  const { bar, way } = texts.calls;
  const refused = 'refusal' in order;
  const href = telLink(order.number);
  return (
    <div class={`call-bar ${refused ? 'refused' : 'ordered'}`}>
      <Icon name={refused ? 'error' : 'phone'} />
      <p>
        {refused ? (
          <>
            <bdi class="call-bar-name">{order.name}</bdi>: {dialRefusal(texts, order.refusal)}
          </>
        ) : (
          <bdi>{bar.ordered(order.name)}</bdi>
        )}
      </p>
      {refused && href !== undefined && (
        <a class="button quiet" href={href}>
          {way.withDeviceShort}
        </a>
      )}
      {refused && <IconButton label={texts.common.close} icon="close" onClick={() => dismissOrder(order)} />}
    </div>
  );
}
