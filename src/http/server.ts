import { type FastifyInstance, fastify } from 'fastify';

type Settings = {
  /** Bytes of a message that are read at the most. */
  readonly maxMessageBytes: number;
  readonly tls: Tls | null;
};

export type Tls = {
  readonly key: string;
  readonly cert: string;
  /** When set, a client must show a certificate of this authority. */
  readonly clientCa: string | null;
};

/** The HTTP server, with what bounds a connection: a client that dawdles or never stops is cut off. */
export function httpServer({ maxMessageBytes, tls }: Settings): FastifyInstance {
  const limits = {
    bodyLimit: maxMessageBytes,
    connectionTimeout: 60_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    logger: false,
    exposeHeadRoutes: false,
  } as const;
  if (!tls) return fastify(limits);
  const { key, cert, clientCa } = tls;
  const mutual = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server = fastify({ ...limits, https: { key, cert, minVersion: 'TLSv1.2', ...mutual } });
  // Fastify types a server by its transport; from here on both are used alike.
  return server as unknown as FastifyInstance;
}
