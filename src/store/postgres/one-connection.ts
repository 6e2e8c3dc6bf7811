// One connection to the database, for what belongs together: a transaction of several statements, a lock. When it is lost it is not
// replaced, as the library would do behind one's back, and what is asked of it later is refused.
import { type ConnectOptions, connect, type Sql } from './connect.ts';

/**
 * The library's own `begin` and cursors are not for it: when the connection ends in the middle they write to what is not there any more, and
 * nobody can catch that. Say `begin`, `commit`, `declare` and `fetch` as statements.
 */
export function oneConnection(
  url: string,
  options: Pick<ConnectOptions, 'statementMs' | 'alongIndex' | 'closed'>,
): Sql {
  let isLost = false;
  const sql = connect(url, {
    ...{ ...options, max: 1 },
    closed: () => {
      isLost = true;
      options.closed?.();
    },
  });
  const refuse = (): void => {
    if (isLost) throw Object.assign(new Error('the connection has ended'), { code: 'CONNECTION_CLOSED' });
  };
  return new Proxy(sql, {
    apply(target, self, args) {
      refuse();
      return Reflect.apply(target, self, args);
    },
    get(target, key) {
      if (key === 'unsafe') refuse();
      return Reflect.get(target, key) as unknown;
    },
  });
}
