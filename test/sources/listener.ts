import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import type { Reachable, Source } from '../../src/exchange/source.ts';
import { connector } from '../../src/sources/connect.ts';

/** Sources that really listen, for one file of tests. */

const servers: Server[] = [];
const { connect, close } = connector();

export { connect };

after(async () => {
  await close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function listening(handler: Handler, changes: Partial<Source> = {}): Promise<Reachable> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return sourceAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, changes);
}

export const sourceAt = (url: string, changes: Partial<Source> = {}): Reachable => ({
  name: 'bron',
  kind: 'soap',
  deadline: 2000,
  maxBytes: 100_000,
  retries: 1,
  breaker: 3,
  pause: 1000,
  signature: 'none',
  ...changes,
  url,
});

/** A port of this machine at which nothing listens. */
export async function deaf(): Promise<Reachable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return sourceAt(`http://127.0.0.1:${port}`);
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export const replying =
  (status: number, body: string | Buffer = ''): Handler =>
  (request, response) => {
    request.resume();
    response.statusCode = status;
    response.end(body);
  };
