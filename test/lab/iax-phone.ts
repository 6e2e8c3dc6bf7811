// A simulated IAX2 phone (RFC 5456), without media: registers, rings, answers, hangs up. Enough to have a phone that is
// not SIP.
import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Asterisk } from './asterisk.ts';
import { Inbox } from './inbox.ts';

const frameType = { control: 4, iax: 6 };
const control = { ringing: 3, answer: 4 };
const iax = {
  call: 1,
  ping: 2,
  pong: 3,
  ack: 4,
  hangup: 5,
  accept: 7,
  invalid: 10,
  lagRequest: 11,
  lagReply: 12,
  registerRequest: 13,
  registerChallenge: 14,
  registerDone: 15,
  registerRefused: 16,
  release: 17,
  retransmit: 18,
  poke: 30,
};
const element = { username: 6, format: 9, challenge: 15, md5: 16, refresh: 19 };
const ulaw = Buffer.from([0, 0, 0, 4]);
/** Frames that carry no sequence number of their own. */
const unnumbered = [iax.ack, iax.invalid, iax.retransmit];

interface Frame {
  readonly source: number;
  readonly stamp: number;
  readonly outgoing: number;
  readonly type: number;
  readonly subclass: number;
  readonly elements: ReadonlyMap<number, Buffer>;
}

/** One dialogue with Asterisk: a registration or a call. */
export interface IaxCall {
  /** Resolves when Asterisk has hung up. */
  readonly ended: Promise<void>;
  answer(): void;
  hangup(): void;
}

interface Leg {
  readonly own: number;
  peer: number;
  sent: number;
  received: number;
  take(frame: Frame): void;
}

/** Opens a phone for a peer of the lab and registers it. */
export async function openIaxPhone(asterisk: Asterisk, user: string, secret = `pw${user}`): Promise<IaxPhone> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const phone = new IaxPhone(socket, asterisk.iaxPort, user, secret);
  try {
    await phone.register();
  } catch (error) {
    phone.unplug();
    throw error;
  }
  return phone;
}

export class IaxPhone {
  /** Calls that come in; they ring until answered. */
  readonly calls = new Inbox<IaxCall>('incoming IAX2 call');
  readonly #socket: Socket;
  readonly #server: number;
  readonly #user: string;
  readonly #secret: string;
  readonly #legs = new Map<number, Leg>();
  readonly #started = Date.now();
  #numbers = 0;

  constructor(socket: Socket, server: number, user: string, secret: string) {
    this.#socket = socket;
    this.#server = server;
    this.#user = user;
    this.#secret = secret;
    socket.on('message', (bytes) => this.#take(bytes));
  }

  register(): Promise<void> {
    return this.#authenticate(iax.registerRequest, [[element.refresh, Buffer.from([0, 60])]]);
  }

  unregister(): Promise<void> {
    return this.#authenticate(iax.release, []);
  }

  async close(): Promise<void> {
    // Asterisk may be gone already; then there is nothing to take back
    await this.unregister().catch(() => undefined);
    this.unplug();
  }

  /** Goes without a word. */
  unplug(): void {
    this.#socket.close();
  }

  /** A request, and the same once more with the answer to the challenge. */
  #authenticate(subclass: number, elements: readonly [number, Buffer][]): Promise<void> {
    const who: [number, Buffer] = [element.username, Buffer.from(this.#user)];
    return new Promise((done, fail) => {
      const finish = (error?: Error) => {
        clearTimeout(timer);
        this.#legs.delete(leg.own);
        if (error) fail(error);
        else done();
      };
      const timer = setTimeout(() => finish(new Error(`${this.#user}: no answer over IAX2 within 3 s`)), 3000);
      const leg = this.#leg(0, (frame) => {
        if (frame.subclass === iax.registerChallenge) {
          const challenge = frame.elements.get(element.challenge)?.toString() ?? '';
          const proof = createHash('md5').update(`${challenge}${this.#secret}`).digest('hex');
          this.#send(leg, frameType.iax, subclass, [who, [element.md5, Buffer.from(proof)], ...elements]);
        } else if (frame.subclass === iax.registerDone) {
          finish();
        } else if (frame.subclass === iax.registerRefused) {
          finish(new Error(`${this.#user} cannot register over IAX2`));
        }
      });
      this.#send(leg, frameType.iax, subclass, [who, ...elements]);
    });
  }

