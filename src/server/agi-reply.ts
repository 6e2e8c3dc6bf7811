// What Asterisk says to a command, read as it comes. Pure.

const LONGEST = 1_024;
const HANGUP = 'HANGUP';
const USUAL = '200 result=1\n';

/** `done`: the command was carried out; `hangup`: the call is over; `other`: what nobody expects of Asterisk here. */
export type Reply = 'part' | 'done' | 'hangup' | 'other';

/** Everything that came since the command was sent, one character for each byte. */
export function readReply(text: string): Reply {
  if (text === USUAL) return 'done';
  const end = text.indexOf('\n');
  if (end < 0) return text.length > LONGEST ? 'other' : 'part';
  if (isHangup(text)) return 'hangup';
  if (end > LONGEST || !/^200[ \r\n]/.test(text)) return 'other';
  if (end + 1 === text.length) return 'done';
  return isHangup(text.slice(end + 1)) ? 'hangup' : 'other';
}

/** Whether a text that nobody asked for says that the caller has hung up, or begins to. */
export function isHangup(text: string): boolean {
  return text !== '' && (text.startsWith(HANGUP) || HANGUP.startsWith(text));
}
