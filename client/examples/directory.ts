// A softphone's directory in a terminal: colleagues with their presence as it changes, a search of contacts, and one's own
// status. Shows how little a program has to do beside the client library.
//
//   npx tsx client/examples/directory.ts ws://127.0.0.1:8088/ws 1001
import process from 'node:process';
import { WebSocket } from 'ws';
import { type Client, type Contact, createClient, isRequestFailure, type Status } from '../index.ts';
import { type Directory, STATUSES, screenOf } from './directory-screen.ts';
import { Terminal } from './terminal.ts';

const REDRAW_MS = 50;
const USAGE = 'Usage: npx tsx client/examples/directory.ts ws://HOST:8088/ws EXTENSION\n';

const [url, login] = process.argv.slice(2);
if (url === undefined || login === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await run(url, login);
}

/** Runs until the user leaves or the log-in has ended; the code to exit with. */
async function run(url: string, login: string): Promise<number> {
  const terminal = new Terminal(process.stdin, process.stdout);
  const password = await terminal.askSecret(`Password of ${login}: `);
  if (password === undefined) {
    terminal.close();
    return 1;
  }
  const client = createClient({
    url,
    client: { platform: 'sdk', version: '1.0.0', name: 'terminal directory' },
    auth: { login, password },
    collections: ['pbx', 'extensions', 'presence', 'books', 'contacts'],
    WebSocket,
  });
  const why = await new Promise<string>((end) => show(client, terminal, end));
  terminal.close();
  client.close();
  if (why !== '') process.stderr.write(`${why}\n`);
  return why === '' ? 0 : 1;
}

/** Draws what the client knows and does what keys say, until `end` is called: with a reason, or without at the user's wish. */
function show(client: Client, terminal: Terminal, end: (why: string) => void): void {
  const directory: Directory = { client, mode: 'list', text: '', top: 0, found: [], message: '' };
  let timer: NodeJS.Timeout | undefined;
  const redraw = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      terminal.draw(screenOf(directory, terminal.size));
    }, REDRAW_MS);
  };
  const leave = (why = '') => {
    clearTimeout(timer);
    timer = undefined;
    end(why);
  };
  client.subscribe(() => {
    if (client.state.kind === 'ended') leave(client.state.failure?.message ?? 'The log-in has ended.');
    else redraw();
  });
  for (const name of ['pbx', 'extensions', 'presence'] as const) client.mirror(name).subscribe(redraw);
  client.contacts.subscribe(redraw);
  terminal.begin({
    key: (key) => {
      if (key === '\x03' || key === '' || (key === 'q' && directory.mode === 'list')) leave();
      else press(directory, key, redraw);
    },
    resized: redraw,
  });
  redraw();
  client.start().catch(() => undefined); // its state says it, and is looked at
}

function press(directory: Directory, key: string, redraw: () => void): void {
  directory.message = '';
  if (key === '\x1b') Object.assign(directory, { mode: 'list', text: '', found: [], top: 0 });
  else if (key === '\x1b[A') directory.top = Math.max(0, directory.top - 1);
  else if (key === '\x1b[B') directory.top += 1;
  else if (directory.mode === 'search') type(directory, key, redraw);
  else if (directory.mode === 'status') choose(directory, STATUSES[Number(key) - 1]?.status, redraw);
  else if (key === '/') directory.mode = 'search';
  else if (key === 's') directory.mode = 'status';
  redraw();
}

/** A key of the text that is searched for. */
function type(directory: Directory, key: string, redraw: () => void): void {
  if (key === '\x7f' || key === '\b') directory.text = [...directory.text].slice(0, -1).join('');
  else if (!/[\p{Cc}\p{Cs}]/u.test(key)) directory.text += key;
  directory.top = 0;
  void search(directory, redraw);
}

/** The server searches: it knows every spelling of a number. */
async function search(directory: Directory, redraw: () => void): Promise<void> {
  const { text } = directory;
  let found: readonly Contact[] = [];
  try {
    if (text.trim() !== '') found = (await directory.client.request('contacts.search', { text, limit: 100 })).contacts;
  } catch (error) {
    directory.message = reasonOf(error);
  }
  if (directory.text !== text) return; // it was typed on
  directory.found = found;
  redraw();
}

async function choose(directory: Directory, status: Status | undefined, redraw: () => void): Promise<void> {
  directory.mode = 'list';
  if (status === undefined) return;
  try {
    await directory.client.request('presence.set', { status });
  } catch (error) {
    directory.message = reasonOf(error);
  }
  redraw();
}

function reasonOf(error: unknown): string {
  if (!isRequestFailure(error)) throw error;
  return error.message;
}
