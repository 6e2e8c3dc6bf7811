// Who shares the database, as the operator reads it: the daemons that are alive, who is on duty, and sites that are away.
import type { DatabaseMembers, LivingDaemon } from './database-members.ts';
import { type Finding, ok, warn } from './finding.ts';

export interface Here {
  /** `site.name` of the settings; '' for none. */
  readonly site: string;
  /** Whether this folder's daemon runs. */
  readonly isRunning: boolean;
}

export function checkDaemons({ daemons, sites }: Pick<DatabaseMembers, 'daemons' | 'sites'>, here: Here): Finding[] {
  const names = new Set([here.site, ...daemons.map(({ site }) => site), ...sites.map(({ site }) => site)]);
  const named = [...names].filter((site) => site !== '');
  const all = [...names].sort();
  return [
    ...summary(daemons, here),
    ...all.flatMap((site) => ofSite(site, daemons, named.length > 0, here)),
    ...sites.filter(({ connected }) => !connected).flatMap(({ site }) => pbxAway(site, daemons)),
    ...mixed(daemons, here, named.length > 0),
  ];
}

function summary(daemons: readonly LivingDaemon[], here: Here): Finding[] {
  if (daemons.length === 0) return [here.isRunning ? stranger() : ok('daemons', 'none is alive')];
  const house = daemons.find(({ hasHouseDuty }) => hasHouseDuty);
  const versions = [...new Set(daemons.map(({ version }) => version))].sort();
  const count = daemons.length === 1 ? '1 is alive' : `${daemons.length} are alive`;
  const text = `${count}, version ${versions.join(' and ')}`;
  if (house) return [ok('daemons', `${text}; the work for all is done by ${shown(house, daemons)}`)];
  return [
    warn('daemons', `${text}; none does the work for all: look again in a moment, then at the logs for cluster.away`),
  ];
}

/** The daemon of this folder is not among those that are alive. */
function stranger(): Finding {
  return warn(
    'daemons',
    'the daemon of this folder is not seen in the database: it is cut off, or was started with another store.url',
  );
}

function ofSite(site: string, daemons: readonly LivingDaemon[], hasSites: boolean, here: Here): Finding[] {
  const topic = hasSites ? `site ${site === '' ? '(without a name)' : site}` : 'pbx duty';
  const own = site === here.site;
  const there = daemons.filter((daemon) => daemon.site === site);
  const isOwn = own && hasSites ? "this daemon's; " : '';
  if (there.length === 0) {
    if (own) return here.isRunning || !hasSites ? [] : [ok(topic, `${isOwn}none of its daemons is alive`)];
    return [
      warn(topic, 'none of its daemons is alive: its extensions are shown as not connected until one is started'),
    ];
  }
  const holder = there.find(({ hasSiteDuty }) => hasSiteDuty);
  const count = `${there.length === 1 ? '1 daemon' : `${there.length} daemons`}`;
  const blind = there.filter(({ hasPbx }) => !hasPbx).length;
  const links =
    blind === 0 ? '' : `, ${blind === there.length ? 'none' : `${there.length - blind}`} with a link to the PBX`;
  if (!holder) {
    const mend = 'look again in a moment, then at the logs for duty.taken and cluster.away';
    return [warn(topic, `${isOwn}${count}${links}, none on duty: ${mend}`)];
  }
  const text = `${isOwn}${count}${links}, ${there.length === 1 ? 'which is' : `${shown(holder, there)} is`} on duty`;
  return [blind === 0 ? ok(topic, text) : warn(topic, `${text}: look at AMI there (rollcall check)`)];
}

function pbxAway(site: string, daemons: readonly LivingDaemon[]): Finding[] {
  const there = daemons.filter((daemon) => daemon.site === site);
  // What has no daemon, or none with a link, is told already.
  if (there.length === 0 || there.some(({ hasPbx }) => !hasPbx)) return [];
  return [
    warn(
      site === '' ? 'pbx' : `site ${site}`,
      'clients are shown that its PBX is not connected: look at the log of its daemon on duty',
    ),
  ];
}

/** Daemons of sites without a name beside those with one would write the same rows. */
function mixed(daemons: readonly LivingDaemon[], here: Here, hasSites: boolean): Finding[] {
  const isUnnamed = here.site === '' || daemons.some(({ site }) => site === '');
  if (!hasSites || !isUnnamed) return [];
  return [warn('sites', 'some daemons have a site.name and some have none: give every daemon the name of its site')];
}

/** As short as it can be told from the others. */
function shown({ daemon }: LivingDaemon, among: readonly LivingDaemon[]): string {
  for (let length = 8; length < daemon.length; length += 4) {
    const short = daemon.slice(0, length);
    if (among.filter((other) => other.daemon.startsWith(short)).length === 1) return short;
  }
  return daemon;
}
