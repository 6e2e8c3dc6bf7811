// The HTTP API at its edge: a real server with imports and exports on paper, and tokens that are what a test says they are.
import { Failure } from '../../src/domain/failure.ts';
import { API_LIMITS, type ApiLimits } from '../../src/server/api-limits.ts';
import type { BoardView } from '../../src/service/operations.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { type Edge, type EdgeOptions, NO_HTTP, openEdge } from './edge-server.ts';
import { PaperImports } from './paper-imports.ts';

export const ALICE: Viewer = { extension: '1001', admin: false, contacts: true };
export const BOB: Viewer = { extension: '1002', admin: false, contacts: true };
export const ADMIN: Viewer = { extension: '1000', admin: true, contacts: true };

const BOARD: BoardView = {
  pbx: { id: 'pbx', connected: true, since: '2026-11-21T12:00:00.000Z' },
  rows: [
    {
      id: '1001',
      name: 'Alice',
      status: 'do_not_disturb',
      line: 'idle',
      online: true,
      indicator: 'do_not_disturb',
      since: '2026-11-21T12:00:00.000Z',
    },
  ],
};

export interface ApiEdge extends Edge {
  readonly imports: PaperImports;
  /** Who each token is; take one out and it has ended. */
  readonly tokens: Map<string, Viewer>;
  /** Where tokens were used from. */
  readonly addresses: string[];
  /** A request with a token: that of alice unless another is given. */
  ask(path: string, init?: RequestInit & { readonly token?: string }): Promise<Response>;
  /** An import of this text. */
  send(text: string, init?: RequestInit & { readonly token?: string; readonly query?: string }): Promise<Response>;
}

export interface ApiEdgeOptions extends Omit<EdgeOptions, 'tuning'> {
  readonly limits?: Partial<ApiLimits>;
  readonly tuning?: EdgeOptions['tuning'];
}

export async function openApi({ limits, tuning, ...options }: ApiEdgeOptions = {}): Promise<ApiEdge> {
  const imports = new PaperImports();
  const tokens = new Map([
    ['alice', ALICE],
    ['bob', BOB],
    ['admin', ADMIN],
  ]);
  const addresses: string[] = [];
  const edge = await openEdge({
    ...options,
    tuning: { ...tuning, api: { ...API_LIMITS, ...limits } },
    http: {
      ...NO_HTTP,
      api: {
        viewer(token, address) {
          addresses.push(address);
          const viewer = tokens.get(token);
          if (!viewer) throw new Failure('unauthorized', 'the log-in was refused');
          return viewer;
        },
        imports,
        exports: imports,
        presenceOfAll: () => BOARD,
      },
    },
  });
  const ask: ApiEdge['ask'] = (path, { token = 'alice', headers, ...init } = {}) =>
    edge.fetch(path, { ...init, headers: { ...headers, authorization: `Bearer ${token}` } });
  return {
    ...edge,
    imports,
    tokens,
    addresses,
    ask,
    send: (text, { query = '', ...init } = {}) =>
      ask(`/api/books/company/import${query}`, { method: 'POST', body: text, ...init }),
  };
}

/** What is answered to a request that is refused. */
export function refusal(code: number, reason: string, message: string, more: object = {}): object {
  return { error: { code, message, data: { reason, ...more } } };
}
