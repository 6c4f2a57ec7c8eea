import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A session's requests, carried out one after the other and in their order. */
export type Requests = {
  /** @param bytes what the request itself holds in memory until it is carried out */
  readonly add: (bytes: number, work: () => Promise<void>) => void;
  /** Resolves when all that was asked is carried out. */
  readonly finish: () => Promise<void>;
  /** Nothing that waits is carried out any more. Resolves when what runs is over. */
  readonly stop: () => Promise<void>;
};

type Needs = {
  readonly socket: Pick<Socket, 'pause' | 'resume' | 'writableLength' | 'destroyed'>;
  /** Bytes that the client is ready to take; the library keeps what is sent beyond it in memory. */
  readonly window: () => number;
  /** The client asks for more than anybody needs to have under way. */
  readonly onFlood: () => void;
  readonly onFault: (error: unknown) => void;
};

// OpenSSH has 64 requests under way, clients for fast lines a few hundred.
const MAX_WAITING = 1024;
const MAX_BYTES = 4 * 1024 * 1024;
// What lies in our memory because the client, or the line to it, is slower than the disk.
const MAX_UNSENT = 4 * 1024 * 1024;
const LOOK_AGAIN = 20;

/**
 * Keeps what one client can make the bus hold in memory within bounds: the socket is not read while too much waits to
 * be written, and nothing is answered while the client does not take what was.
 */
export function takeRequests({ socket, window, onFlood, onFault }: Needs): Requests {
  const waiting: { readonly bytes: number; readonly work: () => Promise<void> }[] = [];
  let held = 0;
  let stopped = false;
  let running: Promise<void> | null = null;

  const isTaken = () => window() > 0 && socket.writableLength < MAX_UNSENT;

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next && !stopped; next = waiting.shift()) {
      while (!isTaken() && !stopped && !socket.destroyed) await pause(LOOK_AGAIN);
      if (stopped) return;
      try {
        await next.work();
      } catch (error) {
        onFault(error);
      }
      held -= next.bytes;
      if (held < MAX_BYTES) socket.resume();
    }
  }

  return {
    add: (bytes, work) => {
      if (stopped) return;
      if (waiting.length >= MAX_WAITING) {
        stopped = true;
        onFlood();
        return;
      }
      waiting.push({ bytes, work });
      held += bytes;
      if (held >= MAX_BYTES) socket.pause();
      running ??= run().finally(() => {
        running = null;
      });
    },
    finish: async () => {
      await running;
    },
    stop: async () => {
      stopped = true;
      waiting.length = 0;
      await running;
    },
  };
}
