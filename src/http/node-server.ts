import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Places } from './connection-places.ts';
import type { LateRequests } from './late-requests.ts';

export type Tls = {
  readonly key: string;
  readonly cert: string;
  /** When set, a client must show a certificate of this authority. */
  readonly clientCa: string | null;
};

/** Milliseconds. */
export type Times = {
  /** From a request's first byte to its last. */
  readonly receive: number;
  /** Without a request. */
  readonly idle: number;
};

/** More headers than any client has; Node drops what is beyond its own limit in silence, so that is one more. */
export const MAX_HEADERS = 100;
const HEAD_BYTES = 16 * 1024;
const HANDSHAKE = 10_000;
/** Without a byte in either direction. */
const SILENCE = 60_000;

/** Node's server with each of its limits said, since what it takes when nothing is said changes from version to version. */
export function nodeServer(
  handler: RequestListener,
  tls: Tls | null,
  { receive, idle }: Times,
  { places, late }: { readonly places: Places; readonly late: LateRequests },
): Server {
  const limits = {
    // Request line and headers together; more is 431.
    maxHeaderSize: HEAD_BYTES,
    requestTimeout: receive,
    headersTimeout: Math.min(receive, Math.max(1_000, receive / 3)),
    keepAliveTimeout: idle,
    // Node looks this often for what is late; its own 30 seconds would double the limits.
    connectionsCheckingInterval: 500,
    // Two lengths, a length beside chunks, folded headers and bare line ends are 400, whatever Node is started with.
    insecureHTTPParser: false,
    requireHostHeader: true,
  };
  const server = tls
    ? createTlsServer({ ...limits, ...secured(tls) }, handler)
    : createServer(limits, handler);
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.setTimeout(SILENCE);
  // Of TLS the connection beneath it, so that a handshake has a place before it costs anything.
  server.on('connection', (socket: Socket) => {
    const leave = places.take(socket.remoteAddress ?? '');
    if (leave) socket.once('close', leave);
    else socket.destroy();
  });
  late.watch(server, tls ? 'secureConnection' : 'connection');
  return server;
}

function secured({ key, cert, clientCa }: Tls) {
  const mutual = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return { key, cert, minVersion: 'TLSv1.2' as const, handshakeTimeout: HANDSHAKE, ...mutual };
}
