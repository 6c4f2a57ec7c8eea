import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { plainAddress } from '../exchange/networks.ts';
import type { ClientOf } from './client.ts';
import type { Caller, Pass, WaitingRoom } from './waiting-room.ts';

/** Tells what became of a request's message. */
export type OnOutcome = (request: FastifyRequest, outcome: Parameters<Pass['leave']>[0]) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** With which it was let in; null where it did not have to be. */
    pass: Pass | null;
  }
}

type Needs = {
  readonly room: WaitingRoom;
  readonly clientOf: ClientOf;
  /** A proxy that does not say for whom it asks, asks for many, and never waits. */
  readonly speaksForMany: (address: string) => boolean;
};

/** Has messages wait whose address sends what is refused: before a byte of their body is read, on the line that is theirs. */
export function holdBack(server: FastifyInstance, { room, clientOf, speaksForMany }: Needs): OnOutcome {
  server.decorateRequest('pass', null);

  function callerOf(request: FastifyRequest): Caller | null {
    const { socket } = request.raw;
    const { address } = clientOf(request);
    if (speaksForMany(address)) return null;
    return { address, line: plainAddress(socket.remoteAddress ?? '') === address ? socket : null };
  }

  function turnAway(reply: FastifyReply): void {
    void reply
      .code(503)
      .headers({ connection: 'close', 'retry-after': '30' })
      .type('text/plain')
      .send('too many messages from here are refused; try again later\n');
  }

  server.addHook('onRequest', (request, reply, done) => {
    const caller = isMessage(request) ? callerOf(request) : null;
    if (caller === null) return done();
    const pass = room.enter(caller, () => request.raw.socket.destroyed);
    if (!(pass instanceof Promise)) {
      request.pass = pass;
      return done();
    }
    void pass.then((turn) => {
      if (turn === null) return turnAway(reply);
      request.pass = turn;
      done();
    });
  });
  server.addHook('preClose', async () => room.close());
  return (request, outcome) => request.pass?.leave(outcome);
}

/** What the journey will see: at an endpoint, or at none. */
const isMessage = ({ method, routeOptions }: FastifyRequest) =>
  method === 'POST' && (routeOptions.url ?? ENDPOINT).endsWith(ENDPOINT);

const ENDPOINT = '/soap/WebService';
