// What attends the user on every page: his calls that go on, and word of what comes. It is there soon after the page.
import { CallBar } from './calls/bar/call-bar.tsx';
import { Notifier } from './notify/notifier.tsx';

export function Attendants() {
  return (
    <>
      <CallBar />
      <Notifier />
    </>
  );
}
