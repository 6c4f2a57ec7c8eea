import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Bytes on a socket, as no HTTP client would send them. */

export type Line = {
  readonly socket: Socket;
  /** All that came so far. */
  readonly got: () => string;
  /** Milliseconds from now until the other side closes; null when it does not within as many. */
  readonly closesWithin: (ms: number) => Promise<number | null>;
};

/** @param from the address from which it comes; any of 127.0.0.0/8 is this machine */
export async function open(url: string, from = '127.0.0.1'): Promise<Line> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  let got = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    got += text;
  });
  // A peer that cuts the line off is what these tests wait for.
  socket.on('error', () => {});
  const closed = new Promise<void>((settle) => socket.once('close', () => settle()));
  await Promise.race([once(socket, 'connect'), closed]);
  const closesWithin = async (ms: number) => {
    const began = performance.now();
    const late = Symbol('late');
    const first = await Promise.race([closed, pause(ms, late, { ref: false })]);
    return first === late ? null : performance.now() - began;
  };
  return { socket, got: () => got, closesWithin };
}

/** Sends this and gives all that comes back until the other side closes, at most ten seconds. */
export async function say(url: string, bytes: string | Buffer, from?: string): Promise<string> {
  const line = await open(url, from);
  line.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  await line.closesWithin(10_000);
  line.socket.destroy();
  return line.got();
}

/** The status of each answer in what came. */
export const statuses = (got: string) =>
  [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((found) => Number(found[1]));
