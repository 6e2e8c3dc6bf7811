// One's own status, in reach on every page: what it is now, and a dialog to choose another with a note and an end.
import { useState } from 'preact/hooks';
import { useClient, useConnection, useMirror, useSession } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Avatar } from '../parts/avatar.tsx';
import { StatusDot } from '../parts/status-dot.tsx';
import { useTexts } from '../texts/texts.ts';
import { StatusDialog } from './status-dialog.tsx';

export function StatusControl() {
  const client = useClient();
  const { status, common } = useTexts();
  const { extension, name } = useSession();
  // What one has chosen oneself holds whether or not the phone system is there.
  const stale = useConnection().kind === 'waiting';
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const [presences, extensions] = [client.mirror('presence'), client.mirror('extensions')];
  useMirror(presences);
  useMirror(extensions);
  const presence = presences.get(extension);
  const shownName = extensions.get(extension)?.name || name || extension;
  return (
    <>
      <button type="button" class="own-status" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span class="unseen">{status.mine}: </span>
        <Avatar name={shownName} kind="extension" />
        <span class="own-text">
          <bdi class="own-name">{shownName}</bdi>
          <StatusDot indicator={presence?.indicator} stale={stale} />
          {presence?.until && <span class="own-until">{common.until(format.moment(presence.until))}</span>}
        </span>
      </button>
      {open && <StatusDialog presence={presence} onClose={() => setOpen(false)} />}
    </>
  );
}
