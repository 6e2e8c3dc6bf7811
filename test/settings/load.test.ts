import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { DATABASE_URL } from '../../src/settings/database-url.ts';
import { SettingsError } from '../../src/settings/problems.ts';
import { file, problemsFrom, settingsFrom } from '../support/settings-from.ts';

const DEFAULTS = settingsFrom({}).settings;

describe('the settings file', () => {
  const port = (number: number) => `listen: { port: ${number} }`;
  const files = {
    '/named.yaml': port(1),
    '/from-env.yaml': port(2),
    '/home/rollcall/config/rollcall.yaml': port(3),
    '/etc/rollcall/rollcall.yaml': port(4),
  };
  const env = { ROLLCALL_CONFIG: '/from-env.yaml' };
  const here = { '/home/rollcall/config/rollcall.yaml': port(3) };
  const etc = { '/etc/rollcall/rollcall.yaml': port(4) };

  test.each([
    ['is the one named by --config', { config: '/named.yaml', env, files }, '/named.yaml', 1],
    ['is else the one named by ROLLCALL_CONFIG', { env, files }, '/from-env.yaml', 2],
    ['is else config/rollcall.yaml', { files: { ...here, ...etc } }, 'config/rollcall.yaml', 3],
    [
      'is also found when ROLLCALL_CONFIG is empty',
      { env: { ROLLCALL_CONFIG: '' }, files: here },
      'config/rollcall.yaml',
      3,
    ],
    ['is else /etc/rollcall/rollcall.yaml', { files: etc }, '/etc/rollcall/rollcall.yaml', 4],
    ['need not be there', {}, undefined, 8088],
  ])('%s', (_, given, source, number) => {
    const loaded = settingsFrom(given);
    expect([loaded.source, loaded.settings.listen.port]).toEqual([source, number]);
  });

  test.each([
    [{ config: '/none.yaml' }, '/none.yaml: cannot be read: there is no such file'],
    [{ env: { ROLLCALL_CONFIG: '/none.yaml' } }, '/none.yaml: cannot be read: there is no such file'],
    [{ config: '/etc', files: { '/etc': { code: 'EISDIR' } } }, '/etc: cannot be read: it is a folder'],
    [
      { files: { '/home/rollcall/config/rollcall.yaml': { code: 'EACCES' } } },
      'config/rollcall.yaml: cannot be read: it may not be read by this user',
    ],
    [{ config: '/x', files: { '/x': { code: 'EIO' } } }, '/x: cannot be read: EIO'],
  ])('that cannot be read ends the start: %j', (given, line) => {
    expect(problemsFrom(given)).toEqual([line]);
  });

  test('may be empty, hold only comments, or groups without a key', () => {
    for (const text of ['', '\n', '# nothing\n', '---\n', '\uFEFF# nothing\n', 'pbx:\nlisten:\n  tls:\n', '{}']) {
      expect(settingsFrom(file(text)).settings).toEqual(DEFAULTS);
    }
  });

  test('changes what it names and nothing else', () => {
    const { settings } = settingsFrom(
      file('pbx:\n  dnd: { poll: 5 }\nlisten:\n  origins: [https://desk.example.com]\n'),
    );
    expect(settings).toEqual({
      ...DEFAULTS,
      listen: { ...DEFAULTS.listen, origins: ['https://desk.example.com'] },
      pbx: { ...DEFAULTS.pbx, dnd: { ...DEFAULTS.pbx.dnd, poll: 5 } },
    });
  });

  test('gives text as it is written where text is wanted', () => {
    const { settings } = settingsFrom(
      file(
        'pbx: { ami: { secret: 0123, username: 4711 } }\nclients: { minimum: { ios: 2.10, mac: unsupported, web: 1 } }\n',
      ),
    );
    expect(settings.pbx.ami.secret.reveal()).toBe('0123');
    expect(settings.pbx.ami.username).toBe('4711');
    expect(settings.clients.minimum).toEqual({
      ...DEFAULTS.clients.minimum,
      ios: '2.10',
      mac: 'unsupported',
      web: '1',
    });
  });

  test('may use anchors', () => {
    const { settings } = settingsFrom(
      file('listen: { host: &host 0.0.0.0 }\nlookup:\n  http: &l { host: *host, port: 1 }\n  agi: *l\n'),
    );
    expect(settings.lookup.agi).toEqual({ host: '0.0.0.0', port: 1 });
  });

  test('turns HTTPS on with both paths', () => {
    const named = file('listen: { tls: { cert: /c.pem, key: /k.pem } }');
    const { settings } = settingsFrom({ ...named, files: { ...named.files, '/c.pem': 'chain', '/k.pem': 'key' } });
    expect(settings.listen.tls).toEqual({ cert: '/c.pem', key: '/k.pem' });
    expect('tls' in DEFAULTS.listen).toBe(false);
  });
});

