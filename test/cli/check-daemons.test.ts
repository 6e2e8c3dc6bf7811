import { describe, expect, it } from 'vitest';
import { checkDaemons } from '../../src/cli/check/daemons.ts';
import type { LivingDaemon, SitePbx } from '../../src/cli/check/database-members.ts';

const ALONE: LivingDaemon = {
  daemon: '6f1c2f70-0000-4000-8000-000000000001',
  ...{ site: '', hasPbx: true, version: '1.2.3', hasSiteDuty: true, hasHouseDuty: true },
};
const SECOND: LivingDaemon = {
  ...{ ...ALONE, daemon: '6f1c2f71-0000-4000-8000-000000000002' },
  ...{ hasSiteDuty: false, hasHouseDuty: false },
};
const berlin = (daemon: LivingDaemon): LivingDaemon => ({ ...daemon, site: 'berlin' });
const PARIS: LivingDaemon = {
  ...{ ...SECOND, daemon: 'aa000000-0000-4000-8000-000000000003', site: 'paris', hasSiteDuty: true },
};

function look(daemons: readonly LivingDaemon[], sites: readonly SitePbx[] = [], site = '', isRunning = true): string[] {
  return checkDaemons({ daemons, sites }, { site, isRunning }).map(
    ({ level, topic, text }) => `${level} ${topic}: ${text}`,
  );
}

describe('daemons that share a database', () => {
  it('are none before the first start', () => {
    expect(look([], [], '', false)).toEqual(['ok daemons: none is alive']);
    expect(look([], [{ site: '', connected: true }], '', false)).toEqual(['ok daemons: none is alive']);
  });

  it('are told with who is on duty', () => {
    expect(look([ALONE])).toEqual([
      'ok daemons: 1 is alive, version 1.2.3; the work for all is done by 6f1c2f70',
      'ok pbx duty: 1 daemon, which is on duty',
    ]);
    expect(look([ALONE, { ...SECOND, version: '1.3.0' }], [{ site: '', connected: true }])).toEqual([
      'ok daemons: 2 are alive, version 1.2.3 and 1.3.0; the work for all is done by 6f1c2f70',
      'ok pbx duty: 2 daemons, 6f1c2f70 is on duty',
    ]);
  });

  it('are told by as much of their names as keeps them apart', () => {
    const twin = { ...SECOND, daemon: '6f1c2f70-0001-4000-8000-000000000002' };
    expect(look([ALONE, twin])[1]).toBe('ok pbx duty: 2 daemons, 6f1c2f70-0000-40 is on duty');
  });

  it('warn where nobody is on duty, where a link to the PBX is missing, and where the own daemon is not seen', () => {
    const nobody = { ...ALONE, hasSiteDuty: false, hasHouseDuty: false };
    expect(look([nobody])).toEqual([
      'warn daemons: 1 is alive, version 1.2.3; none does the work for all: look again in a moment, then at the logs for cluster.away',
      'warn pbx duty: 1 daemon, none on duty: look again in a moment, then at the logs for duty.taken and cluster.away',
    ]);
    expect(look([ALONE, { ...SECOND, hasPbx: false }])[1]).toBe(
      'warn pbx duty: 2 daemons, 1 with a link to the PBX, 6f1c2f70 is on duty: look at AMI there (rollcall check)',
    );
    expect(look([{ ...ALONE, hasPbx: false }], [{ site: '', connected: false }])[1]).toBe(
      'warn pbx duty: 1 daemon, none with a link to the PBX, which is on duty: look at AMI there (rollcall check)',
    );
    expect(look([])).toEqual([
      'warn daemons: the daemon of this folder is not seen in the database: it is cut off, or was started with another store.url',
    ]);
  });

  it('are told by site where sites have names', () => {
    const connected = [
      { site: 'berlin', connected: true },
      { site: 'paris', connected: true },
    ];
    expect(look([berlin(ALONE), berlin(SECOND), PARIS], connected, 'berlin')).toEqual([
      'ok daemons: 3 are alive, version 1.2.3; the work for all is done by 6f1c2f70',
      "ok site berlin: this daemon's; 2 daemons, 6f1c2f70 is on duty",
      'ok site paris: 1 daemon, which is on duty',
    ]);
    expect(look([PARIS], connected, 'berlin', false).slice(1)).toEqual([
      "ok site berlin: this daemon's; none of its daemons is alive",
      'ok site paris: 1 daemon, which is on duty',
    ]);
  });

  it('warn of a site that is away, and of daemons that have no site beside such that have one', () => {
    const sites = [
      { site: 'berlin', connected: true },
      { site: 'paris', connected: false },
    ];
    expect(look([berlin(ALONE)], sites, 'berlin').slice(1)).toEqual([
      "ok site berlin: this daemon's; 1 daemon, which is on duty",
      'warn site paris: none of its daemons is alive: its extensions are shown as not connected until one is started',
    ]);
    expect(look([berlin(ALONE), PARIS], sites, 'berlin').slice(2)).toEqual([
      'ok site paris: 1 daemon, which is on duty',
      'warn site paris: clients are shown that its PBX is not connected: look at the log of its daemon on duty',
    ]);
    expect(look([ALONE, PARIS], [], '').at(-1)).toBe(
      'warn sites: some daemons have a site.name and some have none: give every daemon the name of its site',
    );
  });
});
