import { expect, test } from 'vitest';
import { Inflow } from '../../../src/pbx/ami/inflow.ts';
import { turn } from '../../support/board-house.ts';

/** An inflow with all that it did, in order. */
function open(onRead: (piece: string, inflow: Inflow) => void = () => undefined) {
  const did: string[] = [];
  const source = { pause: () => did.push('pause'), resume: () => did.push('resume') };
  const inflow = new Inflow(source, (piece) => {
    did.push(piece);
    process.nextTick(() => did.push(`${piece} told`));
    onRead(piece, inflow);
  });
  return { inflow, did };
}

test('one piece is read at once, and the next that comes in a later turn as well', async () => {
  const { inflow, did } = open();
  inflow.push(['a']);
  expect(did).toEqual(['a']);
  await turn();
  inflow.push([]);
  inflow.push(['b']);
  expect(did).toEqual(['a', 'a told', 'resume', 'b']);
});

test('of several one is read a turn, while the source is paused', async () => {
  const { inflow, did } = open();
  inflow.push(['a', 'b', 'c']);
  expect(did).toEqual(['a', 'pause']);
  await turn();
  expect(did).toEqual(['a', 'pause', 'a told', 'b', 'b told']);
  await turn();
  await turn();
  expect(did.slice(5)).toEqual(['c', 'c told', 'resume']);
});

test('pieces of one turn that come one by one are read one a turn too', async () => {
  const { inflow, did } = open();
  for (const piece of ['a', 'b', 'c']) inflow.push([piece]);
  expect(did).toEqual(['a', 'pause', 'pause']);
  for (let n = 0; n < 3; n++) await turn();
  expect(did.filter((one) => one.length === 1)).toEqual(['a', 'b', 'c']);
});

test.each([[['a']], [['a', 'b', 'c']]])('the end comes after all of %j was read and told', async (pieces) => {
  const { inflow, did } = open();
  inflow.push(pieces);
  inflow.end(() => did.push('end'));
  inflow.end(() => did.push('another end'));
  expect([inflow.isEnding, did.includes('end')]).toEqual([true, false]);
  for (let n = 0; n < 5; n++) await turn();
  expect(did.filter((one) => one !== 'pause')).toEqual([...pieces.flatMap((piece) => [piece, `${piece} told`]), 'end']);
});

test('without anything to read the end comes at once', () => {
  const { inflow, did } = open();
  inflow.end(() => did.push('end'));
  expect(did).toEqual(['end']);
});

test('what is dropped is not read, also when it is dropped by the reading', async () => {
  const { inflow, did } = open((piece, own) => {
    if (piece === 'b') own.drop();
  });
  inflow.push(['a', 'b', 'c']);
  inflow.end(() => did.push('end'));
  for (let n = 0; n < 4; n++) await turn();
  expect(did).toEqual(['a', 'pause', 'a told', 'b', 'b told', 'end']);
});
