// Whatever the peer sends: the process lives, what is held is bounded, and the link works or is dropped and comes back.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCounters } from '../../../src/pbx/ami/counters.ts';
import { Guard, MalformedPeer } from '../../../src/pbx/ami/guard.ts';
import { header } from '../../../src/pbx/ami/message.ts';
import { type House, openHouse } from './house.ts';

const names = fc.constantFrom(
  ...[
    'Event',
    'event ',
    ' EVENT',
    'Response',
    'ActionID',
    'UserEvent',
    'Variable',
    'ChanVariable',
    'EventList',
    'Message',
  ],
  ...['__proto__', 'constructor', 'toString', 'length', '', 'X', 'Y', 'Asterisk Call Manager/1', '--END COMMAND--'],
);
const values = fc.oneof(
  fc.constantFrom(
    ...[
      'rawevent',
      'RawEvent',
      'managerevent',
      'response',
      'error',
      'close',
      'connect',
      'UserEvent',
      'Success',
      'Error',
    ],
    ...['Follows', 'rc0-1-a1', 'rc0-1-l1', 'rc0-9-a1', '1795282139692', 'Complete', 'start', '__proto__', '', 'a=b=c'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const breaks = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n\r\n', '\r\r\n', '\n\r\n', '\0');
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(names, fc.constantFrom(': ', ': ', ':', ' : '), values, breaks).map((x) => x.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(' '.repeat(9_000), '\r\n'.repeat(3_000), 'x'.repeat(70_000), 'a\r\n'.repeat(5_000)),
  },
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const bytes = fc.oneof(
  { weight: 4, arbitrary: text.map((sent) => Buffer.from(sent)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4_000 }).map((sent) => Buffer.from(sent)) },
);

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(() => house.close());

test('after any bytes the link works, or was dropped and came back', async () => {
  const { link, told, fake } = house;
  let runs = 0;
  await told.up();
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      runs += 1;
      const sentinel = `Sentinel ${runs}`;
      const generation = link.generation ?? 0;
      const connection = fake.connections.at(-1);
      connection?.send(sent);
      connection?.send(`\r\n\r\nEvent: Sentinel\r\nN: ${sentinel}\r\n\r\n`);
      const end = await told.until(
        (event) =>
          (event.kind === 'down' && event.generation === generation) ||
          (event.kind === 'event' && header(event.message, 'n') === sentinel),
      );
      if (end.kind === 'down') await told.up(generation + 1);
      expect(await link.action({ Action: 'Ping' })).toMatchObject({ response: 'Success' });
      told.events.length = 0;
    }),
    { numRuns: 300 },
  );
  expect(link.counters.connects).toBeGreaterThan(1);
  expect(link.counters.dropped + link.counters.mended).toBeGreaterThan(100);
}, 60_000);

test('whatever the pieces, what passes the guard is whole messages in which each line end is one', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (chunks) => {
      const guard = new Guard({ ids: 'rc0-\\d+-[al]\\d+|\\d{1,20}', counters: newCounters() });
      guard.push('Asterisk Call Manager/1\r\n');
      let out = '';
      try {
        for (const chunk of chunks) out += guard.push(chunk).join('');
      } catch (error) {
        if (!(error instanceof MalformedPeer)) throw error;
      }
      expect(out === '' || out.endsWith('\r\n\r\n') || out.replaceAll('\r\n', '') === '').toBe(true);
      expect(out).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n/);
      expect(out).not.toMatch(
        /^(?:event: (?:rawevent|managerevent)|response: follows|__proto__|constructor|variable): /im,
      );
    }),
    { numRuns: 500 },
  );
});

test('a flood of events arrives complete and in order', async () => {
  const { fake, told } = house;
  told.events.length = 0;
  const count = 50_000;
  const flood = [...Array(count).keys()].map((n) => `Event: Flood\r\nN: ${n}\r\n\r\n`).join('');
  fake.connections.at(-1)?.send(flood);
  await told.until((event) => event.kind === 'event' && header(event.message, 'n') === String(count - 1));
  expect(told.messages.map((message) => Number(header(message, 'n')))).toEqual([...Array(count).keys()]);
});
