// The calls and the phones of a PBX played by hand: news of calls are told, and orders and messages written down, as the test says.
import type { CallRecord } from '../../src/domain/call-record.ts';
import type {
  CallNews,
  CallRecords,
  DialledCall,
  DialOrder,
  OpenCall,
  PbxCalls,
  PbxDialer,
} from '../../src/service/calls-port.ts';
import type { MessageTaker, PbxMessages, PhoneMessage, WrittenMessage } from '../../src/service/messages-port.ts';

export class FakeCalls implements PbxCalls, PbxDialer {
  readonly restored: OpenCall[] = [];
  readonly expected: DialledCall[] = [];
  readonly givenUp: [string, string][] = [];
  readonly orders: DialOrder[] = [];
  /** Extensions with a registered phone; undefined: not known. */
  phones: Set<string> | undefined = new Set();
  /** Extensions with a phone of which the PBX has not told yet. */
  readonly justCome = new Set<string>();
  /** Numbers that the dialplan does not have. */
  readonly unknown = new Set<string>();
  /** What the next orders meet. */
  refusal: Error | undefined;
  readonly #listeners = new Set<(news: CallNews) => void>();

  tell(...news: readonly CallNews[]): void {
    for (const one of news) for (const listener of [...this.#listeners]) listener(one);
  }

  restore(calls: readonly OpenCall[]): void {
    this.restored.push(...calls);
  }

  subscribe(listener: (news: CallNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  expect(call: DialledCall): void {
    this.expected.push(call);
  }

  giveUp(id: string, reason: string): void {
    this.givenUp.push([id, reason]);
  }

  hasPhone(extension: string): boolean | undefined {
    return this.phones?.has(extension);
  }

  async findPhone(extension: string): Promise<boolean> {
    return this.phones?.has(extension) === true || this.justCome.has(extension);
  }

  async canDial(_extension: string, dialString: string): Promise<boolean> {
    return !this.unknown.has(dialString);
  }

  async dial(order: DialOrder): Promise<void> {
    this.orders.push(order);
    if (this.refusal) throw this.refusal;
  }
}

export class FakeMessages implements PbxMessages {
  readonly sent: PhoneMessage[] = [];
  /** Extensions whose phones take messages. */
  readonly takers = new Set<string>();
  refusal: Error | undefined;
  readonly #listeners = new Set<MessageTaker>();
  readonly #reachable = new Set<(extension: string) => void>();

  async send(message: PhoneMessage): Promise<boolean> {
    if (this.refusal) throw this.refusal;
    this.sent.push(message);
    return this.takers.has(message.to);
  }

  subscribe(listener: MessageTaker): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onReachable(listener: (extension: string) => void): () => void {
    this.#reachable.add(listener);
    return () => this.#reachable.delete(listener);
  }

  /** Somebody writes at a phone; resolves with whether it was taken. */
  async write(message: WrittenMessage): Promise<boolean> {
    const taken = await Promise.all([...this.#listeners].map((listener) => listener(message)));
    return taken.includes(true);
  }

  /** A phone of the extension is back. */
  reach(extension: string): void {
    for (const listener of [...this.#reachable]) listener(extension);
  }
}

/** Records that are read from a list. */
export class PaperRecords implements CallRecords {
  readonly records: CallRecord[] = [];
  refusal: Error | undefined;

  async read(from: number, until: number): Promise<readonly CallRecord[]> {
    if (this.refusal) throw this.refusal;
    return this.records.filter(({ end }) => end >= from && end <= until);
  }

  async close(): Promise<void> {}
}
