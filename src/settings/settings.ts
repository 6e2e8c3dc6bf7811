// Every setting: what it may be and what it is when nothing is said. The types are inferred from here; interface and sample
// file (config/rollcall.example.yaml) follow it.
import { z } from 'zod';
import { isCountry } from '../domain/numbering-plan.ts';
import { DATABASE_URL, isDatabaseUrl } from './database-url.ts';
import { patternFault } from './pattern.ts';
import { Secret } from './secret.ts';

const MOST_ENTRIES = 100;

const text = (must: string, allows: (text: string) => boolean) => z.string(must).refine(allows, must);
const like = (must: string, shape: RegExp) => text(must, (value) => shape.test(value));
const path = (must: string) => like(must, /^[^\0\r\n]*$/);
const whole = (from: number, to: number) => {
  const must = `must be a whole number from ${from} to ${to}`;
  return z.int(must).min(from, must).max(to, must);
};
const word = <const T extends readonly string[]>(words: T) => z.enum(words, `must be one of ${words.join(', ')}`);
const list = <T extends z.ZodType>(entry: T) =>
  z.array(entry, 'must be a list').max(MOST_ENTRIES, `must have at most ${MOST_ENTRIES} entries`);
const hidden = (value: string) => new Secret(value);
const secret = (must: string, shape: RegExp) => like(must, shape).transform(hidden);
const DATABASE = `must be ${DATABASE_URL}`;
const databaseUrl = text(DATABASE, (value) => value === '' || isDatabaseUrl(value))
  .transform(hidden)
  .prefault('');
/** Rules over several keys are asked also when one of them is wrong. */
const isGiven = (url: unknown) => url instanceof Secret && url.reveal() !== '';
const group = <T extends z.ZodRawShape>(keys: T) =>
  z.strictObject(keys, `must hold keys: ${Object.keys(keys).join(', ')}`);

const pattern = (must: string) =>
  z.string(must).superRefine((value, { addIssue }) => {
    const fault = patternFault(value);
    if (fault) addIssue({ code: 'custom', message: fault });
  });

const host = like('must be an address or a host name', /^[A-Za-z0-9._:%-]{1,255}$/);
const port = whole(0, 65_535);
const listener = (defaultPort: number) =>
  group({ host: host.default('127.0.0.1'), port: port.default(defaultPort) }).prefault({});

const store = group({
  kind: word(['files', 'postgres']).default('files'),
  url: databaseUrl,
  connections: whole(2, 100).default(10),
})
  .refine(({ kind, url }) => kind !== 'postgres' || !(url instanceof Secret) || isGiven(url), {
    path: ['url'],
    message: 'is needed with kind: postgres, such as postgres://user:password@host/database',
  })
  .prefault({});

const tls = group({
  cert: path('must be the path of a certificate file').default(''),
  key: path('must be the path of a key file').default(''),
})
  .refine(({ cert, key }) => (cert === '') === (key === ''), 'needs both, cert and key')
  .prefault({});

const listen = group({
  host: host.default('127.0.0.1'),
  port: port.default(8088),
  tls,
  origins: list(text('must be an origin such as https://phones.example.com', isOrigin)).default([]),
  trustedProxies: list(
    z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be an address or a network such as 10.0.0.0/8'),
  ).default([]),
}).prefault({});

const DIRECTORIES = ['extension', 'personal', 'company'] as const;

const lookup = group({
  http: listener(8089),
  agi: listener(4573),
  country: text('must be a country in two capitals as of ISO 3166, such as GB', isCountry).default('GB'),
  order: list(word(DIRECTORIES))
    .min(1, 'must name at least one directory')
    .refine((order) => new Set(order).size === order.length, 'must name each directory once')
    .default([...DIRECTORIES]),
  lastDigits: whole(0, 15).default(7),
  outsideLine: like('must be at most 4 digits', /^[0-9]{0,4}$/).default(''),
  token: secret('must be 16 to 128 letters, digits and - _, or empty', /^([\w-]{16,128})?$/).prefault(''),
  mirror: like('must be a family of the Asterisk database, such as cidname, or empty', /^[\w-]{0,64}$/).default(''),
}).prefault({});

const ami = group({
  host: host.default('127.0.0.1'),
  port: whole(1, 65_535).default(5038),
  username: like('must be a name of 1 to 80 characters on one line', /^[^\p{Cc}]{1,80}$/u).default('rollcall'),
  secret: secret('must be text of at most 256 characters on one line', /^[^\p{Cc}]{0,256}$/u).prefault(''),
}).prefault({});

const extensions = group({
  contexts: list(like('must be the name of a dialplan context', /^[^\s,;[\]\p{Cc}]{1,79}$/u)).default([]),
  pattern: pattern('must be a regular expression').default('^[0-9]{2,8}$'),
}).prefault({});

