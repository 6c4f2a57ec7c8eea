import type { DoorConfig } from './door-settings.ts';
import { openTls } from './foundation.ts';
import { type HttpServer, httpServer } from './http/server.ts';

/** The HTTP server as it is configured, with nothing behind it yet. */
export const openServer = (config: DoorConfig): HttpServer =>
  httpServer({
    maxMessageBytes: config.maxMessageBytes,
    tls: openTls(config),
    times: { receive: config.receiveSeconds * 1_000, idle: config.idleSeconds * 1_000 },
    maxConnections: config.maxConnections,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
  });
