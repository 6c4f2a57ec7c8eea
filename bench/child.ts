import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import type { z } from 'zod';

export type Child = {
  readonly pid: number;
  /** Sends one message and resolves with the one that comes back. */
  readonly ask: <Reply>(message: object, reply: z.ZodType<Reply>) => Promise<Reply>;
  readonly stop: () => Promise<void>;
};

/** Starts a program of this folder as a process of its own, so that its CPU is counted apart. */
export function startChild(file: string): Child {
  const child = fork(resolve(import.meta.dirname, file), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} could not be started`);
  return {
    pid,
    ask: (message, reply) =>
      new Promise((done, failed) => {
        const gone = () => failed(new Error(`${file} ended while it was asked something`));
        child.once('exit', gone);
        child.once('message', (answer) => {
          child.off('exit', gone);
          const read = reply.safeParse(answer);
          if (read.success) done(read.data);
          else failed(new Error(`${file} answered ${JSON.stringify(answer)}`, { cause: read.error }));
        });
        child.send(message);
      }),
    stop: () => stopped(child),
  };
}

/** Ends a process of ours and waits until it is gone. */
export function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}

/** The child's side: answers each message with what `handle` makes of it. */
export function serveParent(handle: (message: unknown) => Promise<object>): void {
  process.on('message', (message) => {
    handle(message).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit(0));
}
