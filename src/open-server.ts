import type { DoorConfig } from './door-settings.ts';
import { networks } from './exchange/networks.ts';
import { openTls } from './foundation.ts';
import { type ClientOf, clientsBehind } from './http/client.ts';
import type { MaySee } from './http/health.ts';
import { type HttpServer, httpServer } from './http/server.ts';

export type OpenServer = {
  readonly server: HttpServer;
  readonly clientOf: ClientOf;
  readonly maySee: MaySee;
};

/** The HTTP server as it is configured, with nothing behind it yet, and how it knows who calls. */
export function openServer(config: DoorConfig): OpenServer {
  const proxies = networks(config.trustedProxies);
  const server = httpServer({
    maxMessageBytes: config.maxMessageBytes,
    tls: openTls(config),
    times: { receive: config.receiveSeconds * 1_000, idle: config.idleSeconds * 1_000 },
    maxConnections: config.maxConnections,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    speaksForMany: proxies.hold,
  });
  const clientOf = clientsBehind(proxies);
  const near = networks(config.metricsFrom);
  return { server, clientOf, maySee: (request) => near.hold(clientOf(request).address) };
}
