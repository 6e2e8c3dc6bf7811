// Line breaks in whatever a client can say: none of them becomes a line of AMI.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS } from '../../src/protocol/methods.ts';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { readFamily } from '../lab/astdb.ts';
import { labVersions, withAsterisk } from '../lab/with-asterisk.ts';
import { connect, RpcError } from '../support/client.ts';
import { EVERYTHING, settingsFor, settlesAt, watchers, withClients, withDaemon } from './house.ts';
import { Recorder } from './recorder.ts';

describe.each(labVersions)('Line breaks in values, beside Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: [{ number: '2001' }, { number: '2002' }] });
  let recorder: Recorder;
  let admin: LabAmi;
  beforeAll(async () => {
    recorder = await Recorder.to(lab().amiPort);
    admin = await openAmi(lab());
  });
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon', recorder.port), ['2001', '2002']);
  const logIn = withClients(daemon);
  afterAll(() => {
    admin.close();
    recorder.close();
  });

  const evil = 'x\r\n\r\nAction: DBPut\r\nFamily: INJECTED\r\nKey: k\r\nVal: v\r\n\r\n\0\n\nEvent: y';
  const short = '1\r\nAction: X';
  const client = { platform: 'sdk', version: '1', name: 'n' };
  const auth = { login: '2001', password: 'correct horse' };
  const spoilt: Readonly<Record<keyof typeof METHODS, readonly object[]>> = {
    'session.open': [
      { client: { ...client, platform: evil }, auth },
      { client: { ...client, version: evil.slice(0, 64) }, auth },
      { client: { ...client, name: evil.slice(0, 127) }, auth },
      { client, auth: { ...auth, login: evil } },
      { client, auth: { ...auth, password: evil } },
      { client, auth: { token: evil } },
    ],
    'session.renew': [{ [evil]: evil }],
    'session.close': [{ [evil]: evil }],
    'session.list': [{ [evil]: evil }],
    'session.revoke': [{ id: evil.slice(0, 64) }],
    'session.ping': [{ [evil]: evil }],
    'sync.open': [{ collections: [evil, 'presence'], cursors: { [evil]: evil, presence: evil } }],
    'presence.set': [
      { status: 'lunch', note: evil },
      { status: 'away', note: `${'\r\n'.repeat(90)}end` },
      { status: 'do_not_disturb', note: evil },
      { status: evil },
      { status: 'lunch', until: evil },
      { status: 'lunch', extension: short },
      { status: 'available' },
    ],
    'users.set': [
      { id: short, name: evil },
      { id: '2001', name: evil },
      { id: '2001', email: evil },
      { id: '2001', email: 'a@b.example\r\nAction: X' },
      { id: '2001', mobile: evil },
      { id: '2001', groups: [evil, 'ok'] },
      { id: '2002', password: evil },
      { id: '2002', password: 'correct horse' },
    ],
    'contacts.create': [
      { book: evil, contact: { firstName: 'A', numbers: [{ type: 'home', number: '1' }] } },
      { book: 'personal', contact: { firstName: 'A', remark: evil, numbers: [{ type: 'home', number: '1' }] } },
      { book: 'personal', contact: { firstName: evil, numbers: [{ type: 'home', number: evil }] } },
    ],
    'contacts.update': [{ id: evil, patch: { [evil]: evil } }],
    'contacts.addNumber': [{ id: evil, type: 'home', number: evil }],
    'contacts.move': [{ id: evil, book: evil }],
    'contacts.delete': [{ id: evil }, { ids: [evil] }],
    'contacts.search': [{ text: evil }, { text: 'a', books: [evil] }],
    'lookup.number': [{ number: evil.slice(0, 64) }, { number: '1001', explain: evil }],
    'favorites.add': [{ id: `extension:${short}` }],
    'favorites.remove': [{ id: `extension:${short}` }],
    'calls.dial': [{ number: evil.slice(0, 64) }, { number: short }],
    'messages.send': [
      { to: short, text: evil },
      { to: '2002', text: evil },
    ],
    'messages.read': [{ with: short, upTo: evil.slice(0, 64) }],
    'books.create': [{ name: evil }],
    'books.rename': [{ id: 'company', name: evil }],
    'books.delete': [{ id: evil }],
    'permissions.set': [{ rules: [{ who: { group: evil }, books: [evil], view: true, manage: true }] }],
    'visibility.set': [{ rules: [{ who: { group: evil }, whom: { group: evil }, see: true }] }],
  };

  test('no value of any method makes a line of AMI', async () => {
    expect(Object.keys(spoilt).sort()).toEqual(Object.keys(METHODS).sort());
    const first = await logIn(watchers[0]);
    for (const params of spoilt['session.open']) {
      const one = await connect(daemon().url);
      await one.request('session.open', params).catch(() => undefined); // whatever the answer is
      await one.request('presence.set', { status: 'away', note: evil }).catch(() => undefined);
      one.cut();
    }
    for (const [method, all] of Object.entries(spoilt)) {
      for (const params of all) {
        if (method === 'session.open' || method === 'session.close') continue;
        await first
          .request(method, { ...params, ...(method === 'presence.set' ? { extension: '2001', ...params } : {}) })
          .catch((error: unknown) => expect(error).toBeInstanceOf(RpcError));
      }
    }
    first.send(
      JSON.stringify({ jsonrpc: '2.0', id: evil, method: `${evil}presence.set`, params: { status: 'lunch' } }),
    );
    await first.sync(EVERYTHING);
    await fetch(`${daemon().url}/api/session`, {
      method: 'POST',
      body: JSON.stringify({ login: evil, password: evil }),
    });
    await daemon().run(
      'user',
      'set',
      '2001',
      '--name',
      evil.replaceAll('\0', ''),
      '--group',
      evil.replaceAll('\0', ''),
    );
    await daemon().run('presence', 'set', '2001', 'lunch', '--note', evil.replaceAll('\0', ''));
    await first.until(() => first.item('presence', '2001')?.['status'] === 'lunch', 'the last status');
    const plain = 'x Action: DBPut Family: INJECTED Key: k Val: v Event: y';
    await settlesAt(() => admin.getvar('PRESENCE_STATE(CustomPresence:2001,message)'), plain);
    await first.request('presence.set', { extension: '2001', status: 'available' });
    expect(await readFamily(lab(), 'INJECTED')).toEqual({});
    expectOnlyOurs(recorder.text);
  });
});

/** Every message that left is an action that the daemon knows, in lines of its own. */
function expectOnlyOurs(text: string): void {
  const actions = text.split('\r\n\r\n').slice(0, -1);
  const names = new Set(actions.map((action) => /(?:^|\r\n)action: (.*)/i.exec(action)?.[1]));
  const known =
    'login events ping listcommands extensionstatelist devicestatelist presencestatelist dbgettree dbget getvar setvar ' +
    'originate voicemailuserslist coreshowchannels messagesend';
  const others = [...names].filter((name) => !known.split(' ').includes(name?.toLowerCase() ?? ''));
  expect(others).toEqual([]);
  const keys = new Set(
    actions.flatMap((action) => action.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase())),
  );
  const expected =
    'action actionid application async channel eventmask event events family key secret timeout username value variable ' +
    'channelid context exten priority to destination from base64body';
  expect([...keys].filter((key) => !expected.split(' ').includes(key))).toEqual([]);
  expect(actions.filter((action) => /\n\n|\r\r|[^\r]\n|\r[^\n]|\0/.test(action))).toEqual([]);
  expect(actions.filter((action) => action.includes('INJECTED'))).toEqual([]);
}
