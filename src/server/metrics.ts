// What the daemon counts, for Prometheus. Labels are words from closed lists: never a number, a name or an address.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { LookupCounts } from './lookup-counts.ts';

const LAG_PRECISION_MS = 20;
const COMMIT_BUCKETS = [0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2];
/** Most different words one label may take; more become `other`. */
const WORDS = 64;

/** A number that only rises: add to `value`. */
export interface Total {
  value: number;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #words = new Map<Counter, Set<string>>();

  readonly connections = this.#gauge('rollcall_connections', 'WebSocket connections now');

  /** Plain numbers, because they rise with every frame. */
  readonly bytesSent = this.#total('rollcall_bytes_sent_total', 'Bytes of frames sent to clients');
  readonly messagesReceived = this.#total('rollcall_messages_received_total', 'Messages received from clients');
  readonly bytesReceived = this.#total('rollcall_bytes_received_total', 'Bytes of messages received from clients');

  readonly #refused = this.#counter('rollcall_connections_refused_total', 'WebSocket upgrades refused', 'reason');
  readonly #dropped = this.#counter('rollcall_connections_dropped_total', 'Connections ended by the daemon', 'reason');
  readonly #requests = this.#counter('rollcall_requests_total', 'Requests of clients', 'method', 'outcome');
  readonly #http = this.#counter('rollcall_http_requests_total', 'HTTP requests', 'route', 'status');
  readonly #lookups = new LookupCounts();
  readonly #commits = new Histogram({
    name: 'rollcall_commit_seconds',
    help: 'Time from asking for a durable commit until it is durable',
    buckets: COMMIT_BUCKETS,
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  }

  /** An upgrade was refused: `origin`, `subprotocol`, `total`, `address`… */
  connectionRefused(reason: string): void {
    this.#refused.inc({ reason: this.#word(this.#refused, reason) });
  }

  /** The daemon ended a connection: `heartbeat`, or the rule that the peer broke. */
  connectionDropped(reason: string): void {
    this.#dropped.inc({ reason: this.#word(this.#dropped, reason) });
  }

  /** A request was answered: `ok` or the failure's code. `method` must be one of the protocol's, else `unknown`. */
  request(method: string, outcome: string): void {
    this.#requests.inc({ method: this.#word(this.#requests, method), outcome });
  }

  httpRequest(route: string, status: number): void {
    this.#http.inc({ route: this.#word(this.#http, route), status });
  }

  /** The dialplan asked and was answered: with the directory that named the caller, `none`, or why nobody was looked up. */
  lookup(way: 'agi' | 'http', outcome: string, seconds: number): void {
    this.#lookups.count(way, outcome, seconds);
  }

  /** A commit took this long. The histogram's count is the number of commits. */
  committed(seconds: number): void {
    this.#commits.observe(seconds);
  }

  /** A value that goes up and down, read when somebody asks for the metrics. */
  watch(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** Values by a label whose words are a closed list, read when somebody asks for the metrics; none while they cannot be read. */
  watchBy(name: string, help: string, label: string, read: () => Promise<Readonly<Record<string, number>>>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      async collect() {
        // A store that is away tells no counts, and all other metrics are wanted then more than ever.
        const values = await read().catch(() => ({}));
        this.reset();
        for (const [word, value] of Object.entries(values)) this.set({ [label]: word }, value);
      },
    });
  }

  /** A total that is counted elsewhere, read when somebody asks for the metrics. */
  watchTotal(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async render(): Promise<string> {
    return `${await this.#registry.metrics()}\n${this.#lookups.render()}`;
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }

  #counter(name: string, help: string, ...labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  /** prom-client is asked to count only when somebody reads: an `inc` there costs more than the frame it would count. */
  #total(name: string, help: string): Total {
    const total = { value: 0 };
    this.watchTotal(name, help, () => total.value);
    return total;
  }

  #word(counter: Counter, word: string): string {
    const known = this.#words.get(counter) ?? new Set();
    this.#words.set(counter, known);
    if (known.size < WORDS) known.add(word);
    return known.has(word) ? word : 'other';
  }
}
