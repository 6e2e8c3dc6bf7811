import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAmi } from './ami.ts';
import { committed, putKey, readKey } from './astdb.ts';
import { installAsterisk, startAsterisk } from './asterisk.ts';
import { asteriskUp } from './install.ts';
import { openPhone } from './phone.ts';
import { labVersions, withAsterisk } from './with-asterisk.ts';

describe.each(labVersions)('Asterisk %s that comes and goes', (version) => {
  const lab = withAsterisk({ version });

  test('keeps AstDB when it is killed and booted again', async () => {
    await putKey(lab(), 'DND', '1001', 'YES');
    await committed(lab());
    const pid = lab().pid;
    await lab().kill();
    expect(lab().pid).toBeUndefined();
    await expect(lab().cli('core show uptime')).rejects.toThrow("asterisk -rx 'core show uptime' failed");
    await lab().boot();
    expect(await readKey(lab(), 'DND', '1001')).toBe('YES');
    expect(lab().pid).not.toBe(pid);
  });

  test('says that it goes when it is stopped', async () => {
    const ami = await openAmi(lab());
    const going = ami.next({ Event: 'Shutdown' });
    const [event] = await Promise.all([going, lab().restart()]);
    expect(event).toMatchObject({ Shutdown: 'Cleanly', Restart: 'False' });
    ami.close();
  });

  test('takes other extensions at a reload', async () => {
    const extensions = [{ number: '1002', context: 'neu' }, { number: '5001' }];
    await lab().rewrite({ extensions });
    await lab().reload('dialplan');
    await lab().reload('res_pjsip.so');
    const ami = await openAmi(lab());
    const items = await ami.list({ Action: 'ExtensionStateList' });
    expect(items.map(({ Exten, Context }) => `${Exten}@${Context}`).sort()).toEqual(['1002@neu', '5001@internal']);
    ami.close();
    const phone = await openPhone(lab(), '5001');
    await phone.close();
  });
});

test('an Asterisk of the lab ends when the process that started it is killed', async () => {
  const asterisk = await startAsterisk({ version: '22' });
  await asterisk.stop();
  const prefix = await installAsterisk('22');
  const script = `const { spawn } = require('node:child_process');
    spawn('bash', ${JSON.stringify([asteriskUp, 'run', prefix, asterisk.folder])}, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });`;
  await rm(join(asterisk.folder, 'pid'), { force: true });
  const starter = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  const pid = await expect
    .poll(() => readPid(asterisk.folder), { timeout: 8000 })
    .toBeGreaterThan(1)
    .then(() => readPid(asterisk.folder));
  expect(isAlive(pid)).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  await asterisk.dispose();
});

test('the installation says plainly what it needs where it cannot work', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-lab-'));
  const said = async (script: string) => {
    await writeFile(join(folder, 'uname'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'uname'), 0o755);
    return install(join(folder, 'prefix'), { PATH: `${folder}:${process.env['PATH']}` });
  };
  expect(await said('echo Darwin arm64')).toEqual({
    code: 1,
    text:
      'asterisk-up: needs Linux on x86-64 (this is Darwin arm64): the real Asterisk is taken from ' +
      "Debian's amd64 packages\n",
  });
  await rm(folder, { recursive: true });
});

async function readPid(folder: string): Promise<number> {
  return Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => '0'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function install(prefix: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; text: string }> {
  return new Promise((done) => {
    const child = spawn('bash', [asteriskUp, 'install', '22', prefix], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    child.on('close', (code) => done({ code, text }));
  });
}
