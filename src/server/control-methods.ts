// The methods of the control socket: the operations, the watch of the board, and what the daemon says of itself. Checks
// the shape of what a peer sends; what it means is checked by the operations.
import { z } from 'zod';
import { STATUSES } from '../domain/presence.ts';
import { type Clock, systemClock } from '../service/clock.ts';
import type { Operations, Watch } from '../service/operations.ts';
import type { StoreState } from '../service/store.ts';
import { importMethods } from './control-imports.ts';
import type { ControlMethod, ControlMethods } from './control-peer.ts';
import type { Address } from './lasting-listener.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** What a running daemon says of itself. */
export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601 in UTC. */
  readonly since: string;
  readonly store: StoreState;
  readonly pbx: { readonly connected: boolean };
  /** Where it listens; `port` is the true one when the settings said 0. */
  readonly listening: readonly { readonly host: string; readonly port: number }[];
  /** The listeners of the dialplan's questions; one that is missing does not listen. Older daemons say nothing of them. */
  readonly lookup?: { readonly http?: Address; readonly agi?: Address };
}

export interface DaemonSide {
  readonly operations: Operations;
  readonly watch: Watch;
  status(): DaemonStatus;
  /** The system's unless given. */
  readonly clock?: Clock;
}

const text = z.string().max(1024);
const nothing = z.strictObject({});
const oneUser = z.strictObject({ id: text });
const userPatch = z.strictObject({
  id: text,
  name: text.optional(),
  email: text.optional(),
  mobile: text.optional(),
  groups: z.array(text).max(100).optional(),
  admin: z.boolean().optional(),
  disabled: z.boolean().optional(),
  letThrough: z.array(text).max(200).optional(),
  password: text.optional(),
});
const presenceChange = z.strictObject({
  extension: text,
  status: z.enum(STATUSES),
  note: text.optional(),
  until: z.iso.datetime({ precision: 3 }).optional(),
});

const numberQuestion = z.strictObject({ number: text, callee: text.optional(), outside: z.boolean().optional() });

/** The operations read the rules as they read those of a client. */
const ruleList = z.strictObject({ rules: z.unknown() });

export function controlMethods({ operations, watch, status, clock = systemClock }: DaemonSide): ControlMethods {
  return {
    'daemon.status': method(nothing, () => status()),
    'users.set': method(userPatch, (patch) => operations.userSet(patch)),
    'users.list': method(nothing, () => operations.userList()),
    'users.show': method(oneUser, ({ id }) => operations.userShow(id)),
    'users.remove': method(oneUser, ({ id }) => operations.userRemove(id)),
    'presence.list': method(nothing, () => operations.presenceList()),
    'presence.set': method(presenceChange, (change) => operations.presenceSet(change)),
    'permissions.show': method(nothing, () => operations.permissionsShow()),
    'permissions.set': method(ruleList, ({ rules }) => operations.permissionsSet(rules)),
    'visibility.show': method(nothing, () => operations.visibilityShow()),
    'visibility.set': method(ruleList, ({ rules }) => operations.visibilitySet(rules)),
    'lookup.number': method(numberQuestion, (question) => operations.lookup(question)),
    'store.holdings': method(nothing, () => operations.holdings()),
    'store.backup': { schema: nothing, pieces: oneAtATime('a backup is being made already', () => backup(operations)) },
    ...importMethods(operations, clock),
    'presence.watch': { schema: nothing, stream: (_params, push) => watch(push) },
  };
}

/** How much the backup holds, then its lines. */
async function* backup(operations: Operations): AsyncGenerator<unknown> {
  const { holds, lines } = await operations.backup();
  yield holds;
  yield* lines;
}

/** Ties the type of the params to the schema that checks them. */
function method<S extends z.ZodType>(schema: S, run: (params: z.output<S>) => unknown): ControlMethod {
  return { schema, run };
}