  #leg(peer: number, take: (frame: Frame) => void): Leg {
    this.#numbers = (this.#numbers % 30_000) + 1;
    const leg: Leg = { own: this.#numbers, peer, sent: 0, received: 0, take };
    this.#legs.set(leg.own, leg);
    return leg;
  }

  #take(bytes: Buffer): void {
    const frame = parse(bytes);
    if (!frame) return; // media
    const leg = this.#legs.get(bytes.readUInt16BE(2) & 0x7fff) ?? this.#newLeg(frame);
    if (!leg || (frame.type === frameType.iax && unnumbered.includes(frame.subclass))) return;
    leg.peer = frame.source;
    if (frame.outgoing === leg.received) leg.received = (leg.received + 1) & 0xff;
    this.#send(leg, frameType.iax, iax.ack, [], frame.stamp);
    if (frame.type !== frameType.iax) return;
    if (frame.subclass === iax.lagRequest) this.#send(leg, frameType.iax, iax.lagReply, [], frame.stamp);
    else if (frame.subclass === iax.ping) this.#send(leg, frameType.iax, iax.pong, [], frame.stamp);
    else leg.take(frame);
  }

  /** For a frame outside every dialogue: a call, or the question whether the phone is there. */
  #newLeg(frame: Frame): Leg | undefined {
    if (frame.type !== frameType.iax) return undefined;
    if (frame.subclass === iax.poke) {
      const leg = this.#leg(frame.source, () => undefined);
      this.#send(leg, frameType.iax, iax.pong, [], frame.stamp);
      this.#legs.delete(leg.own);
    }
    return frame.subclass === iax.call ? this.#ringing(frame) : undefined;
  }

  #ringing(frame: Frame): Leg {
    let end = () => {};
    const ended = new Promise<void>((done) => {
      end = done;
    });
    const leg = this.#leg(frame.source, (next) => {
      if (next.subclass === iax.call) {
        this.#send(leg, frameType.iax, iax.accept, [[element.format, ulaw]]);
        this.#send(leg, frameType.control, control.ringing, []);
        this.calls.push(call);
      } else if (next.subclass === iax.hangup) {
        this.#legs.delete(leg.own);
        end();
      }
    });
    const call: IaxCall = {
      ended,
      answer: () => this.#send(leg, frameType.control, control.answer, []),
      hangup: () => {
        this.#send(leg, frameType.iax, iax.hangup, []);
        this.#legs.delete(leg.own);
        end();
      },
    };
    return leg;
  }

  #send(leg: Leg, type: number, subclass: number, elements: readonly [number, Buffer][], stamp?: number): void {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0x8000 | leg.own, 0);
    head.writeUInt16BE(leg.peer, 2);
    head.writeUInt32BE(stamp ?? Date.now() - this.#started + leg.sent, 4);
    head.writeUInt8(leg.sent & 0xff, 8);
    head.writeUInt8(leg.received, 9);
    head.writeUInt8(type, 10);
    head.writeUInt8(subclass, 11);
    if (type !== frameType.iax || !unnumbered.includes(subclass)) leg.sent += 1;
    const body = elements.map(([key, value]) => Buffer.concat([Buffer.from([key, value.length]), value]));
    this.#socket.send(Buffer.concat([head, ...body]), this.#server, '127.0.0.1');
  }
}

/** Undefined for what is no full frame. */
function parse(bytes: Buffer): Frame | undefined {
  if (bytes.length < 12 || (bytes.readUInt16BE(0) & 0x8000) === 0) return undefined;
  const type = bytes.readUInt8(10);
  const elements = new Map<number, Buffer>();
  if (type === frameType.iax) {
    for (let at = 12; at + 1 < bytes.length; at += 2 + bytes.readUInt8(at + 1)) {
      elements.set(bytes.readUInt8(at), bytes.subarray(at + 2, at + 2 + bytes.readUInt8(at + 1)));
    }
  }
  return {
    source: bytes.readUInt16BE(0) & 0x7fff,
    stamp: bytes.readUInt32BE(4),
    outgoing: bytes.readUInt8(8),
    type,
    subclass: bytes.readUInt8(11),
    elements,
  };
}
