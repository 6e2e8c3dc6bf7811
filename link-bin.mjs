// Part of the build: makes the program executable and puts it where `npx rollcall` in a checkout looks for it. npm links
// the programs of dependencies there, but not the package's own.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

const program = 'dist/cli.js';
const link = 'node_modules/.bin/rollcall';
chmodSync(program, 0o755);
mkdirSync('node_modules/.bin', { recursive: true });
rmSync(link, { force: true });
symlinkSync(`../../${program}`, link);
