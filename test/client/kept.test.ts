// A program that keeps its mirrors and its token over restarts, against a real daemon.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kept, Persistence } from '../../client/api.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, PASSWORD, person, settled, withPeople } from './house.ts';

let daemon: Daemon;
const meet = withPeople(() => daemon);

beforeAll(async () => {
  daemon = await prepareDaemon();
  await daemon.user('1000', PASSWORD, '--admin');
  await daemon.user('1001', PASSWORD);
  await daemon.start();
});
afterAll(() => daemon.dispose());

/** As a disk: what is read was written as text. */
class Disk implements Persistence {
  readonly files = new Map<string, string>();

  async load(): Promise<ReadonlyMap<string, Kept>> {
    return new Map([...this.files].map(([name, text]) => [name, JSON.parse(text) as Kept]));
  }

  async save(collection: string, kept: Kept | undefined): Promise<void> {
    if (kept) this.files.set(collection, JSON.stringify(kept));
    else this.files.delete(collection);
  }
}

const allow = (extension: string) => ({ who: { extension }, books: '*' as const, view: true, manage: true });

describe('a program that is started again', () => {
  test('has everything before it is connected and is told only what changed', async () => {
    const disk = new Disk();
    const url = `ws://127.0.0.1:${new URL(daemon.url).port}/ws`;
    const boss = await meet('1000');
    await boss.client.start();
    await boss.client.request('permissions.set', { rules: [allow('1001')] });
    const first = await meet('1001', { url, persistence: disk });
    await first.client.start();
    const [kept, altered, deleted] = [
      await create(first.client, 'company', person('Kept')),
      await create(first.client, 'company', person('Altered')),
      await create(first.client, 'company', person('Deleted')),
    ];
    await create(first.client, 'personal', person('Private'));
    first.client.close();
    const token = first.client.token() ?? '';
    await settled(() => disk.files.get('contacts:company')?.includes('Deleted'), 'kept');
    await boss.client.request('contacts.update', { id: altered.id, patch: { title: 'Dr' } });
    await boss.client.request('contacts.delete', { id: deleted.id });
    await daemon.restart();

    const second = await meet('', { url, persistence: disk, auth: { token } });
    const started = second.client.start();
    await settled(() => second.client.contacts.get(kept.id), 'what was kept');
    expect(second.client.state.kind).not.toBe('ready');
    expect(second.client.contacts.get(deleted.id)).toEqual(deleted);
    await started;
    expect(second.recorder.told.filter(([name]) => name !== 'pbx')).toEqual([
      ['contacts:company', altered.id, `-${deleted.id}`],
    ]);
    expect([second.client.contacts.get(deleted.id), second.client.contacts.get(altered.id)?.title]).toEqual([
      undefined,
      'Dr',
    ]);

    await settled(() => boss.client.state.kind === 'ready', 'the administrator is back');
    await boss.client.request('permissions.set', { rules: [] });
    await settled(() => second.client.mirror('contacts:company').state === 'gone', 'revoked');
    second.client.close();
    await settled(() => !disk.files.has('contacts:company'), 'erased');
    expect([...disk.files.keys()].sort()).toEqual([
      'books',
      'contacts:personal',
      'extensions',
      'favorites',
      'owner',
      'pbx',
      'presence',
    ]);

    const third = await meet('1000', { url, persistence: disk });
    await third.client.start();
    expect(third.client.contacts.books()).toContain('company');
    expect(third.recorder.told.every(([, what]) => what === 'whole')).toBe(true);
    await third.client.logOut();
    expect([...disk.files]).toEqual([]);
  });
});
