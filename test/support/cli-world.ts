// A data folder with a store in memory, for commands: with a daemon's socket on it or without, and everything that a command
// said and did kept. The real settings, users and control socket; no AMI.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyCommand } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import type { Daemon, Parts } from '../../src/cli/parts.ts';
import type { Presence } from '../../src/domain/presence.ts';
import { type ControlServer, serveControl } from '../../src/server/control.ts';
import { controlMethods, type DaemonStatus } from '../../src/server/control-methods.ts';
import { nodeCrypto } from '../../src/server/crypto.ts';
import { Access } from '../../src/service/access.ts';
import { watchBoard } from '../../src/service/board-view.ts';
import { systemClock } from '../../src/service/clock.ts';
import { Lookup } from '../../src/service/lookup.ts';
import { createOperations, type PresenceChange } from '../../src/service/operations.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import { Rules } from '../../src/service/rules-setting.ts';
import { ONE_SITE, type Sites } from '../../src/service/site-view.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { CliIo } from './cli-io.ts';
import { MemoryStore } from './memory-store.ts';
import { PaperImports } from './paper-imports.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class CliWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'rollcall-cli-'));
  readonly store = new MemoryStore();
  readonly access = new Access(this.store);
  readonly rules = new Rules({
    store: this.store,
    access: this.access,
    clock: systemClock,
    newId: randomUUID,
    report: () => undefined,
  });
  readonly lookup = new Lookup({
    store: this.store,
    access: this.access,
    numbering: { country: 'GB', outsideLine: '' },
    order: ['extension', 'personal', 'company'],
    lastDigits: 7,
  });
  readonly imports = new PaperImports();
  readonly users = new Users({
    store: this.store,
    sweeper: new Sweeper({ store: this.store, clock: systemClock, report: () => undefined }),
    passwords: createPasswords(nodeCrypto),
    throttle: createThrottle(systemClock),
    turns: new Turns(),
  });
  /** What `presence set` asked of the daemon. */
  readonly presenceChanges: PresenceChange[] = [];
  /** Stands for the board: what it answers to a change. */
  setPresence: (change: PresenceChange) => Promise<Presence> = () => Promise.reject(new Error('not set up'));
  /** Which of several sites this is. */
  sites: Sites = ONE_SITE;
  status: Partial<DaemonStatus> = {};
  environment: Record<string, string> = {};
  opened = 0;
  closed = 0;
  #control: ControlServer | undefined;

  /** Serves the socket, as a daemon on this folder would. */
  async startDaemon(): Promise<void> {
    const operations = createOperations({
      store: this.store,
      users: this.users,
      rules: this.rules,
      lookup: this.lookup,
      imports: this.imports,
      exports: this.imports,
      sites: this.sites,
      clock: systemClock,
      setPresence: (change) => {
        this.presenceChanges.push(change);
        return this.setPresence(change);
      },
    });
    const since = '2026-11-21T12:00:00.000Z';
    const status = {
      version: '1.2.3',
      pid: 4711,
      since,
      store: 'open' as const,
      pbx: { connected: true },
      listening: [],
    };
    this.#control = await serveControl({
      folder: this.folder,
      methods: controlMethods({
        operations,
        watch: (listener) => watchBoard(this.store, listener, this.sites),
        status: () => ({ ...status, ...this.status }),
      }),
      report: () => undefined,
    });
  }

  async stopDaemon(): Promise<void> {
    await this.#control?.close();
    this.#control = undefined;
  }

  parts(more: Partial<Parts> = {}): Parts {
    return {
      version: '1.2.3',
      loadSettings: async (config) => {
        const env = { ROLLCALL_DATA: this.folder, ...this.environment };
        const readFile = () => {
          throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        };
        const { settings, source } = loadSettings({ config, env, cwd: this.folder, readFile });
        return { settings, file: source };
      },
      runDaemon: (): Promise<Daemon> => Promise.reject(new Error('not set up')),
      openOffline: async () => {
        this.opened += 1;
        return {
          operations: createOperations({
            store: this.store,
            users: this.users,
            rules: this.rules,
            lookup: this.lookup,
            imports: this.imports,
            exports: this.imports,
            sites: this.sites,
            clock: systemClock,
          }),
          close: async () => {
            this.closed += 1;
          },
        };
      },
      ...more,
    };
  }

  /** Runs one command line to its end. */
  async run(
    argv: readonly string[],
    io = new CliIo(),
    more: Partial<Parts> = {},
    commands: readonly AnyCommand[] = COMMANDS,
  ): Promise<Outcome> {
    const code = await dispatch(argv, commands, io, this.parts(more));
    return { code, stdout: io.stdout.text, stderr: io.stderr.text };
  }

  async end(): Promise<void> {
    await this.stopDaemon();
    this.users.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
