import { expect, test } from 'vitest';
import { initials } from '../../web/src/parts/initials.ts';

test.each([
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['Jean-Luc de la Tour', 'JT'],
  ['  Łukasz   Wójcik ', 'ŁW'],
  ['Zoë', 'Z'],
  ['é́clair', 'É́'],
  ['花子', '花'],
  ['(Globex) 24/7', 'G7'],
  ['+44 20', '42'],
  ['***', '#'],
  ['', '#'],
])('%s is drawn as %s', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
