// Calls while the real daemon is stopped, killed, frozen or busy: they ring within two seconds on both ways, and show the
// caller's name again as soon as it is back.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { openPhone, type Phone } from '../lab/phone.ts';
import { overTrunk } from '../lab/trunk.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { introduce, served, servedOtherwise, shown, untilItRings, waysToAsk } from './call-house.ts';
import { create, makeUsers, person, withPeople } from './contact-house.ts';
import { settingsFor } from './house.ts';

vi.setConfig({ testTimeout: 60_000 });

const people = [served('1001')];
const number = '+442079460000';
/** Milliseconds that a call may be held, and what a busy machine adds to that. */
const HELD = 2000;
const MARGIN = 700;

describe.each(labVersions)('Calls on Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people, dialplan: servedOtherwise(people) });
  let ami: LabAmi;
  let daemon: Daemon;
  const logIn = withPeople(() => daemon);
  let ann: Phone;
  let trunk: Phone;

  beforeAll(async () => {
    ami = await openAmi(lab());
    daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
    await makeUsers(daemon, '1001');
    await daemon.start();
    ann = await openPhone(lab(), '1001', { behaviour: 'ring' });
    trunk = await openPhone(lab(), 'trunk', overTrunk);
  });
  afterAll(async () => {
    ami.close();
    await Promise.all([ann.close(), trunk.close()]);
    await daemon.dispose();
  });

  const numbers = waysToAsk.map(([, before]) => `${before}1001`);
  const nameOf = async (to: string) => (await shown(trunk, to, ann, { name: 'TRUNK', number }))?.name;
  const names = async () => [await nameOf('1001'), await nameOf('81001')];
  /** Calls on both ways at once. */
  async function held(): Promise<number[]> {
    trunk.shows = { name: 'TRUNK', number };
    return Promise.all(numbers.map((to) => untilItRings(trunk, to)));
  }
  /** Those of the called phone are not of interest where only the time is. */
  const forgetCalls = () => Promise.all(ann.calls.items.map(() => ann.calls.next()));

  test('show the name of a contact, and the caller’s own while the daemon is stopped', async () => {
    const client = await logIn('1001');
    await create(client, 'personal', person('Ada', number));
    await introduce(ami, daemon);
    expect(await names()).toEqual(['Ada', 'Ada']);
    await daemon.stop();
    const started = performance.now();
    expect(await names()).toEqual(['TRUNK', 'TRUNK']);
    expect(performance.now() - started).toBeLessThan(2 * MARGIN);
    await daemon.start();
    await introduce(ami, daemon);
    expect(await names()).toEqual(['Ada', 'Ada']);
  });

  test('ring within two seconds while the daemon is frozen, and show the name once it goes on', async () => {
    daemon.signal('SIGSTOP');
    const took = await held();
    daemon.signal('SIGCONT');
    expect(took.filter((one) => one > HELD + MARGIN)).toEqual([]);
    await forgetCalls();
    await expect.poll(names).toEqual(['Ada', 'Ada']);
  });

  test('ring at once when the daemon is killed in the middle of their question', async () => {
    daemon.signal('SIGSTOP');
    const asking = ami.next({ Event: 'Newexten', Context: 'rollcall-ask', Application: 'AGI' });
    const fetching = ami.next(
      ({ Context, AppData = '' }) => Context === 'rollcall-fetch' && AppData.includes('failurecodes'),
    );
    const ringing = held();
    await Promise.all([asking, fetching]);
    await daemon.kill();
    const took = await ringing;
    expect(took.filter((one) => one > HELD)).toEqual([]);
    await forgetCalls();
    await daemon.start();
    await introduce(ami, daemon);
    expect(await names()).toEqual(['Ada', 'Ada']);
  });

  test('ring within two seconds while thousands of silent peers hold the daemon’s listeners', async () => {
    const ports = await Promise.all(
      ['ROLLCALL_AGI', 'ROLLCALL_HTTP'].map(async (name) => Number(/:(\d+)(\/|$)/.exec(await ami.getvar(name))?.[1])),
    );
    const sockets = ports.flatMap((port) => Array.from({ length: 1500 }, () => silent(port)));
    await Promise.all(sockets.map((socket) => new Promise((done) => socket.once('connect', done).once('close', done))));
    const took = await held();
    for (const socket of sockets) socket.destroy();
    expect(took.filter((one) => one > HELD + MARGIN)).toEqual([]);
    await forgetCalls();
    await expect.poll(names).toEqual(['Ada', 'Ada']);
  });

  test('ring within two seconds when sixty come at once', async () => {
    trunk.shows = { name: 'TRUNK', number };
    const took = await Promise.all(Array.from({ length: 30 }, () => held()));
    expect(took.flat().filter((one) => one > HELD + 2 * MARGIN)).toEqual([]);
    await forgetCalls();
  });
});

function silent(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  return socket;
}
