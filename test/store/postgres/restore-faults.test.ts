import { expect, it } from 'vitest';
import { databaseFault } from '../../../src/store/postgres/restore-faults.ts';

it('a fault of the way to the database is told with its mend, one of the program as it is', () => {
  const cut = Object.assign(new Error('write ECONNRESET 10.0.0.1'), { code: 'ECONNRESET' });
  expect(databaseFault('the database', cut)).toMatchObject({
    name: 'OperatorError',
    message: 'the database cannot be used (ECONNRESET): the connection was cut: try again',
  });
  const bug = new TypeError('a bug');
  expect(databaseFault('the database', bug)).toBe(bug);
});
