// Chat as people use it: between clients, with phones that speak SIP MESSAGE, and never for anybody else.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { LabExtension } from '../lab/asterisk.ts';
import { labVersions, withAsterisk, withPhones } from '../lab/with-asterisk.ts';
import { type Client, RpcError } from '../support/client.ts';
import type { Item } from '../support/client-mirrors.ts';
import { withCallers } from './calls-house.ts';
import { settingsFor, watchers, withDaemon } from './house.ts';

const people: readonly LabExtension[] = [
  { number: '2201', name: 'Ann' },
  { number: '2202', name: 'Ben' },
  { number: '2203', name: 'Cem' },
];
const users = people.map(({ number }) => number);

/** The messages of a client, the oldest first, without what differs from run to run. */
function messages(client: Client): object[] {
  const items = [...client.items('messages').values()].sort((a, b) => (String(a['at']) < String(b['at']) ? -1 : 1));
  return items.map(({ id: _, at: __, delivered, read, ...rest }) => ({
    ...rest,
    state: read ? 'read' : delivered ? 'delivered' : 'sent',
  }));
}

const send = (from: Client, to: string, text: string, id?: string): Promise<{ message: Item }> =>
  from.request('messages.send', { to, text, ...(id === undefined ? {} : { id }) });

describe.each(labVersions)('Chat beside Asterisk %s', (version) => {
  const lab = withAsterisk({ version, extensions: people });
  const plugIn = withPhones(lab);
  const daemon = withDaemon(() => settingsFor(lab(), 'daemon'), users);
  const logIn = withCallers(daemon);

  const marker = `a secret of ${randomUUID()}`;

  test('R54: what one writes the other has at once, and the first sees that it is read', async () => {
    const [ann, ben] = await Promise.all([logIn('2201'), logIn('2202')]);
    const { message } = await send(ann, '2202', `Lunch? ${marker}`);
    expect(message).toMatchObject({ with: '2202', from: '2201', text: `Lunch? ${marker}` });
    expect(ann.item('messages', message.id)).toBeDefined();
    await ben.until((one) => one.item('messages', message.id) !== undefined, 'the message');
    expect(ben.item('messages', message.id)).toMatchObject({ with: '2201', from: '2201', text: `Lunch? ${marker}` });
    await ann.until((one) => one.item('messages', message.id)?.['delivered'] !== undefined, 'a delivered message');
    expect(messages(ann)).toEqual([{ with: '2202', from: '2201', text: `Lunch? ${marker}`, state: 'delivered' }]);
    await ben.request('messages.read', { with: '2201', upTo: message.id });
    await ann.until((one) => one.item('messages', message.id)?.['read'] !== undefined, 'a message that is read');
    const back = await send(ben, '2201', 'Yes!');
    await ann.until((one) => one.item('messages', back.message.id) !== undefined, 'the answer');
  });

  test('sent again with the same id it is one message; the id of another message is refused', async () => {
    const [ann, ben] = await Promise.all([logIn('2201'), logIn('2202')]);
    const before = ben.items('messages').size;
    const id = randomUUID();
    const first = await send(ann, '2202', 'once', id);
    expect((await send(ann, '2202', 'once', id)).message.id).toBe(first.message.id);
    await expect(send(ben, '2201', 'mine', id)).rejects.toMatchObject({ code: 409 });
    await send(ann, '2202', 'and more');
    await ben.until((one) => one.items('messages').size === before + 2, 'two messages more');
  });

  test('a third user, an administrator and the log never hold a byte of it', async () => {
    const [cem, admin] = await Promise.all([logIn('2203'), logIn(watchers[0])]);
    const [ann, ben] = await Promise.all([logIn('2201'), logIn('2202')]);
    const { message } = await send(ann, '2202', marker);
    await ben.until((one) => one.item('messages', message.id) !== undefined, 'the message');
    await ben.request('messages.read', { with: '2201', upTo: message.id });
    // What follows is told after what went before.
    await send(ann, '2203', 'for Cem');
    await cem.until((one) => one.items('messages').size === 1, 'the message to Cem');
    const strangers = [cem, admin].map((one) => JSON.stringify(one.messages)).join();
    expect([strangers.includes(marker), strangers.includes(message.id)]).toEqual([false, false]);
    expect(messages(admin)).toEqual([]);
    expect(JSON.stringify(daemon().logs)).not.toContain('secret of');
    await expect(cem.request('messages.read', { with: '2201', upTo: message.id })).rejects.toMatchObject({ code: 404 });
  });

  test('answered, it survives kill -9; and nothing is written to whom one does not see', async () => {
    const [ann, ben] = await Promise.all([logIn('2201'), logIn('2202')]);
    const sent = await Promise.all(Array.from({ length: 20 }, (_, n) => send(ann, '2202', `before the end ${n}`)));
    await daemon().kill();
    await daemon().start();
    const [annAgain, benAgain] = await Promise.all([logIn('', ann), logIn('', ben)]);
    for (const { message } of sent) {
      await benAgain.until((one) => one.item('messages', message.id) !== undefined, 'a message of before');
      expect(annAgain.item('messages', message.id)).toMatchObject({ text: message['text'] });
    }
    const admin = await logIn(watchers[0]);
    await admin.request('visibility.set', {
      rules: [{ who: { extension: '2202' }, whom: { extension: '2201' }, see: false }],
    });
    for (const [from, to] of [
      [annAgain, '2202'],
      [benAgain, '2201'],
      [annAgain, '7777'],
      [annAgain, '2201'],
    ] as const) {
      const refusal = await send(from, to, 'hello').catch((error: unknown) => error);
      expect(refusal instanceof RpcError && refusal.code).toBe(404);
    }
    await admin.request('visibility.set', { rules: [] });
  });

  test('a phone takes part: it gets what is written to it, and what it writes arrives', async () => {
    const ann = await logIn('2201');
    const phone = await plugIn('2202');
    const text = 'Grüße an die Küche 🍲';
    const { message } = await send(ann, '2202', text);
    const got = await phone.texts.next();
    expect(got.body).toBe(text);
    await ann.until((one) => one.item('messages', message.id)?.['delivered'] !== undefined, 'a delivered message');
    expect(await phone.text('2201', 'Danke, bis später – Ben')).toBe(202);
    await ann.until(
      (one) => [...one.items('messages').values()].some((item) => item['text'] === 'Danke, bis später – Ben'),
      'what was written at the phone',
    );
    const [answer] = [...ann.items('messages').values()].filter((item) => item['text'] === 'Danke, bis später – Ben');
    expect(answer).toMatchObject({ with: '2202', from: '2202' });
  });
});
