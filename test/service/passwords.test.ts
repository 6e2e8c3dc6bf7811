import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { nodeCrypto } from '../../src/server/crypto.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import { cheapCrypto } from '../support/cheap-crypto.ts';
import { rejection } from '../support/log-in-house.ts';

const COST = { n: 16_384, r: 8, p: 1 };

describe('a password', () => {
  test('is stored as scheme, cost, salt and hash, and checked against that', async () => {
    const passwords = createPasswords(nodeCrypto);
    const stored = await passwords.hash('correct horse');
    expect(stored).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.verify('correct horse', stored)).toBe(true);
    expect(await passwords.verify('correct horsf', stored)).toBe(false);
  });

  test('is the same however its letters were composed', async () => {
    const passwords = createPasswords(cheapCrypto());
    const stored = await passwords.hash('Müller\u{FB01}sch');
    expect(await passwords.verify('Mu\u0308llerfisch', stored)).toBe(true);
  });

  test('gets a salt of its own', async () => {
    const passwords = createPasswords(cheapCrypto());
    expect(await passwords.hash('correct horse')).not.toBe(await passwords.hash('correct horse'));
  });

  test.each([
    ['seven77', 'the password is too short: at least 8 characters'],
    ['', 'the password is too short: at least 8 characters'],
    ['🐝🐝🐝🐝🐝🐝🐝', 'the password is too short: at least 8 characters'],
    ['x'.repeat(257), 'the password is too long: at most 256 characters'],
  ])('that is new is refused when it is %j', async (password, message) => {
    const issues = [{ path: 'password', message }];
    expect(await rejection(createPasswords(cheapCrypto()).hash(password))).toEqual(
      new Failure('params', message, { issues }),
    );
  });

  test('of 8 or of 256 characters is long or short enough', async () => {
    const passwords = createPasswords(cheapCrypto());
    for (const password of ['8 chars!', 'x'.repeat(256)]) {
      expect(await passwords.verify(password, await passwords.hash(password))).toBe(true);
    }
  });

  test('that is empty or longer than 256 is never right and costs nothing', async () => {
    const crypto = cheapCrypto();
    const passwords = createPasswords(crypto);
    const stored = await passwords.hash('x'.repeat(256));
    expect(await passwords.verify('', stored)).toBe(false);
    expect(await passwords.verify('x'.repeat(257), stored)).toBe(false);
    expect(crypto.asked).toEqual([COST]);
  });
});

describe('checking', () => {
  test('costs the same when there is no hash to check against', async () => {
    const crypto = cheapCrypto();
    const passwords = createPasswords(crypto);
    expect(await passwords.verify('whatever it is', undefined)).toBe(false);
    expect(crypto.asked).toEqual([COST]);
  });

  test.each([
    'scrypt$1073741824$8$1$c2FsdA$aGFzaA',
    'scrypt$16384$8000$1$c2FsdA$aGFzaA',
    'scrypt$16383$8$1$c2FsdA$aGFzaA',
    'scrypt$16384$8$1$c2FsdA',
    'bcrypt$10$8$1$c2FsdA$aGFzaA',
    'plain',
    '',
  ])('takes the damaged hash %j for none, at the usual cost', async (stored) => {
    const crypto = cheapCrypto();
    expect(await createPasswords(crypto).verify('whatever it is', stored)).toBe(false);
    expect(crypto.asked).toEqual([COST]);
  });

  test('is done one at a time, with at most 128 waiting', async () => {
    const crypto = cheapCrypto();
    const passwords = createPasswords(crypto);
    const accepted = Array.from({ length: 129 }, () => passwords.verify('whatever it is', undefined));
    const refusal = new Failure('too_many', 'too many log-ins are waiting', { retryAfter: 8 });
    expect(await rejection(passwords.verify('one too many', undefined))).toEqual(refusal);
    expect(await rejection(passwords.hash('one too many'))).toEqual(refusal);
    expect(await Promise.all(accepted)).toEqual(Array(129).fill(false));
    expect(crypto.load).toEqual({ now: 0, most: 1 });
    expect(await passwords.verify('there is room again', undefined)).toBe(false);
  });

  test('goes on after a run that failed', async () => {
    const crypto = cheapCrypto();
    const scrypt = crypto.scrypt;
    let broken = true;
    const passwords = createPasswords({
      ...crypto,
      scrypt: (...given) => (broken ? Promise.reject(new Error('no memory')) : scrypt(...given)),
    });
    expect(await rejection(passwords.verify('whatever it is', undefined))).toEqual(new Error('no memory'));
    broken = false;
    expect(await passwords.verify('whatever it is', undefined)).toBe(false);
  });
});
