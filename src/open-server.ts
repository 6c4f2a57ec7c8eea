import type { DoorConfig } from './door-settings.ts';
import { networks } from './exchange/networks.ts';
import { openTls } from './foundation.ts';
import { type ClientOf, clientsBehind } from './http/client.ts';
import type { MaySee } from './http/health.ts';
import { holdBack, type OnOutcome } from './http/hold-back.ts';
import { refusedDebts } from './http/refused-debts.ts';
import { type HttpServer, httpServer } from './http/server.ts';
import { type WaitingRoom, waitingRoom } from './http/waiting-room.ts';

export type OpenServer = {
  readonly server: HttpServer;
  readonly clientOf: ClientOf;
  readonly maySee: MaySee;
  readonly onOutcome: OnOutcome;
  /** Who waits because of what came from there. */
  readonly waiting: WaitingRoom['counts'];
};

/**
 * The HTTP server as it is configured, with nothing behind it yet, and how it knows who calls.
 *
 * @param onWait told of an address whose messages begin to wait, since those before them were refused
 */
export function openServer(config: DoorConfig, onWait: (address: string) => void): OpenServer {
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
  const now = () => performance.now();
  const room = waitingRoom({
    debts: refusedDebts(config.refusedPercent / 100, now),
    now,
    onWait,
  });
  return {
    ...{ server, clientOf, maySee: (request) => near.hold(clientOf(request).address) },
    onOutcome: holdBack(server, { room, clientOf, speaksForMany: proxies.hold }),
    waiting: room.counts,
  };
}
