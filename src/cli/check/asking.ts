// Whether the dialplan asks where the daemon listens, with its token, and whether Asterisk has the modules for it. Says only what is
// wrong: variables may also be set call by call.
import type { Link } from '../../pbx/ami/link-port.ts';
import { getvars } from '../../pbx/lists.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Contexts } from './dialplan.ts';
import { type Finding, warn } from './finding.ts';

interface Way {
  readonly context: 'rollcall-callerid' | 'rollcall-callerid-http';
  readonly name: 'agi' | 'http';
  readonly variable: string;
  /** What the dialplan takes when the variable is not set. */
  readonly fallback: string;
  readonly modules: readonly string[];
}

const WAYS: readonly Way[] = [
  {
    ...{ context: 'rollcall-callerid', name: 'agi', variable: 'ROLLCALL_AGI', fallback: '127.0.0.1:4573' },
    modules: ['res_agi.so', 'func_timeout.so', 'func_uri.so'],
  },
  {
    ...{ context: 'rollcall-callerid-http', name: 'http', variable: 'ROLLCALL_HTTP' },
    fallback: 'http://127.0.0.1:8089/lookup',
    modules: ['func_curl.so', 'func_uri.so'],
  },
];

const TOKEN = 'ROLLCALL_TOKEN';

type Asked = Pick<Settings['lookup'], 'agi' | 'http' | 'token'>;

export async function checkAsking(link: Link, found: Contexts, lookup: Asked): Promise<Finding[]> {
  const ways = WAYS.filter(({ context }) => found[context] === 'there');
  if (ways.length === 0) return [];
  const modules = [...new Set(ways.flatMap((way) => way.modules))];
  const names = [TOKEN, ...ways.map(({ variable }) => variable), ...modules.map((name) => `IFMODULE(${name})`)];
  const answers = await getvars(link, names);
  const values = new Map(names.map((name, i) => [name, answers[i]]));
  return [...ways.flatMap((way) => wrongWay(way, values, lookup)), ...wrongToken(values.get(TOKEN), lookup)];
}

type Values = ReadonlyMap<string, string | undefined>;

function wrongWay({ context, name, variable, fallback, modules }: Way, values: Values, lookup: Asked): Finding[] {
  const findings: Finding[] = [];
  const missing = modules.filter((module) => values.get(`IFMODULE(${module})`) === '0');
  if (missing.length > 0) {
    findings.push(
      warn(
        context,
        `gives no names without ${missing.join(' and ')}: load ${missing.length > 1 ? 'them' : 'it'} in modules.conf`,
      ),
    );
  }
  const given = values.get(variable);
  const { port } = lookup[name];
  const asked = portOf(given || fallback);
  if (given === undefined || port === 0 || asked === undefined || asked === port) return findings;
  const text = `the dialplan asks port ${asked}, and lookup.${name}.port is ${port}: set ${variable} in [globals] of extensions.conf`;
  return [...findings, warn(context, text)];
}

/** Of an address with a port, or a URL. */
function portOf(address: string): number | undefined {
  const found = /:(\d{1,5})(?:\/|$)/.exec(address);
  return found ? Number(found[1]) : undefined;
}

function wrongToken(given: string | undefined, { token }: Asked): Finding[] {
  if (given === undefined || token.reveal() === '' || given === token.reveal()) return [];
  const what = given === '' ? 'is not set' : 'is not lookup.token';
  return [warn('rollcall-callerid', `${TOKEN} ${what} in [globals] of extensions.conf, so calls have no names`)];
}
