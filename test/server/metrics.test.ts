import { expect, it } from 'vitest';
import { Metrics } from '../../src/server/metrics.ts';

/** What we count ourselves, without zeros and buckets. */
async function counted(metrics: Metrics): Promise<string[]> {
  const lines = (await metrics.render()).split('\n');
  return lines.filter((line) => line.startsWith('rollcall_') && !line.endsWith(' 0') && !line.includes('_bucket'));
}

it('counts what happened', async () => {
  const metrics = new Metrics();
  expect(await counted(metrics)).toEqual([]);
  metrics.connections.inc();
  metrics.watch('rollcall_sessions', 'Sessions open now', () => 3);
  metrics.bytesSent.value += 300;
  metrics.messagesReceived.value += 4;
  metrics.bytesReceived.value += 500;
  metrics.watchTotal('rollcall_ami_events_total', 'Events from AMI', () => 6);
  metrics.watchBy('rollcall_contacts', 'Contacts', 'kind', async () => ({ company: 7, personal: 8 }));
  metrics.connectionRefused('origin');
  metrics.connectionDropped('heartbeat');
  metrics.request('presence.set', 'ok');
  metrics.httpRequest('/healthz', 200);
  metrics.lookup('agi', 'company', 0.003);
  metrics.lookup('http', 'none', 0.001);
  metrics.committed(0.002);
  const expected = [
    'rollcall_connections 1',
    'rollcall_bytes_sent_total 300',
    'rollcall_messages_received_total 4',
    'rollcall_bytes_received_total 500',
    'rollcall_connections_refused_total{reason="origin"} 1',
    'rollcall_connections_dropped_total{reason="heartbeat"} 1',
    'rollcall_requests_total{method="presence.set",outcome="ok"} 1',
    'rollcall_http_requests_total{route="/healthz",status="200"} 1',
    'rollcall_commit_seconds_sum 0.002',
    'rollcall_commit_seconds_count 1',
    'rollcall_sessions 3',
    'rollcall_ami_events_total 6',
    'rollcall_contacts{kind="company"} 7',
    'rollcall_contacts{kind="personal"} 8',
    'rollcall_lookups_total{way="agi",outcome="company"} 1',
    'rollcall_lookups_total{way="http",outcome="none"} 1',
    'rollcall_lookup_seconds_sum{way="agi"} 0.003',
    'rollcall_lookup_seconds_count{way="agi"} 1',
    'rollcall_lookup_seconds_sum{way="http"} 0.001',
    'rollcall_lookup_seconds_count{way="http"} 1',
  ];
  expect(await counted(metrics)).toEqual(expected);
  expect(await counted(metrics)).toEqual(expected);
});

it('keeps the number of words in a label small, whatever comes', async () => {
  const metrics = new Metrics();
  for (let i = 0; i < 1_000; i++) metrics.request(`method ${i}`, 'method');
  const lines = await counted(metrics);
  expect(lines.length).toBe(65);
  expect(lines).toContain('rollcall_requests_total{method="other",outcome="method"} 936');
});

it('two processes in one, as in tests, count apart', async () => {
  const [one, two] = [new Metrics(), new Metrics()];
  one.bytesSent.value += 1;
  expect([await counted(one), await counted(two)]).toEqual([['rollcall_bytes_sent_total 1'], []]);
});

it('leaves out what cannot be read now, and has all else', async () => {
  const metrics = new Metrics();
  let read = async (): Promise<Record<string, number>> => ({ company: 7 });
  metrics.watchBy('rollcall_contacts', 'Contacts', 'kind', () => read());
  metrics.watch('rollcall_sessions', 'Sessions open now', () => 3);
  expect(await counted(metrics)).toEqual(['rollcall_contacts{kind="company"} 7', 'rollcall_sessions 3']);
  read = () => Promise.reject(new Error('away'));
  expect(await counted(metrics)).toEqual(['rollcall_sessions 3']);
  read = async () => ({ personal: 8 });
  expect(await counted(metrics)).toEqual(['rollcall_contacts{kind="personal"} 8', 'rollcall_sessions 3']);
});
