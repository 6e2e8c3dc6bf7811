// The use case `presence.set`: who may, what must hold, and what "set" promises before it is answered.
import { Failure } from '../domain/failure.ts';
import type { Presence, Status } from '../domain/presence.ts';
import { type ChosenStatus, choose, effective, withDnd } from '../domain/status.ts';
import type { Board } from './board.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Viewer } from './viewer.ts';

export interface PresenceWish {
  readonly status: Status;
  readonly note?: string | undefined;
  /** ISO 8601 in UTC with milliseconds. */
  readonly until?: string | undefined;
  /** Another extension than the viewer's own. */
  readonly extension?: string | undefined;
}

/** Text of people, made safe for one line: each run of control characters becomes a space, and the ends are trimmed. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .toWellFormed()
    .trim();
}

/** The extension whose status the viewer may set. Throws Failure `forbidden`. */
export function extensionToSet(viewer: Viewer, wish: PresenceWish): string {
  const number = wish.extension ?? viewer.extension;
  if (number !== viewer.extension && !viewer.admin) {
    throw new Failure('forbidden', 'only an administrator sets the status of another extension');
  }
  return number;
}

/**
 * Sets a status, at the daemon whose board it is. With DND coming or going it is answered only when the PBX really refuses or lets through calls; else it
 * is answered when it is durable and goes to the PBX in the background.
 * Throws Failure `forbidden`, `not_found`, `params`, `pbx_away`, `storage`, `too_many`.
 */
export async function setPresence(
  { board, clock }: { readonly board: Board; readonly clock: Clock },
  viewer: Viewer,
  wish: PresenceWish,
): Promise<Presence> {
  const number = extensionToSet(viewer, wish);
  if (wish.until !== undefined && wish.until <= isoTime(clock.now())) {
    throw new Failure('params', 'until is in the past', { issues: [{ path: 'until', message: 'is in the past' }] });
  }
  if (!board.has(number)) throw board.connected ? gone(number) : unseen(number);
  const note = wish.note ? oneLine(wish.note) : '';
  const next = { status: wish.status, ...(note ? { note } : {}), ...(wish.until ? { until: wish.until } : {}) };
  await board.inTurn(number, () => changeOnPbx(board, number, (chosen) => choose(chosen, next)));
  const presence = board.presence(number);
  if (!presence) throw gone(number);
  return presence;
}

/** Without the PBX nobody knows whether it has this extension. */
function unseen(number: string): Failure {
  return new Failure('pbx_away', `the PBX is not connected and extension ${number} was never seen`);
}

function gone(number: string): Failure {
  return new Failure('not_found', `the PBX has no extension ${number}`);
}

function isBlocking(chosen: ChosenStatus): boolean {
  return effective(chosen).status === 'do_not_disturb';
}

async function changeOnPbx(
  board: Board,
  number: string,
  change: (chosen: ChosenStatus) => ChosenStatus,
): Promise<void> {
  if (!board.has(number)) throw gone(number);
  let before: ChosenStatus | undefined;
  let after: ChosenStatus | undefined;
  const { onPbx } = await board.change(number, (chosen) => {
    before = chosen;
    after = change(chosen);
    if (!board.connected && isBlocking(before) !== isBlocking(after)) {
      throw new Failure('pbx_away', 'the PBX is not connected: do not disturb cannot be changed now');
    }
    return after;
  });
  if (!before || !after || isBlocking(before) === isBlocking(after)) return;
  const [was, tried] = [before, after];
  const agreed = await onPbx.then(
    () => true,
    () => false,
  );
  if (agreed) return;
  if (board.has(number)) await board.change(number, (chosen) => takeBack(chosen, was, tried));
  throw new Failure('pbx_away', 'the PBX did not take the change; calls are handled as before');
}

/** What is chosen without the change that the PBX refused; what somebody chose since then stays. */
function takeBack(chosen: ChosenStatus, was: ChosenStatus, tried: ChosenStatus): ChosenStatus {
  if (chosen === tried) return was;
  return isBlocking(chosen) === isBlocking(tried) ? withDnd(chosen, isBlocking(was)) : chosen;
}
