import { describe, expect, test } from 'vitest';
import { header } from '../../src/pbx/ami/message.ts';
import type { ExtensionFacts } from '../../src/service/pbx-port.ts';
import { PaperPbx, settled } from '../support/paper-pbx.ts';
import { plainReading, recorded } from './ami/recording.ts';

/** Shows an extension in a few words. */
function words({ line, blocked, lamps, presentity }: ExtensionFacts): string {
  const lamp = Object.values(lamps)[0];
  const said = [presentity.state, presentity.subtype, presentity.message].filter((word) => word !== '').join(' ');
  return [line, ...(blocked ? ['blocked'] : []), ...(lamp === 'unset' ? [] : [`lamp ${lamp}`]), said]
    .filter((word) => word !== 'not_set')
    .join(', ');
}

/** Plays the live events of a recording to extensions 1001 to 1020; what each of them is told to be, one after the other. */
async function told(name: string, phones: string): Promise<Record<string, string[]>> {
  const house = new PaperPbx();
  for (let number = 1001; number <= 1020; number += 1) house.asterisk.addExtension(String(number), phones);
  await house.begin();
  for (const message of plainReading(await recorded(name))) {
    const event = header(message, 'event');
    if (event === undefined || header(message, 'actionid') !== undefined) continue;
    const [device, state] = [header(message, 'device'), header(message, 'state')];
    if (device === undefined) house.asterisk.link.emit(event, message as Record<string, string>);
    else if (state !== undefined) house.asterisk.setDevice(device, state);
    await settled();
  }
  const seen = new Map<string, string[]>();
  for (const update of house.untaken) {
    if (update.kind !== 'extension') continue;
    const { number } = update.facts;
    seen.set(number, [...(seen.get(number) ?? []), words(update.facts)]);
  }
  return Object.fromEntries(seen);
}

describe.each(['16', '22'])('What Asterisk %s was recorded to say', (version) => {
  test('of a phone that registers and goes', async () => {
    expect(await told(`../pbx/${version}/register.txt`, 'UNAVAILABLE')).toEqual({ 1001: ['idle'] });
    expect(await told(`../pbx/${version}/unregister.txt`, 'NOT_INUSE')).toEqual({ 1001: ['unavailable'] });
  });

  test('of a call that is answered', async () => {
    expect(await told(`${version}/call-answered.txt`, 'NOT_INUSE')).toEqual({
      1001: ['in_use', 'idle'],
      1002: ['ringing', 'in_use', 'idle'],
    });
  });

  test('of a call that is held', async () => {
    expect(await told(`${version}/call-hold.txt`, 'NOT_INUSE')).toEqual({
      1001: ['in_use', 'idle'],
      1002: ['ringing', 'in_use', 'on_hold', 'in_use', 'idle'],
    });
  });

  test('of a second call that waits', async () => {
    expect(await told(`../pbx/${version}/call-waiting-second.txt`, 'NOT_INUSE')).toEqual({
      1001: ['in_use', 'idle'],
      1002: ['ringing', 'in_use', 'ringing', 'in_use', 'idle'],
      1003: ['in_use', 'idle', 'unavailable'],
    });
  });

  test('of DND by a feature code', async () => {
    expect(await told(`${version}/dnd-on-by-code.txt`, 'NOT_INUSE')).toEqual({
      1001: ['idle, lamp on', 'in_use, lamp on', 'idle, lamp on'],
    });
    expect(await told(`../pbx/${version}/dnd-off-by-code.txt`, 'NOT_INUSE')).toEqual({
      1001: ['idle, lamp idle', 'in_use, lamp idle', 'idle, lamp idle'],
    });
  });

  test('of DND of a phone that is not registered, and in a call', async () => {
    expect(await told(`../pbx/${version}/dnd-unregistered-phone.txt`, 'UNAVAILABLE')).toEqual({
      1010: ['unavailable, lamp on', 'unavailable, lamp idle', 'unavailable, lamp off'],
    });
    expect(await told(`../pbx/${version}/dnd-during-call.txt`, 'NOT_INUSE')).toEqual({
      1001: ['in_use', 'in_use, lamp on', 'idle, lamp on', 'idle, lamp idle'],
      1002: ['ringing', 'in_use', 'idle'],
    });
  });

  test('of presence states', async () => {
    expect(await told(`${version}/presence.txt`, 'NOT_INUSE')).toEqual({
      1001: [
        'idle, away lunch Lunch break',
        'idle',
        'idle, unavailable',
        'idle, available',
        'idle, away',
        'idle, xa',
        'idle, chat',
        'idle, dnd',
        'idle, away Back at 5',
        'idle, away обед Обед до 14:00 — café ☕ 日本',
        `idle, away a:b He said "hi": 'x' <b>&amp;`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it was set
        'idle, away s ${EPOCH} $[1+1] a=b|c',
        `idle, away s ${'x'.repeat(200)}`,
        'idle, away обед line1 line2, "q"',
        'idle, away s bad \ufffd\ufffd\ufffd end',
        'idle, away s hello',
        'idle, away s hel lo',
        'idle, away s hel',
        'idle',
      ],
    });
  });
});
