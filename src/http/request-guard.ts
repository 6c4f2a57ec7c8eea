import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_HEADERS } from './node-server.ts';

/** The longest address here is that of a contract's document. */
const MAX_URL = 4096;

/** Turns away, before anything else looks at it, what Node's parser lets pass and no client of the bus sends. */
export function guardRequests(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const fault = faultOf(request);
    if (fault === null) return;
    // What still comes on this connection is not read.
    await reply.code(fault.status).header('connection', 'close').type('text/plain').send(`${fault.text}\n`);
    return reply;
  });
}

function faultOf({ raw, method, url }: FastifyRequest) {
  if (url.length > MAX_URL) return { status: 414, text: 'the address is too long' };
  if (raw.rawHeaders.length > 2 * MAX_HEADERS) return { status: 431, text: 'too many headers' };
  const { 'transfer-encoding': coding, 'content-length': length = '0' } = raw.headers;
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked')
    return { status: 501, text: 'no transfer coding but chunked is read' };
  const reads = method === 'GET' || method === 'HEAD';
  if (reads && (coding !== undefined || Number(length) > 0))
    return { status: 400, text: 'nothing may come with this question' };
  return null;
}