const dnd = group({
  family: like('must be a family of the Asterisk database, such as DND', /^[\w-]{1,64}(\/[\w-]{1,64}){0,3}$/).default(
    'DND',
  ),
  device: like(
    'must be a custom device with {extension} in it, such as Custom:DND{extension}',
    /^Custom:[\w.@-]{0,64}\{extension\}[\w.@-]{0,64}$/,
  ).default('Custom:DND{extension}'),
  poll: whole(5, 3600).default(30),
}).prefault({});

const pbx = group({
  ami,
  extensions,
  presence: like(
    'must be a presence state with {extension} in it, such as CustomPresence:{extension}',
    /^[A-Za-z]+:[\w.@-]{0,64}\{extension\}[\w.@-]{0,64}$/,
  ).default('CustomPresence:{extension}'),
  dnd,
}).prefault({});

const flag = z.boolean('must be true or false');
const patterns = list(pattern('must be a regular expression')).default([]);

const dial = group({
  context: like('must be the name of a dialplan context, or empty', /^[^\s,;[\]\p{Cc}]{0,79}$/u).default(''),
  allow: patterns,
  deny: patterns,
  plus: like('must be at most 8 digits, or +', /^(\+|[0-9*#]{0,8})$/).default('+'),
  ring: whole(5, 120).default(30),
  perMinute: whole(1, 60).default(10),
}).prefault({});

const records = group({
  csv: path('must be the path of a file, or empty').default(''),
  url: databaseUrl,
  table: like('must be the name of a table', /^[A-Za-z_][\w.]{0,127}$/).default('cdr'),
  utc: flag.default(false),
})
  .refine(({ csv, url }) => csv === '' || !isGiven(url), 'takes either csv or url')
  .prefault({});

const kept = (count: number, most: number, days: number) => ({
  count: whole(1, most).default(count),
  days: whole(1, 3650).default(days),
});

const calls = group({
  history: group(kept(1_000, 10_000, 365)).prefault({}),
  dial,
  records,
}).prefault({});

const messages = group({
  ...kept(5_000, 50_000, 365),
  sip: flag.default(true),
  domain: like(
    'must be a host name or address such as pbx.example.com, or empty',
    /^$|^[0-9A-Za-z]([0-9A-Za-z.-]{0,252}[0-9A-Za-z])?$|^\[[0-9A-Fa-f:.]{2,45}\]$/,
  ).default(''),
}).prefault({});

const version = like('must be a version such as 2.9.10, or unsupported', /^(\d{1,6}(\.\d{1,6}){0,3}|unsupported)$/);

const minimum = group({
  android: version.default('2.9.6'),
  ios: version.default('2.9.10'),
  mac: version.default('1.10.3'),
  windows: version.default('1.10.3'),
  web: version.default('0'),
  desk: version.default('0'),
  sdk: version.default('0'),
  other: version.default('0'),
}).prefault({});

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const site = group({
  name: like('must be letters, digits, - or _, such as berlin, and not pbx', /^(?!pbx$)[A-Za-z0-9_-]{0,32}$/).default(
    '',
  ),
  prefix: like('must be at most 4 digits', /^[0-9]{0,4}$/).default(''),
})
  .refine(({ name, prefix }) => name !== '' || prefix === '', { path: ['name'], message: 'is needed with a prefix' })
  .prefault({});

/** Every key, each with a value. */
const keysSchema = group({
  data: like('must be the path of a folder', /^[^\0\r\n]+$/).default('./data'),
  store,
  site,
  listen,
  lookup,
  pbx,
  calls,
  messages,
  clients: group({ minimum }).prefault({}),
  log: group({ level: word(LEVELS).default('info') }).prefault({}),
});

/** The settings as the parts of the daemon take them: without the groups that are off. */
export const settingsSchema = keysSchema.transform(({ listen: { tls, ...listen }, ...others }) => ({
  ...others,
  listen: tls.cert === '' ? listen : { ...listen, tls },
}));

type Frozen<T> = T extends Secret | string | number | boolean
  ? T
  : T extends readonly (infer E)[]
    ? readonly Frozen<E>[]
    : { readonly [K in keyof T]: Frozen<T[K]> };

type Output = Frozen<Omit<z.output<typeof keysSchema>, 'listen'>>;
type Listen = Frozen<z.output<typeof listen>>;

export type Settings = Output & { readonly listen: Omit<Listen, 'tls'> & { readonly tls?: Listen['tls'] } };

/** The value of every key when nothing is said. */
export const DEFAULTS: Frozen<z.output<typeof keysSchema>> = keysSchema.parse({});

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, pathname, search, hash, username } = new URL(value);
  return origin !== 'null' && pathname === '/' && search + hash + username === '';
}
