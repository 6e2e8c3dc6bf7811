// Builds the portal into dist/web, from where the daemon serves it. No inline script, no inline style, nothing from elsewhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
  version: string;
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  publicDir: 'public',
  define: { ROLLCALL_VERSION: JSON.stringify(version) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        // One script for everybody, one for each language, one for each page that is seldom the first: nothing in small pieces.
        codeSplitting: {
          groups: [
            {
              name: 'portal',
              test: /node_modules|\/client\/|\/src\/domain\/|web\/src\/(?!admin\/|import\/|account\/|attendants|calls\/(bar|history)\/|chat\/(?!use-unread|chats)|contacts\/add-number|notify\/|texts\/(en|de)\.ts)/,
            },
          ],
        },
      },
    },
  },
});
