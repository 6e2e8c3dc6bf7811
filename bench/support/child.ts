// A child process of a benchmark: started with tsx, asked by messages, answered by messages.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Child {
  /** Asks and waits for the answer. */
  ask<T>(question: object): Promise<T>;
  end(): void;
}

export function startChild(script: string, args: readonly string[] = []): Child {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child: ChildProcess = fork(path, [...args], { execArgv: ['--import', 'tsx', '--expose-gc'] });
  const waiting: ((answer: unknown) => void)[] = [];
  child.on('message', (answer) => waiting.shift()?.(answer));
  child.on('exit', (code) => {
    if (waiting.length > 0) throw new Error(`${script} ended with ${code} before it answered`);
  });
  return {
    ask: <T>(question: object) =>
      new Promise<T>((resolve) => {
        waiting.push((answer) => resolve(answer as T));
        child.send(question);
      }),
    end: () => child.kill('SIGKILL'),
  };
}

/** In the child: answers each question in order. */
export function answering(answer: (question: Record<string, unknown>) => unknown): void {
  let last: Promise<unknown> = Promise.resolve();
  process.on('message', (question: Record<string, unknown>) => {
    last = last.then(async () => process.send?.((await answer(question)) ?? {}));
  });
  process.on('disconnect', () => process.exit(0));
}

/** Microseconds of CPU this process has used. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of a clock that all processes of this machine share. */
export function clockMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
