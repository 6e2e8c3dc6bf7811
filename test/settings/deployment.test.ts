import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemsFrom, settingsFrom } from '../support/settings-from.ts';

const textOf = (path: string) => readFileSync(path, 'utf8');
/** The lines of a file that say something, continued ones joined. */
const linesOf = (text: string) =>
  text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
/** `NAME=value` pairs of settings. */
const variablesIn = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/\b(ROLLCALL_[A-Z_]+)=(\S+)/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );

describe('the Dockerfile', () => {
  const lines = linesOf(textOf('Dockerfile'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const words = (instruction: string) =>
    last.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));

  test('builds in one stage and runs in another, without development packages or scripts', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual([
      'FROM node:20-slim AS build',
      'FROM node:20-slim',
    ]);
    expect(lines.filter((line) => line.includes('npm ci')).map((line) => line.split(' && ')[0])).toEqual([
      'RUN npm ci --ignore-scripts',
      'RUN npm ci --omit=dev --ignore-scripts',
    ]);
  });

  test('runs the daemon as a user without rights, with its data in a volume that is his', () => {
    expect(words('USER')).toEqual(['1000:1000']);
    expect(words('VOLUME')).toEqual(['/var/lib/rollcall']);
    expect(words('RUN').at(-1)).toBe('install --directory --mode=0700 --owner=1000 --group=1000 /var/lib/rollcall');
    expect([words('ENTRYPOINT'), words('CMD')]).toEqual([['["node", "dist/cli.js"]'], ['["run"]']]);
    expect(last.indexOf('USER 1000:1000')).toBeLessThan(last.findIndex((line) => line.startsWith('ENTRYPOINT')));
  });

  test('copies only what is there and what .dockerignore lets in', () => {
    const copies = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from'));
    const sources = copies.flatMap((line) => line.split(' ').slice(1, -1));
    const ignore = linesOf(textOf('.dockerignore'));
    expect(ignore[0]).toBe('*');
    expect(sources.filter((source) => !existsSync(source) || !ignore.includes(`!${source}`))).toEqual([]);
    expect(
      ignore
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .sort(),
    ).toEqual([...new Set(sources)].sort());
    expect(ignore).toContain('config/rollcall.yaml');
  });

  test('sets settings that exist, and no secret', () => {
    const variables = variablesIn(words('ENV').join('\n'));
    const { settings } = settingsFrom({ env: variables });
    expect(variables).toEqual({ ROLLCALL_DATA: '/var/lib/rollcall', ROLLCALL_LISTEN_HOST: '0.0.0.0' });
    expect(words('EXPOSE')).toEqual([String(settings.listen.port)]);
    expect(lines.filter((line) => /(secret|password|token)\S*=/i.test(line))).toEqual([]);
  });

  test.each([
    [200, 0],
    [503, 1],
    [undefined, 1],
  ])('has a health check that answers a status of %s with %i', async (status, code) => {
    const [check = ''] = words('HEALTHCHECK');
    const [program, ...args] = JSON.parse(check.slice(check.indexOf('['))) as string[];
    expect(program).toBe('node');
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status ?? 500).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    if (status === undefined) await new Promise((resolve) => server.close(resolve));
    const child = spawn(process.execPath, args, { env: { ROLLCALL_LISTEN_PORT: String(port) } });
    expect(await once(child, 'exit')).toEqual([code, null]);
    expect(asked).toEqual(status === undefined ? [] : ['/healthz']);
    server.close();
  });
});

describe('the systemd unit', () => {
  const unit = textOf('config/rollcall.service');
  const lines = linesOf(unit);
  const value = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);

  test('runs the daemon as a user of its own that can write its state alone', () => {
    const keys = [
      'DynamicUser',
      'User',
      'StateDirectory',
      'StateDirectoryMode',
      'ProtectSystem',
      'ProtectHome',
      'UMask',
    ];
    expect(keys.map(value)).toEqual(['yes', 'rollcall', 'rollcall', '0700', 'strict', 'yes', '0077']);
  });

  test('gives it no right that it does not need, and leaves V8 what it needs', () => {
    const keys = ['NoNewPrivileges', 'CapabilityBoundingSet', 'RestrictAddressFamilies', 'MemoryDenyWriteExecute'];
    expect(keys.map(value)).toEqual(['yes', '', 'AF_INET AF_INET6 AF_UNIX', 'no']);
  });

  test('starts again after a crash, but not with settings that are wrong', () => {
    expect([value('Restart'), value('RestartPreventExitStatus'), value('ExecReload')]).toEqual([
      'on-failure',
      '2 3',
      '/bin/kill -HUP $MAINPID',
    ]);
  });

  test('hands over the secret as a credential, in a setting that exists', () => {
    const variables = variablesIn(lines.join('\n'));
    expect(variables).toEqual({ ROLLCALL_DATA: '/var/lib/rollcall', ROLLCALL_PBX_AMI_SECRET_FILE: '%d/ami-secret' });
    expect(value('LoadCredential')).toBe('ami-secret:/etc/rollcall/ami-secret');
    expect(settingsFrom({ env: variables, files: { '%d/ami-secret': 'x\n' } }).settings.pbx.ami.secret.reveal()).toBe(
      'x',
    );
    expect(problemsFrom({ env: { ...variables, ROLLCALL_NO_SUCH: '' } })).toHaveLength(2);
  });

  const hasAnalyzer = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.runIf(hasAnalyzer)('is a unit without a fault in the eyes of systemd', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-unit-'));
    const path = join(folder, 'rollcall.service');
    writeFileSync(path, unit.replace('/usr/bin/node', process.execPath));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, '']);
  });
});
