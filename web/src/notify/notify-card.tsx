// Where one turns notifications on and off: for this device, and with the browser's consent.
import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../hooks/use-client.ts';
import { Checkbox } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { useTexts } from '../texts/texts.ts';
import { useWishes } from './use-wishes.ts';
import { keepWishes } from './wishes.ts';

type Permission = NotificationPermission | 'unsupported';

export function NotifyCard() {
  const { notify: text } = useTexts();
  const { extension: user } = useSession();
  const wishes = useWishes(user);
  const [permission, setPermission] = usePermission();
  const [isUnasked, setUnasked] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const isOn = wishes.on && permission === 'granted';

  const turn = async (on: boolean) => {
    setUnasked(false);
    if (!on || permission === 'unsupported') return keepWishes(user, { ...wishes, on: false });
    setAsking(true);
    const answer = await Notification.requestPermission();
    setAsking(false);
    const shown = answer === 'granted' ? confirm(text.works, text.worksText) : answer;
    setPermission(shown);
    setUnasked(shown === 'default');
    keepWishes(user, { ...wishes, on: shown === 'granted' });
  };
  return (
    <section class="card" aria-labelledby="notify">
      <h2 id="notify">{text.title}</h2>
      <Checkbox
        label={text.on}
        hint={text.onHint}
        checked={isOn || isAsking}
        disabled={permission === 'unsupported'}
        onChange={(on) => void turn(on)}
      />
      {isOn && (
        <Checkbox
          label={text.text}
          hint={text.textHint}
          checked={wishes.text}
          onChange={(shows) => keepWishes(user, { ...wishes, text: shows })}
        />
      )}
      <div role="status">
        {permission === 'denied' && <Notice kind="warning">{text.blocked}</Notice>}
        {permission === 'unsupported' && <Notice kind="info">{text.unsupported}</Notice>}
        {isUnasked && <Notice kind="info">{text.unasked}</Notice>}
      </div>
    </section>
  );
}

/** What the browser allows; it may be changed in its settings meanwhile. */
function usePermission(): readonly [Permission, (permission: Permission) => void] {
  const [permission, setPermission] = useState(present);
  useEffect(() => {
    const look = () => setPermission((before) => (before === 'unsupported' ? before : present()));
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return [permission, setPermission];
}

/** Browsers have notifications, and the locks by which windows agree, on safe pages only. */
function present(): Permission {
  return 'Notification' in window && 'locks' in navigator ? Notification.permission : 'unsupported';
}

/** Shows how they look. Some browsers that have notifications show none for a page. */
function confirm(title: string, body: string): Permission {
  try {
    const notification = new Notification(title, { body, tag: 'works', icon: '/icon.svg' });
    setTimeout(() => notification.close(), 5_000);
    return 'granted';
  } catch {
    return 'unsupported';
  }
}
