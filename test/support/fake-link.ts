// A link without an Asterisk behind it: answers actions as it was told, records them, and emits events when asked to.
import { type ActionFields, AmiError, type Link, type LinkEvent } from '../../src/pbx/ami/link-port.ts';
import type { AmiMessage } from '../../src/pbx/ami/message.ts';

/** The items of a list, or the one answer of an action; throws AmiError to refuse. */
export type Answer = (fields: ActionFields) => readonly AmiMessage[];

/** An answer that waits: what it says is decided when it is asked, and given when the gate is opened. */
export interface Gate {
  /** Resolves when the action was sent. */
  readonly reached: Promise<void>;
  open(): void;
}

export class FakeLink implements Link {
  /** Every action that was sent. */
  readonly actions: ActionFields[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #gates = new Map<string, { reach: () => void; opened: Promise<void> }[]>();
  readonly #listeners = new Set<(event: LinkEvent) => void>();
  readonly #pending = new Set<(error: AmiError) => void>();
  #generation: number | null = null;
  #last = 0;

  get generation(): number | null {
    return this.#generation;
  }

  /** How actions of this name are answered from now on. Unknown ones are refused, as by Asterisk. */
  answer(action: string, answer: Answer): void {
    this.#answers.set(action, answer);
  }

  /** Actions of this name that were sent. */
  sent(action: string): ActionFields[] {
    return this.actions.filter((fields) => fields.Action === action);
  }

  /** Holds back the answer to the next action of this name. */
  gate(action: string): Gate {
    let reach = () => {};
    let open = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gates.set(action, [...(this.#gates.get(action) ?? []), { reach, opened }]);
    return { reached, open };
  }

  up(): void {
    this.#last += 1;
    this.#generation = this.#last;
    this.#tell({ kind: 'up', generation: this.#last });
  }

  down(): void {
    const generation = this.#generation;
    if (generation === null) return;
    this.#generation = null;
    for (const reject of [...this.#pending]) reject(new AmiError('away', 'the connection was lost'));
    this.#tell({ kind: 'down', generation });
  }

  /** An event as asterisk-manager gives it: header names in lower case. */
  emit(name: string, headers: Readonly<Record<string, string>>): void {
    if (this.#generation === null) return;
    this.#tell({ kind: 'event', generation: this.#generation, name, message: { event: name, ...headers } });
  }

  async action(fields: ActionFields): Promise<AmiMessage> {
    const [first] = await this.list(fields);
    return first ?? {};
  }

  async list(fields: ActionFields): Promise<readonly AmiMessage[]> {
    if (this.#generation === null) throw new AmiError('away', 'no connection');
    this.actions.push(fields);
    const gate = this.#gates.get(fields.Action)?.shift();
    const answer = this.#decide(fields);
    gate?.reach();
    return new Promise((resolve, reject) => {
      const settle = (error?: AmiError) => {
        this.#pending.delete(settle);
        if (error) reject(error);
        else resolve(answer());
      };
      this.#pending.add(settle);
      const give = () => {
        if (!this.#pending.has(settle)) return;
        try {
          settle();
        } catch (error) {
          reject(error);
        }
      };
      if (gate) void gate.opened.then(give);
      else setImmediate(give);
    });
  }

  subscribe(listener: (event: LinkEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is answered is decided now, when the action is sent. */
  #decide(fields: ActionFields): () => readonly AmiMessage[] {
    const answer = this.#answers.get(fields.Action);
    try {
      if (!answer) throw new AmiError('refused', `Asterisk refused ${fields.Action}: Invalid/unknown command`);
      const items = answer(fields);
      return () => items;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }

  #tell(event: LinkEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
