// A child process of a benchmark: asked by messages, answers in order. One that ends or fails is told at once, so that no
// benchmark waits for ever.
import { type ChildProcess, fork } from 'node:child_process';
import { built } from './build.ts';

export interface Child {
  /** Asks and waits for the answer. Rejects when the child fails to give one. */
  ask<T>(question: Question): Promise<T>;
  /** Such as SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void;
  end(): void;
}

/** What is asked for, under `do`, with its particulars. */
export type Question = { readonly do: string } & Readonly<Record<string, unknown>>;

export type Answers = Readonly<Record<string, (question: Question) => unknown>>;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** Flags for Node in every child, such as `--cpu-prof`. */
const flags = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? [];

/** Starts a script of `bench/processes`, such as `audience`. */
export function startChild(script: string, args: readonly string[] = []): Child {
  const child: ChildProcess = fork(built(script), [...args], {
    execArgv: ['--expose-gc', ...flags],
    serialization: 'advanced',
  });
  const waiting: Waiting[] = [];
  let gone: Error | undefined;
  child.on('message', (message) => {
    const { answer, error } = message as { answer: never; error?: string };
    const next = waiting.shift();
    if (error === undefined) next?.resolve(answer);
    else next?.reject(new Error(`${script}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    gone = new Error(`${script} has ended (${signal ?? code})`);
    for (const { reject } of waiting.splice(0)) reject(gone);
  });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        waiting.push({ resolve, reject });
        child.send(question);
      }),
    signal: (name) => {
      child.kill(name);
    },
    end: () => {
      child.disconnect();
    },
  };
}

/** In the child: answers each question when the one before is answered. The process ends with its parent. */
export function answering(answers: Answers): void {
  let last: Promise<unknown> = Promise.resolve();
  process.on('message', (question: Question) => {
    last = last.then(async () => {
      try {
        const answer = await answers[question.do]?.(question);
        process.send?.({ answer });
      } catch (error) {
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
  process.on('disconnect', () => process.exit(0));
}

/** What every server process can be asked about itself. */
export const aboutThisProcess: Answers = {
  cpu: () => cpuMicros(),
  memory: () => {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed + external };
  },
};

/** Microseconds of CPU this process has used. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of a clock that all processes of this machine share. */
export function clockMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
