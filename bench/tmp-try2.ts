import { WebSocket } from 'ws';
import { startChild } from './support/child.ts';
import { startDatabases } from './support/database.ts';
import { COMPANY_BOOK, gather, hellosWith } from './support/side.ts';
import { openDaemon } from './support/world.ts';
const n = Number(process.argv[2] ?? 3000);
const databases = await startDatabases();
const place = { kind: 'files' as const, folder: '/tmp/check/f' + process.pid };
const stored = startChild('stored', [JSON.stringify(place)]);
console.log('filled', await stored.ask({ do: 'fill', count: n }));
await stored.ask({ do: 'close' }); stored.end();
const filler = startChild('filler', [JSON.stringify(place)]);
const tokens = await filler.ask<string[]>({ do: 'tokens', count: 1 });
await filler.ask({ do: 'close' }); filler.end();
const pbx = startChild('paper-pbx', ['10']);
const side = await openDaemon(place, await pbx.ask<number>({ do: 'port' }));
const [hello = []] = hellosWith(tokens, COMPANY_BOOK);
const ws = new WebSocket(`ws://127.0.0.1:${side.port}/ws`);
let bytes = 0; let items = 0; const seen = new Map<string, number>(); let last = '';
ws.on('open', () => { for (const m of hello) ws.send(m); });
ws.on('message', (d) => { const t = String(d); bytes += t.length; last = t.slice(0, 150) + ' … ' + t.slice(-80); const m = JSON.parse(t); const k = m.method ?? `id ${m.id} ${JSON.stringify(m.error ?? '')}`; seen.set(k, (seen.get(k) ?? 0) + 1); items += m.params?.put?.length ?? 0; });
ws.on('close', (c, r) => console.log('closed', c, String(r)));
for (let i = 0; i < 15; i++) { await new Promise((r) => setTimeout(r, 1000)); console.log(i, items, JSON.stringify([...seen]), i > 12 ? last : ''); if (seen.has('sync.ready')) break; }
ws.terminate(); console.log('bytes', bytes);
for (let k = 0; k < 3; k++) { const g = gather(side, [hello], { group: `g${k}` }).then((m) => `ok ${m}`); console.log(await Promise.race([g, new Promise((r) => setTimeout(() => r('HANG'), 25000))]), await (await fetch(`http://127.0.0.1:${side.port}/metrics`)).text().then((t) => t.split('\n').filter((l) => /^rollcall_(sessions|bytes_sent|changes_|sessions_behind)/.test(l)).join(' '))); }
side.audience.end(); await side.server.ask({ do: 'stop' }); side.server.end(); pbx.end(); await databases.stop();