describe('what is wrong', () => {
  test('is a certificate or key that is not there, at its place', () => {
    const named = file('listen:\n  tls:\n    cert: /c.pem\n    key: /k.pem\n');
    const files = { ...named.files, '/k.pem': { code: 'EACCES' } };
    expect(problemsFrom({ ...named, files })).toEqual([
      '/rollcall.yaml:3:11 listen.tls.cert: /c.pem cannot be read: there is no such file',
      '/rollcall.yaml:4:10 listen.tls.key: /k.pem cannot be read: it may not be read by this user',
    ]);
  });

  test('is said all at once, each with its place and its key, in the order of the file', () => {
    const text = `listen:
  prot: 8088
  port: 70000
  trustedProxies: [10.0.0.0/8, 10.0.0.0/33]
pbx:
  ami:
    secret: "line
      feed\\n"
    port: eighty
  dnd:
    poll: 4
log: loud
host: localhost
`;
    const env = { ROLLCALL_LOOKUP_LASTDIGITS: 'seven', ROLLCALL_LISTN_PORT: '1' };
    expect(problemsFrom({ ...file(text), env })).toEqual([
      '/rollcall.yaml:2:3 listen.prot: unknown key; did you mean port?',
      '/rollcall.yaml:3:9 listen.port: must be a whole number from 0 to 65535',
      '/rollcall.yaml:4:32 listen.trustedProxies.1: must be an address or a network such as 10.0.0.0/8',
      '/rollcall.yaml:7:13 pbx.ami.secret: must be text of at most 256 characters on one line',
      '/rollcall.yaml:9:11 pbx.ami.port: must be a whole number from 1 to 65535',
      '/rollcall.yaml:11:11 pbx.dnd.poll: must be a whole number from 5 to 3600',
      '/rollcall.yaml:12:6 log: must hold keys: level',
      '/rollcall.yaml:13:1 host: unknown key; did you mean listen.host?',
      'ROLLCALL_LISTN_PORT: unknown setting; did you mean ROLLCALL_LISTEN_PORT?',
      'ROLLCALL_LOOKUP_LASTDIGITS: must be a whole number from 0 to 15',
    ]);
  });

  test.each([
    ['aaa: 1\naaa: 2', '/rollcall.yaml:2:1: this key stands here twice', 'a key twice that is none'],
    ['log: {level: info}\nlog: {level: warn}', '/rollcall.yaml:2:1 log: this key stands here twice', 'a key twice'],
    [
      'pbx:\n  ami: {secret: "hunter2}',
      '/rollcall.yaml:2:26: not YAML: a quote, bracket or comma is missing',
      'an open quote',
    ],
    ['pbx:\n\tami: {}', '/rollcall.yaml:2:1: not YAML: tabs cannot indent; use spaces', 'a tab'],
    [
      'pbx: {}\n---\nlog: {}',
      '/rollcall.yaml:2:1: not YAML: only one document can be in the file; remove the line with ---',
      'two documents',
    ],
    ['- listen', '/rollcall.yaml:1:1: must hold keys, such as listen and pbx', 'a list'],
    ['hunter2', '/rollcall.yaml:1:1: must hold keys, such as listen and pbx', 'a word'],
    [
      'pbx: { ami: { secret: [hunter2] } }',
      '/rollcall.yaml:1:23 pbx.ami.secret: must be text of at most 256 characters on one line',
      'a list for text',
    ],
    [
      'pbx: { ami: { secret: } }',
      '/rollcall.yaml:1:15 pbx.ami.secret: must be text of at most 256 characters on one line',
      'nothing for text',
    ],
    ['listen: { origins: https://a.example }', '/rollcall.yaml:1:20 listen.origins: must be a list', 'text for a list'],
    ['listen: { tls: { cert: /c.pem } }', '/rollcall.yaml:1:11 listen.tls: needs both, cert and key', 'half of TLS'],
    [
      'store: { kind: postgres }',
      '/rollcall.yaml:1:1 store.url: is needed with kind: postgres, such as postgres://user:password@host/database',
      'no URL',
    ],
    [
      'store: { kind: postgres, url: "rollcall:pw@host/db" }',
      `/rollcall.yaml:1:31 store.url: must be ${DATABASE_URL}`,
      'no URL of a database',
    ],
    ['__proto__: { polluted: 1 }', '/rollcall.yaml:1:1 __proto__: unknown key', 'a prototype'],
    ['constructor: 1', '/rollcall.yaml:1:1 constructor: unknown key', 'a constructor'],
    ['? [a, b]\n: 1', '/rollcall.yaml:1:3 ?: unknown key', 'a key that is a list'],
    ['pbx: *nowhere', '/rollcall.yaml:1:6: not YAML: an alias without its anchor', 'an alias of nothing'],
  ])('is found in %j', (text, first) => {
    expect(problemsFrom(file(text))[0]).toBe(first);
  });

  test.each<[string, string, readonly string[]]>([
    ['data', 'must be the path of a folder', ['""', '"a\\0b"']],
    ['store.kind', 'must be one of files, postgres', ['lowdb', '1']],
    ['store.url', `must be ${DATABASE_URL}`, ['mysql://x/y', 'x']],
    ['calls.records.url', `must be ${DATABASE_URL}`, ['mysql://x/y', 'postgres://a:b@c@d/e']],
    ['listen.host', 'must be an address or a host name', ['""', 'a b', '"http://x"', '[]']],
    ['listen.port', 'must be a whole number from 0 to 65535', ['-1', '65536', '80.5', '"80"', 'true', '.nan']],
    [
      'listen.origins.0',
      'must be an origin such as https://phones.example.com',
      ['[https://a.example/x]', '[example.com]', '["null"]', '[1]'],
    ],
    [
      'lookup.country',
      'must be a country in two capitals as of ISO 3166, such as GB',
      ['gb', 'GBR', '44', 'UK', 'XX', '__proto__'],
    ],
    ['lookup.order', 'must name at least one directory', ['[]']],
    ['lookup.order', 'must name each directory once', ['[company, company]']],
    ['lookup.order.1', 'must be one of extension, personal, company', ['[company, contacts]']],
    [
      'lookup.token',
      'must be 16 to 128 letters, digits and - _, or empty',
      ['fifteen-letters', `"${'x'.repeat(129)}"`, '"sixteen-letters&"', '[]'],
    ],
    [
      'lookup.mirror',
      'must be a family of the Asterisk database, such as cidname, or empty',
      ['"cid name"', 'cid/name', `"${'x'.repeat(65)}"`],
    ],
    ['pbx.ami.port', 'must be a whole number from 1 to 65535', ['0']],
    ['pbx.ami.username', 'must be a name of 1 to 80 characters on one line', ['""', '"a\\r\\nb"']],
    ['pbx.extensions.contexts.0', 'must be the name of a dialplan context', ['["a b"]', '[""]', '["[x]"]']],
    [
      'pbx.extensions.pattern',
      'must not repeat a group that itself holds a repetition or alternatives',
      ['"^([0-9]+)+$"'],
    ],
    ['pbx.extensions.pattern', 'is no regular expression: look at its brackets and backslashes', ['"^[0-9$"']],
    [
      'pbx.presence',
      'must be a presence state with {extension} in it, such as CustomPresence:{extension}',
      ['CustomPresence:1001', '"{extension}"', '"CustomPresence:{extension},x"'],
    ],
    [
      'pbx.dnd.device',
      'must be a custom device with {extension} in it, such as Custom:DND{extension}',
      ['Custom:DND', '"PJSIP/{extension}"'],
    ],
    ['pbx.dnd.family', 'must be a family of the Asterisk database, such as DND', ['""', '"D N D"', '/DND']],
    ['pbx.dnd.poll', 'must be a whole number from 5 to 3600', ['4', '3601', '"30"']],
    ['clients.minimum.ios', 'must be a version such as 2.9.10, or unsupported', ['none', '2.9.x', '""']],
    ['log.level', 'must be one of fatal, error, warn, info, debug, trace', ['loud', 'INFO']],
  ])('is a wrong value of %s', (key, must, values) => {
    const path = key.replace(/\.\d+$/, '').split('.');
    for (const value of values) {
      const text = path.map((part, depth) => `${'  '.repeat(depth)}${part}:`).join('\n');
      const [line, ...more] = problemsFrom(file(`${text} ${value}\n`));
      expect([line?.replace(/^\S+ /, ''), more]).toEqual([`${key}: ${must}`, []]);
    }
  });

  test('never shows a secret, neither in what is said nor in the error', () => {
    const secret = 'hunter2-of-the-pbx';
    const texts = [
      `pbx: { ami: { secret: "${secret}\\n" } }`,
      `pbx: { ami: { secret: [${secret}] } }`,
      `pbx: { ami: { secret: "${secret} } }`,
      `pbx:\n  ami:\n    secret: ${secret}\n   port: 1`,
      `pbx: { ami: { secret: { value: ${secret} } } }`,
      `store: { url: "mysql://rollcall:${secret}@db/x" }`,
      `pbx: { ami: { secret: !!int ${secret} } }`,
      `lookup: { token: "${secret}&" }`,
    ];
    for (const text of texts) expect(problemsFrom(file(text)).join('\n')).not.toContain(secret);
    const env = { ROLLCALL_PBX_AMI_SECRET: `${secret}\r\nAction: Command`, ROLLCALL_STORE_URL: secret };
    expect(problemsFrom({ env })).toEqual([
      `ROLLCALL_STORE_URL: must be ${DATABASE_URL}`,
      'ROLLCALL_PBX_AMI_SECRET: must be text of at most 256 characters on one line',
    ]);
  });

  test('is an error whose message holds one line for each', () => {
    const read = () => settingsFrom(file('a: 1\nb: 2'));
    expect(read).toThrow(SettingsError);
    expect(read).toThrow('/rollcall.yaml:1:1 a: unknown key\n/rollcall.yaml:2:1 b: unknown key');
  });
});

