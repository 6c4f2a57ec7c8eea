import { type HttpServer, httpServer, type ServerSettings } from '../../src/http/server.ts';

/** An HTTP server that bounds what it is told to bound, and is as it comes for the rest. */
export const serverOf = (settings: Partial<ServerSettings>): HttpServer =>
  httpServer({
    maxMessageBytes: 1024,
    tls: null,
    times: { receive: 30_000, idle: 65_000 },
    maxConnections: 1_000,
    maxConnectionsPerAddress: 1_000,
    speaksForMany: () => false,
    ...settings,
  });
