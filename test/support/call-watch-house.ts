// A watcher of calls with a link and phones played by hand: events go in, and what it tells of calls is kept.
import type { CallEntry } from '../../src/domain/call.ts';
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import type { AmiMessage } from '../../src/pbx/ami/message.ts';
import { type CallWatch, openCallWatch } from '../../src/pbx/calls/call-watch.ts';
import type { Phones } from '../../src/pbx/phones.ts';
import type { CallNews, OpenCall } from '../../src/service/calls-port.ts';
import type { ExtensionFacts } from '../../src/service/pbx-port.ts';
import { FakeLink } from './fake-link.ts';
import { HandClock } from './hand-clock.ts';

/** The phones of a house: what each extension has, and how it is. */
export class PaperPhones implements Phones {
  isKnown = true;
  readonly devices = new Map<string, readonly string[]>();
  readonly blocked = new Set<string>();
  readonly away = new Set<string>();
  /** Blocked in AstDB, which nobody has read yet. */
  readonly justBlocked = new Set<string>();

  constructor(extensions: Readonly<Record<string, readonly string[]>>) {
    for (const [number, devices] of Object.entries(extensions)) this.devices.set(number, devices);
  }

  extensionsOf(device: string): readonly string[] {
    return [...this.devices].flatMap(([number, devices]) => (devices.includes(device) ? [number] : []));
  }

  async isBlocked(extension: string): Promise<boolean> {
    return this.blocked.has(extension) || this.justBlocked.has(extension);
  }

  phonesOf(extension: string): readonly string[] {
    return this.devices.get(extension) ?? [];
  }

  contextOf(extension: string): string | undefined {
    return this.devices.has(extension) ? 'internal' : undefined;
  }

  facts(number: string): ExtensionFacts | undefined {
    if (!this.devices.has(number)) return undefined;
    const presentity = { state: 'not_set', subtype: '', message: '' };
    const line = this.away.has(number) ? 'unavailable' : 'idle';
    return { number, line, blocked: this.blocked.has(number), lamps: {}, presentity } as ExtensionFacts;
  }
}

/** Extensions 1001 to 1020, of which 1005 has a second phone. */
export function someExtensions(): Record<string, readonly string[]> {
  const numbers = Array.from({ length: 20 }, (_, i) => String(1001 + i));
  const own = numbers.map((number) => [number, [`PJSIP/${number}`]]);
  return { ...Object.fromEntries(own), 1005: ['PJSIP/1005', 'PJSIP/1005-2'] };
}

export class CallWatchHouse {
  readonly link = new FakeLink();
  readonly clock = new HandClock();
  readonly phones: PaperPhones;
  readonly watch: CallWatch;
  readonly news: CallNews[] = [];
  readonly reports: string[] = [];
  /** The answer to a list of channels. */
  channels: readonly AmiMessage[] = [];
  /** What is said of callers whose presentation is asked for. */
  presentation: string | undefined = 'allowed_not_screened';

  constructor(extensions = someExtensions()) {
    this.phones = new PaperPhones(extensions);
    this.link.answer('CoreShowChannels', () => this.channels);
    this.link.answer('Getvar', () => {
      if (this.presentation === undefined) throw new AmiError('refused', 'No such channel');
      return [{ value: this.presentation }];
    });
    const { link, clock, phones } = this;
    this.watch = openCallWatch({ link, clock, phones, report: (event) => this.reports.push(event) });
    this.watch.subscribe((news) => this.news.push(news));
  }

  /** Brings the link up and waits until calls are watched. */
  async begin(restored: readonly OpenCall[] = []): Promise<void> {
    this.watch.restore(restored);
    this.watch.start();
    this.link.up();
    await turns();
  }

  /** The headers of an event, with their names in any case. */
  emit(event: AmiMessage): void {
    const headers = Object.fromEntries(Object.entries(event).map(([name, value]) => [name.toLowerCase(), value]));
    this.link.emit(String(headers['event']), headers as Record<string, string>);
  }

  get entries(): readonly CallEntry[] {
    return this.news.flatMap((one) => (one.kind === 'ended' ? one.entries : []));
  }

  get open(): readonly OpenCall[] {
    return this.news.flatMap((one) => (one.kind === 'open' ? [one.call] : []));
  }
}

/** What an entry says but for its times: `1002 in missed declined 1001`. */
export function entryInWords({ owner, direction, disposition, reason, number }: CallEntry): string {
  return [owner, direction, disposition, reason, number === '' ? '(withheld)' : number].filter(Boolean).join(' ');
}

/** Waits until what was asked of the link is answered and dealt with. */
export async function turns(count = 8): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((done) => void setImmediate(done));
}
