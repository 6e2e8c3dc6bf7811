// Whether Asterisk is reached over AMI and takes the log-in. Opens one connection of its own, beside that of a daemon.
import { type AmiLink, openLink } from '../../pbx/ami/link.ts';
import { AmiError, type Link } from '../../pbx/ami/link-port.ts';
import type { AmiSettings } from '../../pbx/ami/transport.ts';
import { systemClock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What an attempt to connect came to. `link` stays up until `close`. */
export type AmiAnswer =
  | { readonly kind: 'up'; readonly link: Link; readonly asterisk: string; readonly seesBoot: boolean; close(): void }
  | { readonly kind: 'refused' | 'away' | 'dropped' | 'booting' | 'unsafe'; readonly reason: string };

/** Longer than the link waits for greeting, log-in and FullyBooted together; Asterisk may take longer to boot. */
const WAIT_MS = 30_000;

/** Connects once. Never rejects. */
export function probeAmi(settings: AmiSettings, waitMs = WAIT_MS): Promise<AmiAnswer> {
  return new Promise((resolve) => {
    let link: AmiLink | undefined;
    let booting = false;
    let seesBoot = true;
    // The link's timers do not keep a process alive; this one does while it is asked.
    const timer = setTimeout(() => settle({ kind: booting ? 'booting' : 'away', reason: 'no answer' }), waitMs);
    const settle = (answer: AmiAnswer) => {
      clearTimeout(timer);
      if (answer.kind !== 'up') link?.stop();
      resolve(answer);
    };
    const report: Report = (event, fields = {}) => {
      const reason = String(fields['reason'] ?? '');
      if (event === 'ami.booting') booting = true;
      else if (event === 'ami.blind') seesBoot = false;
      else if (event === 'ami.refused') settle({ kind: 'refused', reason });
      else if (event === 'ami.away' || event === 'ami.down') settle({ kind: 'away', reason });
      else if (event === 'ami.dropped') settle({ kind: 'dropped', reason });
      else if (event === 'ami.up' && link) {
        const up = link;
        settle({ kind: 'up', link: up, asterisk: String(fields['asterisk'] ?? ''), seesBoot, close: () => up.stop() });
      }
    };
    try {
      link = openLink(settings, { clock: systemClock, report, random: Math.random });
      link.start();
    } catch (error) {
      if (!(error instanceof AmiError)) throw error;
      settle({ kind: 'unsafe', reason: error.message });
    }
  });
}

/** What the answer means to the operator. `where` and `username` are those of the settings. */
export function checkAmi(answer: AmiAnswer, { host, port, username }: Omit<AmiSettings, 'secret'>): Finding {
  const where = `${host}:${port}`;
  switch (answer.kind) {
    case 'up':
      return ok('ami', `${where} (${answer.asterisk}) takes the log-in of ${username}`);
    case 'refused':
      return fail(
        'ami',
        `${where} refuses the log-in of ${username} (${answer.reason}): set pbx.ami.username and pbx.ami.secret as manager.conf has them`,
      );
    case 'booting':
      return warn(
        'ami',
        `${where} takes the log-in of ${username}, but Asterisk has not booted fully yet: try again in a moment`,
      );
    case 'dropped':
      return fail(
        'ami',
        `${where} answers, but not as an Asterisk manager (${answer.reason}): set pbx.ami.host and pbx.ami.port`,
      );
    case 'unsafe':
      return fail('ami', `${answer.reason}: mend pbx.ami`);
    case 'away':
      return fail(
        'ami',
        `${where} is not reached (${answer.reason}): start Asterisk, set enabled=yes in manager.conf, or set pbx.ami.host and pbx.ami.port`,
      );
  }
}
