// Builds what follows calls, makes them and carries messages to phones; part of the work at the PBX.
import { randomUUID } from 'node:crypto';
import type { Lifetime } from './main-lifetime.ts';
import type { Link } from './pbx/ami/link-port.ts';
import { type CallWatch, openCallWatch } from './pbx/calls/call-watch.ts';
import { openDialer } from './pbx/calls/dialer.ts';
import type { AsteriskPbx } from './pbx/pbx.ts';
import { openPhoneMessages } from './pbx/phone-messages.ts';
import { openCallRecords } from './pbx/records/call-records.ts';
import { siteCalls, siteDialer } from './pbx/site-calls.ts';
import { siteMessages } from './pbx/site-messages.ts';
import { nodeCrypto } from './server/crypto.ts';
import type { Access } from './service/access.ts';
import { CallGaps } from './service/call-gaps.ts';
import { CallHistory } from './service/call-history.ts';
import { systemClock } from './service/clock.ts';
import { Dialing } from './service/dialing.ts';
import type { Lookup } from './service/lookup.ts';
import type { Messages } from './service/messages.ts';
import type { Report } from './service/report.ts';
import type { SiteNumbers } from './service/site-numbers.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';

interface CallParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Lookup;
  readonly messages: Messages;
  readonly numbers: SiteNumbers;
  readonly pbx: AsteriskPbx;
  readonly link: Link;
  readonly report: Report;
}

interface OpenedCalls {
  readonly watch: CallWatch;
  readonly dialing: Dialing;
}

/** Everything listens before what it listens to begins. */
export function openCalls(parts: CallParts, lifetime: Lifetime): OpenedCalls {
  const { settings, store, access, lookup, numbers, pbx, link, report } = parts;
  const clock = systemClock;
  const { phones } = pbx;
  const { sha256 } = nodeCrypto;
  const { history, dial, records: kept } = settings.calls;
  const { country, outsideLine } = settings.lookup;

  const watch = openCallWatch({ link, phones, clock, report });
  const records = openCallRecords({ ...kept, url: kept.url.reveal() });
  const dialer = openDialer({ link, phones, calls: watch, context: dial.context, clock, report });
  const calls = siteCalls(watch, numbers);
  const shared = { ...{ store, access, lookup, calls, numbers, sha256, clock, report }, site: numbers.site.name };
  const callHistory = new CallHistory(shared);
  const gaps = new CallGaps({ ...shared, records, phones, days: history.days });
  const dialing = new Dialing({
    ...shared,
    ...{ dialer: siteDialer(dialer, numbers), rules: dial, newId: randomUUID, numbering: { country, outsideLine } },
  });
  for (const part of [callHistory, gaps, dialing]) {
    part.start();
    lifetime.add(() => part.stop());
  }
  carryMessages(parts, lifetime);
  watch.start();
  lifetime.add(() => watch.stop());
  lifetime.add(() => dialer.stop());
  return { watch, dialing };
}

function carryMessages({ settings, messages, numbers, pbx, link, report }: CallParts, lifetime: Lifetime): void {
  const { sip, domain } = settings.messages;
  if (!sip) return;
  const phones = openPhoneMessages({ link, phones: pbx.phones, domain, clock: systemClock, report });
  lifetime.add(messages.serve(siteMessages(phones, numbers)));
  phones.start();
  lifetime.add(() => phones.stop());
}
