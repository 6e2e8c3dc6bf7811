// What a hostile contact, page or link may try against people who use the portal.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openVisitor } from './browser.ts';
import { enter, goTo, PASSWORD, shows, withHouse } from './house.ts';

const { house, logIn } = withHouse();

const EVIL = [
  '<img src=x onerror="globalThis.broken=1">',
  '"><script>globalThis.broken=1</script>',
  "javascript:globalThis.broken=1//'",
  '{{constructor.constructor("globalThis.broken=1")()}}',
  '<svg/onload=globalThis.broken=1>',
];

beforeEach(() =>
  house().boss.request('permissions.set', {
    rules: [{ who: { everyone: true }, books: '*', view: true, manage: true }],
  }),
);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A page of somebody else, on another origin. */
async function elsewhere(html: (portal: string) => string): Promise<string> {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(html(house().daemon.url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('The portal', () => {
  test('shows what people write as text, wherever it is shown, and runs none of it', async () => {
    const { boss } = house();
    for (const [i, text] of EVIL.entries()) {
      const contact = {
        ...{ firstName: text, lastName: text.slice(0, 40), company: text, title: text, remark: `${text}\n${text}` },
        numbers: [{ type: 'other', number: `0207946020${i}` }],
        emails: [{ type: 'work', address: `"${text.replace(/\s/g, '')}"@example.com` }],
        addresses: [{ type: 'work', street: text, city: text }],
      };
      await boss.request('contacts.create', { book: 'company', contact });
    }
    const { book } = await boss.request<{ book: { id: string } }>('books.create', { name: EVIL[0] });
    await boss.request('users.set', { id: '1777', name: EVIL[1], groups: [EVIL[4]?.slice(0, 40)] });
    await boss.request('presence.set', { extension: '1003', status: 'away', note: EVIL[0] });
    const { page } = await logIn('1000');
    await shows(page.getByText(EVIL[0] ?? '').first());
    await goTo(page, 'Contacts');
    await shows(page.getByRole('heading', { level: 1, name: 'All contacts' }));
    const listed = page.getByRole('list', { name: 'Contacts' }).getByRole('listitem');
    await shows(listed.nth(EVIL.length - 1));
    for (let i = 0; i < EVIL.length; i += 1) {
      await listed.nth(i).click();
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
      await page.locator('dialog[open]').getByRole('button', { name: 'Cancel' }).click();
    }
    for (const place of [
      'admin/permissions',
      'admin/books',
      'admin/users',
      'admin/visibility',
      'admin/presence',
      `contacts/${book.id}`,
    ]) {
      await page.goto(`${house().daemon.url}/#/${place}`);
      await shows(page.getByRole('heading', { level: 1 }));
    }
    for (const evil of EVIL) {
      await page.goto(`${house().daemon.url}/#/contacts/add?number=${encodeURIComponent(evil)}`);
      await shows(page.getByRole('heading').first());
      await page.goto(`${house().daemon.url}/#/contacts/${encodeURIComponent(evil)}`);
    }
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    await boss.request('books.delete', { id: book.id });
  });

  test('keeps its own policy even from itself: nothing inline, nothing from elsewhere, nothing evaluated', async () => {
    const { page, complaints } = await logIn('1001');
    const tried = await page.evaluate(async () => {
      const { document, fetch } = globalThis as unknown as {
        document: {
          createElement(name: string): { innerHTML: string; src: string; textContent: string };
          body: { append(node: object): void };
        };
        fetch(url: string): Promise<unknown>;
      };
      const attempts: Record<string, () => unknown> = {
        inline: () => {
          const script = document.createElement('script');
          script.textContent = 'globalThis.broken = 1';
          document.body.append(script);
        },
        html: () => {
          document.createElement('div').innerHTML = '<b>x</b>';
        },
        fetch: () => fetch('http://127.0.0.1:1/'),
      };
      const outcomes: Record<string, string> = {};
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          await attempt();
          outcomes[name] = 'went through';
        } catch {
          outcomes[name] = 'refused';
        }
      }
      return { ...outcomes, broken: 'broken' in globalThis };
    });
    expect(tried).toEqual({ inline: 'refused', html: 'refused', fetch: 'refused', broken: false });
    expect(complaints.length).toBeGreaterThan(0);
    complaints.length = 0;
  });

  test('cannot be put into a frame of another page', async () => {
    const visitor = await openVisitor();
    await visitor.page.goto(await elsewhere((portal) => `<iframe src="${portal}/"></iframe><p>bait</p>`));
    await shows(visitor.page.getByText('bait'));
    const [, frame] = visitor.page.frames();
    await frame?.waitForLoadState().catch(() => undefined);
    expect(
      await frame
        ?.locator('#app')
        .count()
        .catch(() => 0),
    ).toBe(0);
    expect(visitor.complaints.join('\n')).toMatch(/frame-ancestors/);
  });

  test('does nothing that a page of somebody else asks for, although its user is logged in', async () => {
    const { boss } = house();
    const { page, context } = await logIn('1000');
    await page.evaluate(() => undefined);
    const before = [...boss.items('users').keys()];
    const attack = await context.newPage();
    await attack.goto(
      await elsewhere(
        (portal) => `<form id="f" method="post" enctype="text/plain" action="${portal}/api/books/company/import">
          <input name="First Name,Mobile" value="Mallory,0777"></form>
          <script>
            const done = [];
            const go = (path, init) => fetch('${portal}' + path, { credentials: 'include', ...init }).then((r) => 'read ' + r.status, () => 'not read');
            Promise.all([
              go('/api/books/company/contacts.csv'),
              go('/api/books/company/import', { method: 'POST', body: 'First Name,Mobile\\nMallory,0777', headers: { 'content-type': 'text/plain' } }),
              go('/api/books/company/import', { method: 'POST', mode: 'no-cors', body: 'First Name,Mobile\\nMallory,0777' }),
              go('/api/session', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
              go('/api/imports'), go('/api/presence'),
            ]).then((all) => { document.title = all.join('|'); document.getElementById('f').submit(); });
          </script>`,
      ),
    );
    await attack.waitForURL(`${house().daemon.url}/api/books/company/import`);
    expect(await attack.locator('body').textContent()).toContain('a bearer token is needed');
    const { contacts } = await boss.request<{ contacts: object[] }>('contacts.search', { text: 'Mallory' });
    expect(contacts).toEqual([]);
    expect([...boss.items('users').keys()]).toEqual(before);
  });

  test('leaves nothing behind for the next one at the same browser', async () => {
    const { page, context } = await logIn('1001');
    await goTo(page, 'Account');
    await page.getByRole('button', { name: 'Log out', exact: true }).first().click();
    await shows(page.getByLabel('Password', { exact: true }));
    const kept = await page.evaluate(() => {
      const { localStorage, sessionStorage } = globalThis as unknown as Record<string, Record<string, string>>;
      return JSON.stringify([localStorage, sessionStorage]);
    });
    expect(kept).not.toMatch(/token/);
    expect(await context.cookies()).toEqual([]);
    await page.reload();
    await enter(page, '1002', PASSWORD);
    await shows(page.getByText('Ben Bitdiddle'));
  });
});
