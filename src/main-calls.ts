// Builds what follows calls, makes them and carries messages; part of building the daemon.
import { randomUUID } from 'node:crypto';
import type { Lifetime } from './main-lifetime.ts';
import type { Link } from './pbx/ami/link-port.ts';
import { type CallWatch, openCallWatch } from './pbx/calls/call-watch.ts';
import { openDialer } from './pbx/calls/dialer.ts';
import type { AsteriskPbx } from './pbx/pbx.ts';
import { openPhoneMessages } from './pbx/phone-messages.ts';
import { openCallRecords } from './pbx/records/call-records.ts';
import { nodeCrypto } from './server/crypto.ts';
import type { Access } from './service/access.ts';
import { CallGaps } from './service/call-gaps.ts';
import { CallHistory } from './service/call-history.ts';
import { systemClock } from './service/clock.ts';
import { Dialing } from './service/dialing.ts';
import type { Lookup } from './service/lookup.ts';
import { Messages } from './service/messages.ts';
import type { Report } from './service/report.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

interface CallParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Lookup;
  readonly pbx: AsteriskPbx;
  readonly link: Link;
  readonly report: Report;
}

interface OpenedCalls {
  readonly watch: CallWatch;
  readonly history: CallHistory;
  readonly dialing: Dialing;
  readonly messages: Messages;
}

/** Everything listens before the link comes up. */
export function openCalls(parts: CallParts, lifetime: Lifetime): OpenedCalls {
  const { settings, store, access, lookup, pbx, link, report } = parts;
  const clock = systemClock;
  const { phones } = pbx;
  const { sha256 } = nodeCrypto;
  const { history, dial, records: kept } = settings.calls;
  const { country, outsideLine } = settings.lookup;
  const shared = { store, access, clock, report };

  const calls = openCallWatch({ link, phones, clock, report });
  const records = openCallRecords({ ...kept, url: kept.url.reveal() });
  const dialer = openDialer({ link, phones, calls, context: dial.context, clock, report });
  const { sip, domain } = settings.messages;
  const phoneMessages = sip ? openPhoneMessages({ link, phones, domain, clock, report }) : undefined;
  const callHistory = new CallHistory({ ...shared, lookup, calls, sha256, keep: history });
  const gaps = new CallGaps({
    ...shared,
    ...{ lookup, calls, records, sha256, phones, days: history.days },
  });
  const dialing = new Dialing({
    ...shared,
    ...{ lookup, calls, dialer, sha256, rules: dial, newId: randomUUID, numbering: { country, outsideLine } },
  });
  const messages = new Messages({ ...shared, phones: phoneMessages, newId: randomUUID, keep: settings.messages });

  for (const part of [callHistory, gaps, dialing, messages]) {
    part.start();
    lifetime.add(() => part.stop());
  }
  for (const part of [calls, ...(phoneMessages ? [phoneMessages] : [])]) {
    part.start();
    lifetime.add(() => part.stop());
  }
  lifetime.add(() => dialer.stop());
  return { watch: calls, history: callHistory, dialing, messages };
}
