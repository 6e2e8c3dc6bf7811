// Shows the toasts and speaks the announcements. One of it stands in the page, always, so that screen readers know the place.
import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.ts';
import { Button, IconButton } from './button.tsx';
import { announced, dismiss, subscribeToasts, toasts } from './toast.ts';

export function Toasts() {
  const [, again] = useState(0);
  const { common } = useTexts();
  useEffect(() => subscribeToasts(() => again((n) => n + 1)), []);
  return (
    <>
      <div class="unseen" role="status" aria-live="polite">
        {announced()}
      </div>
      <div class="toasts" role="status" aria-live="polite" aria-label={common.messages}>
        {toasts().map(({ id, text, kind, action }) => (
          <div class={`toast ${kind}`} key={id}>
            <p>{text}</p>
            {action && (
              <Button
                kind="quiet"
                onClick={() => {
                  dismiss(id);
                  action.run();
                }}
              >
                {action.text}
              </Button>
            )}
            <IconButton label={common.close} icon="close" onClick={() => dismiss(id)} />
          </div>
        ))}
      </div>
    </>
  );
}
