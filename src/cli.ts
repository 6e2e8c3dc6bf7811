#!/usr/bin/env node
// The program: reads the command line and runs one command.
import { COMMANDS } from './cli/commands.ts';
import { dispatch } from './cli/dispatch.ts';
import { processIo, quietPipes } from './cli/io.ts';
import { parts } from './cli/lazy-parts.ts';

const argv = process.argv.slice(2);
quietPipes(argv[0] === 'run');
// The daemon's own timers do not keep a process alive, so that its parts can be left alone; the command does until it ends.
setInterval(() => undefined, 2 ** 30);
process.exit(await dispatch(argv, COMMANDS, processIo(), parts));
