// What a dialplan asks that knows its extensions by other numbers than everybody else: the same questions with ids.
import type { DialplanPort } from './dialplan-port.ts';
import type { SiteNumbers } from './site-numbers.ts';

/**
 * The same port without a prefix. Who is called is always somebody of this PBX, so that nobody else's names are told; of whom presence is asked
 * and set may be an extension of another site too, by its id.
 */
export function siteDialplan(dialplan: DialplanPort, numbers: SiteNumbers): DialplanPort {
  if (!numbers.hasPrefix) return dialplan;
  const calledId = (number: string): string => {
    const id = numbers.idOf(number);
    return !numbers.isOwn(id) && numbers.isOwn(number) ? number : id;
  };
  const callerId = (number: string, outside = false): string => (outside ? number : numbers.idIfOwn(number.trim()));
  return {
    caller: ({ number, callee, outside }) =>
      dialplan.caller({
        number: callerId(number, outside),
        ...(callee ? { callee: calledId(callee) } : {}),
        ...(outside === undefined ? {} : { outside }),
      }),
    presence: (extension) => dialplan.presence(numbers.idIfOwn(extension)),
    setStatus: (extension, status) => dialplan.setStatus(numbers.idIfOwn(extension), status),
    letsThrough: (callee, number, lists, options) =>
      dialplan.letsThrough(calledId(callee), callerId(number, options?.outside), lists, options),
  };
}
