import { describe, expect, test } from 'vitest';
import { KEYS } from '../../src/settings/keys.ts';
import { file, problemsFrom, settingsFrom } from '../support/settings-from.ts';

describe('a variable', () => {
  test('is there for every key', () => {
    expect(KEYS.map((key) => key.variables.join(' '))).toMatchInlineSnapshot(`
      [
        "ROLLCALL_DATA",
        "ROLLCALL_STORE_KIND",
        "ROLLCALL_STORE_URL",
        "ROLLCALL_STORE_CONNECTIONS",
        "ROLLCALL_SITE_NAME",
        "ROLLCALL_SITE_PREFIX",
        "ROLLCALL_LISTEN_HOST",
        "ROLLCALL_LISTEN_PORT",
        "ROLLCALL_LISTEN_TLS_CERT",
        "ROLLCALL_LISTEN_TLS_KEY",
        "ROLLCALL_LISTEN_ORIGINS",
        "ROLLCALL_LISTEN_TRUSTEDPROXIES ROLLCALL_LISTEN_TRUSTED_PROXIES",
        "ROLLCALL_LOOKUP_HTTP_HOST",
        "ROLLCALL_LOOKUP_HTTP_PORT",
        "ROLLCALL_LOOKUP_AGI_HOST",
        "ROLLCALL_LOOKUP_AGI_PORT",
        "ROLLCALL_LOOKUP_COUNTRY",
        "ROLLCALL_LOOKUP_ORDER",
        "ROLLCALL_LOOKUP_LASTDIGITS ROLLCALL_LOOKUP_LAST_DIGITS",
        "ROLLCALL_LOOKUP_OUTSIDELINE ROLLCALL_LOOKUP_OUTSIDE_LINE",
        "ROLLCALL_LOOKUP_TOKEN",
        "ROLLCALL_LOOKUP_MIRROR",
        "ROLLCALL_PBX_AMI_HOST",
        "ROLLCALL_PBX_AMI_PORT",
        "ROLLCALL_PBX_AMI_USERNAME",
        "ROLLCALL_PBX_AMI_SECRET",
        "ROLLCALL_PBX_EXTENSIONS_CONTEXTS",
        "ROLLCALL_PBX_EXTENSIONS_PATTERN",
        "ROLLCALL_PBX_PRESENCE",
        "ROLLCALL_PBX_DND_FAMILY",
        "ROLLCALL_PBX_DND_DEVICE",
        "ROLLCALL_PBX_DND_POLL",
        "ROLLCALL_CALLS_HISTORY_COUNT",
        "ROLLCALL_CALLS_HISTORY_DAYS",
        "ROLLCALL_CALLS_DIAL_CONTEXT",
        "ROLLCALL_CALLS_DIAL_ALLOW",
        "ROLLCALL_CALLS_DIAL_DENY",
        "ROLLCALL_CALLS_DIAL_PLUS",
        "ROLLCALL_CALLS_DIAL_RING",
        "ROLLCALL_CALLS_DIAL_PERMINUTE ROLLCALL_CALLS_DIAL_PER_MINUTE",
        "ROLLCALL_CALLS_RECORDS_CSV",
        "ROLLCALL_CALLS_RECORDS_URL",
        "ROLLCALL_CALLS_RECORDS_TABLE",
        "ROLLCALL_CALLS_RECORDS_UTC",
        "ROLLCALL_MESSAGES_COUNT",
        "ROLLCALL_MESSAGES_DAYS",
        "ROLLCALL_MESSAGES_SIP",
        "ROLLCALL_MESSAGES_DOMAIN",
        "ROLLCALL_CLIENTS_MINIMUM_ANDROID",
        "ROLLCALL_CLIENTS_MINIMUM_IOS",
        "ROLLCALL_CLIENTS_MINIMUM_MAC",
        "ROLLCALL_CLIENTS_MINIMUM_WINDOWS",
        "ROLLCALL_CLIENTS_MINIMUM_WEB",
        "ROLLCALL_CLIENTS_MINIMUM_DESK",
        "ROLLCALL_CLIENTS_MINIMUM_SDK",
        "ROLLCALL_CLIENTS_MINIMUM_OTHER",
        "ROLLCALL_LOG_LEVEL",
      ]
    `);
  });

  test('counts before the file', () => {
    const { settings } = settingsFrom({
      ...file('listen: { port: none, host: 0.0.0.0 }'),
      env: { ROLLCALL_LISTEN_PORT: ' 9000 ' },
    });
    expect([settings.listen.host, settings.listen.port]).toEqual(['0.0.0.0', 9000]);
  });

  test.each([
    ['extension,company', ['extension', 'company']],
    [' company , personal ,', ['company', 'personal']],
    ['[company, "personal"]', ['company', 'personal']],
  ])('takes %j for a list', (text, order) => {
    expect(settingsFrom({ env: { ROLLCALL_LOOKUP_ORDER: text } }).settings.lookup.order).toEqual(order);
  });

  test('takes nothing for an empty list', () => {
    const given = { ...file('listen: { origins: [https://a.example] }'), env: { ROLLCALL_LISTEN_ORIGINS: '' } };
    expect(settingsFrom(given).settings.listen.origins).toEqual([]);
  });

  test.each(['[company', '[*company]', '[[company]]', '{company: 1}'])('refuses %j for a list', (text) => {
    const [line] = problemsFrom({ env: { ROLLCALL_LOOKUP_ORDER: text } });
    expect(line).toMatch(/^ROLLCALL_LOOKUP_ORDER: must be (a list|one of extension, personal, company)$/);
  });

  test('of a key with a capital may be written with a line between the words', () => {
    expect(settingsFrom({ env: { ROLLCALL_LOOKUP_LAST_DIGITS: '9' } }).settings.lookup.lastDigits).toBe(9);
    expect(settingsFrom({ env: { ROLLCALL_LOOKUP_LASTDIGITS: '9' } }).settings.lookup.lastDigits).toBe(9);
    expect(problemsFrom({ env: { ROLLCALL_LOOKUP_LASTDIGITS: '9', ROLLCALL_LOOKUP_LAST_DIGITS: '9' } })).toEqual([
      'ROLLCALL_LOOKUP_LAST_DIGITS: is the same setting as ROLLCALL_LOOKUP_LASTDIGITS; keep one of them',
    ]);
  });

  test.each([
    ['ROLLCALL_LISTN_PORT', 'unknown setting; did you mean ROLLCALL_LISTEN_PORT?'],
    ['ROLLCALL_PBX_AMI', 'unknown setting; one below it is ROLLCALL_PBX_AMI_HOST'],
    ['ROLLCALL_PBX_AMI_SECERT_FILE', 'unknown setting; did you mean ROLLCALL_PBX_AMI_SECRET?'],
    ['ROLLCALL_CONFIGS', 'unknown setting; did you mean ROLLCALL_CONFIG?'],
    ['ROLLCALL_', 'unknown setting'],
    ['ROLLCALL_SOMETHING_ELSE', 'unknown setting'],
    ['ROLLCALL_PORT', 'unknown setting'],
  ])('that is no setting is refused: %s', (name, what) => {
    expect(problemsFrom({ env: { [name]: '1' } })).toEqual([`${name}: ${what}`]);
  });

  test('of another program, or that a container platform adds for a service of this name, is none of ours', () => {
    const env = {
      PATH: '/bin',
      rollcall_x: '1',
      ROLLCALL_SERVICE_HOST: '10.0.0.1',
      ROLLCALL_SERVICE_PORT_HTTP: '80',
      ROLLCALL_PORT: 'tcp://10.0.0.1:80',
      ROLLCALL_PORT_80_TCP_ADDR: '10.0.0.1',
    };
    expect(settingsFrom({ env })).toEqual(settingsFrom({}));
  });
});

