// A process that is only a server of the edges, without limits of its own: prints its port, ends when stdin ends.
import { Metrics } from '../../src/server/metrics.ts';
import { openServer } from '../../src/server/server.ts';

const never = () => Promise.reject(new Error('not expected'));
const server = await openServer({
  listen: { host: '127.0.0.1', port: 0, origins: [], trustedProxies: [] },
  accept: () => ({ received: () => {}, receivedBinary: () => {}, drained: () => {}, closed: () => {} }),
  http: {
    portal: new Map(),
    readiness: () => ({ store: 'open', pbx: { connected: false } }),
    sessions: { logIn: never, logOut: never },
  },
  report: () => {},
  metrics: new Metrics(),
  tuning: { connections: 100_000 },
});
console.log(server.address.port);
process.stdin.on('end', () => server.close().then(() => process.exit(0)));
process.stdin.resume();
