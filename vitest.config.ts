import { defineConfig } from 'vitest/config';

/** What is proved of a daemon, and has to be true of two on one database, with clients that come to the one and the other in turn. */
const TWICE = ['contacts', 'presence', 'dnd', 'chat', 'calls'].map((name) => `test/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'one', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'two', include: TWICE, env: { ROLLCALL_TEST_TWIN: '1' } } },
    ],
  },
});