describe('a variable that ends in _FILE', () => {
  const env = { ROLLCALL_PBX_AMI_SECRET_FILE: '/run/secret' };

  test.each([
    ['hunter2', 'hunter2'],
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    [' hunter2 ', ' hunter2 '],
    ['', ''],
  ])('gives what the file holds, without the last line end: %j', (text, secret) => {
    expect(settingsFrom({ env, files: { '/run/secret': text } }).settings.pbx.ami.secret.reveal()).toBe(secret);
  });

  test('works for every kind of value', () => {
    const files = { '/run/port': '9000\n', '/run/order': 'company\n' };
    const { settings } = settingsFrom({
      env: { ROLLCALL_LISTEN_PORT_FILE: '/run/port', ROLLCALL_LOOKUP_ORDER_FILE: '/run/order' },
      files,
    });
    expect([settings.listen.port, settings.lookup.order]).toEqual([9000, ['company']]);
  });

  test.each([
    [{}, 'cannot read /run/secret: there is no such file'],
    [{ '/run/secret': { code: 'EACCES' } }, 'cannot read /run/secret: it may not be read by this user'],
    [{ '/run/secret': { code: 'EISDIR' } }, 'cannot read /run/secret: it is a folder'],
    [{ '/run/secret': 'two\nlines\n' }, 'must be text of at most 256 characters on one line'],
  ])('of a file that does not serve is refused: %j', (files, what) => {
    expect(problemsFrom({ env, files })).toEqual([`ROLLCALL_PBX_AMI_SECRET_FILE: ${what}`]);
  });

  test('cannot stand beside the variable itself', () => {
    const both = { ...env, ROLLCALL_PBX_AMI_SECRET: 'hunter2' };
    expect(problemsFrom({ env: both, files: { '/run/secret': 'hunter3' } })).toEqual([
      'ROLLCALL_PBX_AMI_SECRET_FILE: is the same setting as ROLLCALL_PBX_AMI_SECRET; keep one of them',
    ]);
  });
});
