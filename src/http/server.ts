import { type FastifyInstance, fastify } from 'fastify';
import { countConnections } from './connection-places.ts';
import { lateRequests } from './late-requests.ts';
import { nodeServer, type Times, type Tls } from './node-server.ts';
import { guardRequests } from './request-guard.ts';

export type HttpServer = FastifyInstance;

export type ServerSettings = {
  /** Bytes of a message that are read at the most. */
  readonly maxMessageBytes: number;
  readonly tls: Tls | null;
  readonly times: Times;
  /** In this process. */
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** A proxy has no limit of its own. */
  readonly speaksForMany: (address: string) => boolean;
};

/** The HTTP server, with what bounds a connection: a client that dawdles, never stops or comes too often is cut off. */
export function httpServer({ maxMessageBytes, tls, times, ...limits }: ServerSettings): HttpServer {
  const places = countConnections({
    connections: limits.maxConnections,
    perAddress: limits.maxConnectionsPerAddress,
    speaksForMany: limits.speaksForMany,
  });
  const late = lateRequests();
  const server = fastify({
    // Asked once for each address that a name to listen on stands for.
    serverFactory: (handler) => nodeServer(handler, tls, times, { places, late }),
    bodyLimit: maxMessageBytes,
    forceCloseConnections: 'idle',
    logger: false,
    exposeHeadRoutes: false,
  });
  guardRequests(server);
  server.addHook('preClose', async () => void setTimeout(late.cut, times.receive).unref());
  return server;
}
