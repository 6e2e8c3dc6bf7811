// Who the other party of a call is, in words. Pure.
import type { Call } from '../../../client/types.ts';
import type { Texts } from '../texts/en.ts';

/** The name, else the number, else that it is withheld. */
export function partyName({ calls }: Texts, { name, number }: Pick<Call, 'name' | 'number'>): string {
  return name || number || calls.withheld;
}

/** How a call ended and why, or how far it is: `Missed · do not disturb`. */
export function outcomeWords({ calls }: Texts, { state, disposition, reason }: Call): string {
  if (state !== undefined) return calls.state[state] ?? state;
  if (disposition === undefined) return '';
  // words of a newer server are shown as they are
  const words = [calls.disposition[disposition] ?? disposition, reason && (calls.reason[reason] ?? reason)];
  return words.filter(Boolean).join(' · ');
}

/** What the bar says of a call. */
export function barWords({ calls: { bar } }: Texts, call: Call, name: string, talked: string): string {
  const { state, disposition, reason } = call;
  if (state !== undefined) return (bar[state] ?? bar.calling)(name);
  if (disposition === 'answered') return bar.answered(name, talked);
  if (reason?.startsWith('phone_')) return (bar[reason as keyof typeof bar & `phone_${string}`] ?? bar.failed)(name);
  return disposition === undefined || disposition === 'missed' ? bar.cancelled(name) : bar[disposition](name);
}
