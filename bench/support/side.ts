// One server and its clients, each in a process of its own; how they are gathered, and how long it takes to tell them all.
import { type Child, startChild } from './child.ts';

/** `bare` sends a string to each client, `frames` writes one ready-made frame to each. */
export type Kind = 'ours' | 'bare' | 'frames';

export interface OursOptions {
  /** How many extensions there are, numbered from 100000. */
  readonly extensions: number;
  /** Contacts in the first company book, which every user may manage. None without it. */
  readonly contacts?: number;
  /** Folder of the built portal, to be served at `/`. */
  readonly portal?: string;
  /** A real Asterisk to follow; without it the PBX is played. */
  readonly ami?: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly secret: string;
  };
}

export interface Side {
  readonly kind: Kind;
  readonly server: Child;
  readonly audience: Child;
  readonly port: number;
}

export interface Sample {
  /** Microseconds of server CPU per change and client. */
  readonly cpu: number;
  /** Microseconds from the change to the last client. */
  readonly last: number;
}

export type Cursors = Readonly<Record<string, string>>;

const PRESENCE: readonly string[] = ['pbx', 'extensions', 'presence'];
export const COMPANY_BOOK: readonly string[] = ['contacts:company'];
const AT_ONCE = 100;

export async function openSide(kind: Kind, options: OursOptions): Promise<Side> {
  const server = kind === 'ours' ? startChild('ours', [JSON.stringify(options)]) : startChild('floors');
  const audience = startChild('audience');
  const { port } = await server.ask<{ port: number }>({ do: 'port' });
  return { kind, server, audience, port };
}

export function endSides(...sides: readonly Side[]): void {
  for (const { server, audience } of sides) {
    audience.end();
    server.end();
  }
}

/** What each client says after connecting: to ours a token and `sync.open` with its cursors, to a floor anything. */
export async function hellosFor(
  { kind, server }: Side,
  clients: number,
  collections: readonly string[] = PRESENCE,
): Promise<string[][]> {
  if (kind !== 'ours') return Array.from({ length: clients }, () => ['{}']);
  return hellosWith(await server.ask<string[]>({ do: 'tokens', count: clients }), collections);
}

export function hellosWith(tokens: readonly string[], collections: readonly string[] = PRESENCE): string[][] {
  return tokens.map((token) => [sessionOpen({ token }), syncOpen({}, collections)]);
}

/** The same clients coming back with what they hold. */
export function comingBack(
  hellos: readonly string[][],
  cursors: readonly Cursors[],
  collections: readonly string[] = PRESENCE,
): string[][] {
  return hellos.map(([session = ''], i) => [session, syncOpen(cursors[i] ?? {}, collections)]);
}

export function sessionOpen(auth: object): string {
  return request(1, 'session.open', { client: { platform: 'other', version: '1' }, auth });
}

function syncOpen(cursors: Cursors, collections: readonly string[]): string {
  return request(2, 'sync.open', { collections, cursors });
}

export function request(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export interface Gathering {
  readonly group?: string;
  /** Clients that connect at the same time. */
  readonly atOnce?: number;
  /** Whether they keep the presence items they are told. */
  readonly follows?: boolean;
}

/** Connects clients; resolves, with the time it took, when all are served: ours have `sync.ready`. */
export async function gather(
  { kind, audience, port }: Side,
  hellos: readonly string[][],
  { group = 'all', atOnce = AT_ONCE, follows = false }: Gathering = {},
): Promise<number> {
  const until = kind === 'ours' ? 'sync.ready' : '"ready":true';
  const { micros } = await audience.ask<{ micros: number }>({
    do: 'open',
    ...{ group, port, hellos, until, atOnce, follows },
  });
  return micros;
}

/** A message as long as one of ours about one extension. */
export async function sampleMessage(ours: Side): Promise<string> {
  const { text } = await ours.server.ask<{ text: string }>({ do: 'item' });
  const cursor = 'a'.repeat(16);
  return `{"jsonrpc":"2.0","method":"sync.change","params":{"cursor":"${cursor}","collection":"presence","put":[${text}],"remove":[]}}`;
}

/** Lets a server tell its clients some changes at once, and waits until the last of the group has them. */
export async function tellAll(side: Side, changes: number, clients: number, text: string): Promise<Sample> {
  const { server, audience, kind } = side;
  await audience.ask({ do: 'expect', group: 'all', marks: changes });
  const question = { do: kind === 'ours' ? 'change' : kind, count: changes, text };
  const { at, cpu } = await server.ask<{ at: number; cpu: number }>(question);
  const { last } = await audience.ask<{ last: number }>({ do: 'arrived' });
  const after = await server.ask<number>({ do: 'cpu' });
  return { cpu: (after - cpu) / (changes * clients), last: last - at };
}
