// The parts of the program, each read when a command first needs it: most commands only talk to the daemon, and reading the
// daemon's own code would take them longer than their work.
import { readFileSync } from 'node:fs';
import type { Parts } from './parts.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const parts: Parts = {
  version,
  async loadSettings(configFile) {
    const { loadSettings } = await import('../settings/load.ts');
    const { settings, source } = loadSettings({ config: configFile, env: process.env, cwd: process.cwd() });
    return { settings, file: source };
  },
  runDaemon: async (settings) => (await import('../main.ts')).runDaemon(settings, version),
  openOffline: async (settings) => (await import('../main-offline.ts')).openOffline(settings),
};
