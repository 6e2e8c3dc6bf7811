// One FastAGI peer: its request, what the dialplan port says, one SET VARIABLE after the other, the end. Each stage has its
// deadline, and nothing a peer does or leaves undone keeps it longer. Knows no listener.
import type { Socket } from 'node:net';
import type { Clock } from '../service/clock.ts';
import type { DialplanPort } from '../service/dialplan-port.ts';
import { isHangup, readReply } from './agi-reply.ts';
import { type AgiRequest, AgiRequestReader } from './agi-request.ts';
import { AGI_SCRIPTS, type AgiAnswer, type AgiScript } from './agi-script.ts';
import type { AgiTuning } from './agi-tuning.ts';
import { setVariable } from './agi-variable.ts';

/** What all conversations of one listener share. */
export interface AgiHouse {
  readonly dialplan: DialplanPort;
  readonly tuning: AgiTuning;
  readonly clock: Clock;
  /** Whether somebody who shows this may ask. */
  isTokenRight(token: string): boolean;
  /** Questions to the port at work. */
  questions: number;
  /** A request was answered after so many seconds, or why it was not. */
  counted(outcome: string, seconds: number): void;
  dropped(reason: string, address: string | undefined): void;
  unknownScript(): void;
  failed(error: unknown): void;
  /** The connection is closed. */
  gone(conversation: AgiConversation): void;
}

type Stage = 'request' | 'question' | 'reply' | 'over';

export class AgiConversation {
  readonly #socket: Socket;
  readonly #house: AgiHouse;
  readonly #reader = new AgiRequestReader();
  #stage: Stage = 'request';
  #cancel: () => void;
  #begun = 0;
  #outcome: string | undefined;
  #seconds = 0;
  #commands: readonly string[] = [];
  #sent = 0;
  #reply = '';

  constructor(socket: Socket, house: AgiHouse) {
    this.#socket = socket;
    this.#house = house;
    this.#cancel = house.clock.after(house.tuning.requestMs, () => this.#drop('slow'));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => this.end());
    socket.on('close', () => {
      this.end();
      house.gone(this);
    });
  }

  /** The request is not complete. */
  get isAsking(): boolean {
    return this.#stage === 'request';
  }

  /** Ends it at once. In good order everything written has been answered by then, so nothing is lost. */
  end(): void {
    if (this.#stage === 'over') return;
    this.#stage = 'over';
    this.#cancel();
    this.#socket.destroy();
    if (this.#outcome !== undefined) this.#house.counted(this.#outcome, this.#seconds);
  }

  #read(chunk: Buffer): void {
    try {
      if (this.#stage === 'request') this.#readRequest(chunk);
      else if (this.#stage === 'question') this.#readEarly(chunk.toString('latin1'));
      else if (this.#stage === 'reply') this.#readReply(chunk.toString('latin1'));
    } catch (error) {
      this.#house.failed(error);
      this.end();
    }
  }

  #readRequest(chunk: Buffer): void {
    const progress = this.#reader.push(chunk);
    if (progress === 'more') return;
    if (progress !== 'complete') this.#drop(progress);
    else if (this.#reader.left !== '') this.#readEarly(this.#reader.left);
    else this.#open(this.#reader.request());
  }

  /** Asterisk says nothing before it is told something, but that the caller has hung up. */
  #readEarly(text: string): void {
    if (isHangup(text)) this.end();
    else this.#drop('early');
  }

  #open(request: AgiRequest): void {
    const script = AGI_SCRIPTS.get(request.script);
    this.#cancel();
    this.#begun = performance.now();
    if (!this.#house.isTokenRight(request.query?.get('token') ?? '')) {
      this.#house.counted('refused', 0);
      this.end();
    } else if (script) {
      this.#ask(script, request);
    } else {
      this.#house.unknownScript();
      this.end();
    }
  }

  #ask(script: AgiScript, request: AgiRequest): void {
    const house = this.#house;
    this.#stage = 'question';
    if (house.questions >= house.tuning.questions) {
      this.#answer(script.without('busy'));
      return;
    }
    this.#cancel = house.clock.after(house.tuning.dialplanMs, () => this.#answer(script.without('late')));
    void this.#askPort(script, request);
  }

  /** Never rejects. */
  async #askPort(script: AgiScript, request: AgiRequest): Promise<void> {
    const house = this.#house;
    house.questions += 1;
    try {
      this.#answer(await script.ask(request, house.dialplan));
    } catch (error) {
      house.failed(error);
      this.#answer(script.without('failed'));
    } finally {
      house.questions -= 1;
    }
  }

  /** The first answer counts. */
  #answer({ variables, outcome }: AgiAnswer): void {
    if (this.#stage !== 'question') return;
    this.#commands = variables.map(setVariable);
    this.#stage = 'reply';
    this.#cancel();
    this.#outcome = outcome;
    this.#seconds = (performance.now() - this.#begun) / 1_000;
    this.#setNext();
  }

  /** Asterisk takes one command at a time: a second one in its buffer would wait there for a third. */
  #setNext(): void {
    const command = this.#commands[this.#sent];
    if (command === undefined) {
      this.end();
      return;
    }
    this.#sent += 1;
    this.#cancel = this.#house.clock.after(this.#house.tuning.answerMs, () => this.#drop('silent'));
    this.#socket.write(command);
  }

  #readReply(text: string): void {
    this.#reply += text;
    const reply = readReply(this.#reply);
    if (reply === 'part') return;
    this.#cancel();
    this.#reply = '';
    if (reply === 'done') this.#setNext();
    else if (reply === 'hangup') this.end();
    else this.#drop('answer');
  }

  #drop(reason: string): void {
    this.#house.dropped(reason, this.#socket.remoteAddress);
    this.end();
  }
}