test('a secret that is printed, logged or turned into JSON does not show', () => {
  const { settings } = settingsFrom({ env: { ROLLCALL_PBX_AMI_SECRET: 'hunter2' } });
  const { secret } = settings.pbx.ami;
  const seen = [
    inspect(settings, { depth: 9 }),
    JSON.stringify(settings),
    String(secret),
    `${secret}`,
    Object.values(secret).join(),
  ];
  expect(seen.filter((text) => text.includes('hunter2'))).toEqual([]);
  expect(secret.reveal()).toBe('hunter2');
});

describe('a site', () => {
  test.each([
    ['site: { name: berlin, prefix: "30" }', { name: 'berlin', prefix: '30' }],
    ['site: { name: Site-1_b }', { name: 'Site-1_b', prefix: '' }],
    ['', { name: '', prefix: '' }],
  ])('is told by %s', (text, site) => {
    expect(settingsFrom(file(text)).settings.site).toEqual(site);
  });

  test.each([
    ['site: { prefix: "30" }', 'site.name: is needed with a prefix'],
    ['site: { name: pbx }', 'site.name: must be letters, digits, - or _, such as berlin, and not pbx'],
    ['site: { name: a b }', 'site.name: must be letters, digits, - or _, such as berlin, and not pbx'],
    ['site: { name: a, prefix: "+3" }', 'site.prefix: must be at most 4 digits'],
    ['site: { name: a, prefix: "12345" }', 'site.prefix: must be at most 4 digits'],
  ])('is refused as %s', (text, problem) => {
    expect(problemsFrom(file(text)).join()).toContain(problem);
  });
});
