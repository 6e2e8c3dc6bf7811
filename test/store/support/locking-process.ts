// A process that tries to lock the folder it is given once a line comes in, says `owner` or the message of its refusal, and
// holds what it has until stdin ends (`release`: gives it free first).
import { once } from 'node:events';
import { lockFolder } from '../../../src/store/lock.ts';

const [folder = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  const lock = await lockFolder(folder);
  process.stdout.write('owner\n');
  const [line] = await once(process.stdin, 'data');
  if (String(line).trim() === 'release') {
    await lock.release();
    process.stdout.write('released\n');
    await once(process.stdin, 'data');
  }
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
