import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that are still coming in. Node stops looking for late ones once its server closes, and would wait for ever. */
export type LateRequests = {
  readonly watch: (server: Server, connected: 'connection' | 'secureConnection') => void;
  /** Ends each connection of which no request has wholly come; what is being answered goes on. */
  readonly cut: () => void;
};

export function lateRequests(): LateRequests {
  const lines = new Map<Socket, IncomingMessage | null>();
  return {
    watch: (server, connected) => {
      server.on(connected, (socket: Socket) => {
        lines.set(socket, null);
        socket.once('close', () => lines.delete(socket));
      });
      server.on('request', (request: IncomingMessage) => lines.set(request.socket, request));
    },
    cut: () => {
      for (const [socket, request] of lines) if (!request?.complete) socket.destroy();
    },
  };
}
