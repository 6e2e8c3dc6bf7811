// The scripts that a dialplan may call by AGI: what each asks of the dialplan port, and which variables it sets. Knows
// neither sockets nor how a variable is written.
import type {
  CallerName,
  DialplanPort,
  LetThroughList,
  PresenceAnswer,
  StatusOutcome,
} from '../service/dialplan-port.ts';
import type { AgiRequest } from './agi-request.ts';
import type { Variable } from './agi-variable.ts';
import { saysOutside } from './outside-word.ts';

export interface AgiAnswer {
  readonly variables: readonly Variable[];
  /** Of a lookup: whose name it was, for the metrics. */
  readonly outcome?: string;
}

export interface AgiScript {
  /** May throw or reject when the port does. */
  ask(request: AgiRequest, dialplan: DialplanPort): AgiAnswer | Promise<AgiAnswer>;
  /** What is set when the port gave no answer. */
  without(why: 'late' | 'failed' | 'busy'): AgiAnswer;
}

const LISTS: readonly string[] = ['favorites', 'numbers'] satisfies readonly LetThroughList[];

/** By the path of the URL. */
export const AGI_SCRIPTS: ReadonlyMap<string, AgiScript> = new Map<string, AgiScript>([
  [
    'lookup',
    {
      ask: async (request, dialplan) => {
        const found = request.isWithheld ? undefined : await dialplan.caller(questionOf(request));
        return typeof found === 'string' ? { ...nobody, outcome: found } : called(found, request);
      },
      without: (why) => ({ ...nobody, outcome: why }),
    },
  ],
  [
    'presence',
    {
      ask: (request, dialplan) => presenceOf(dialplan.presence(argument(request, 0, 'extension') || request.extension)),
      without: () => presenceOf(undefined),
    },
  ],
  [
    'status',
    {
      ask: async (request, dialplan) => {
        const status = argument(request, 1, 'status');
        return statusOf(await dialplan.setStatus(argument(request, 0, 'extension'), status), status);
      },
      without: (why) => statusOf(why === 'busy' ? 'too_many' : why, ''),
    },
  ],
  [
    'through',
    {
      ask: async (request, dialplan) => {
        if (request.isWithheld) return throughOf(undefined);
        const callee = argument(request, 0, 'callee') || request.extension;
        const lists = argument(request, 1, 'lists')
          .split('&')
          .map((list) => list.trim())
          .filter(isList);
        const options = { outside: saysOutside(argument(request, 2, 'outside')) };
        return throughOf(await dialplan.letsThrough(callee, request.number, [...new Set(lists)], options));
      },
      without: () => throughOf(undefined),
    },
  ],
]);

/** Argument `i` after the URL, else the one of this name in the URL. */
function argument({ args, query }: AgiRequest, i: number, name: string): string {
  return args[i] || query?.get(name) || '';
}

function questionOf(request: AgiRequest) {
  return {
    number: request.number,
    callee: argument(request, 0, 'callee') || request.extension,
    outside: saysOutside(argument(request, 1, 'outside')),
  };
}

const nobody: AgiAnswer = {
  variables: [
    ['ROLLCALL_NAME', ''],
    ['ROLLCALL_COMPANY', ''],
    ['ROLLCALL_BOOK', ''],
  ],
  outcome: 'none',
};

/** A colleague keeps the name that his phone or the PBX gave him. */
function called(found: CallerName | undefined, { name, number }: AgiRequest): AgiAnswer {
  if (!found) return nobody;
  const variables: Variable[] = [
    ['ROLLCALL_NAME', found.name],
    ['ROLLCALL_COMPANY', found.company],
    ['ROLLCALL_BOOK', found.directory],
  ];
  const hasOwnName = name !== '' && name !== number;
  if (found.directory !== 'extension' || !hasOwnName) variables.push(['CALLERID(name)', found.name]);
  return { variables, outcome: found.directory };
}

function presenceOf(answer: PresenceAnswer | undefined): AgiAnswer {
  return {
    variables: [
      ['ROLLCALL_STATUS', answer?.status ?? ''],
      ['ROLLCALL_LINE', answer?.line ?? ''],
      ['ROLLCALL_INDICATOR', answer?.indicator ?? ''],
      ['ROLLCALL_NOTE', answer?.note ?? ''],
      ['ROLLCALL_UNTIL', answer?.until ?? ''],
    ],
  };
}

function statusOf(outcome: StatusOutcome, status: string): AgiAnswer {
  const result: Variable = ['ROLLCALL_RESULT', outcome];
  return { variables: outcome === 'ok' ? [result, ['ROLLCALL_STATUS', status]] : [result] };
}

function throughOf(list: LetThroughList | undefined): AgiAnswer {
  return { variables: [['ROLLCALL_THROUGH', list ?? '']] };
}

function isList(word: string): word is LetThroughList {
  return LISTS.includes(word);
}
