import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../exchange/clock.ts';
import { exchangeId } from '../exchange/exchange-id.ts';
import type { ConnectionOwner, Door, Received } from '../exchange/message.ts';
import type { Refusal } from '../exchange/refusal.ts';
import { readEndpoint } from '../exchange/service-path.ts';
import type { ClientOf } from './client.ts';
import { shownBy } from './client-certificate.ts';
import type { OnOutcome } from './hold-back.ts';
import { readMediaType, unquote } from './media-type.ts';

/** What the door gives back to the wire. */
export type Answered = {
  readonly status: number;
  readonly soap: '1.1' | '1.2';
  readonly bytes: Uint8Array;
  readonly refusal: Refusal | null;
};

export type Travel = (received: Received, signal: AbortSignal) => Promise<Answered>;

type Needs = {
  readonly travel: Travel;
  readonly clock: Clock;
  readonly clientOf: ClientOf;
  /** Whose a connection is that these certificates (DER) opened; null: clients show none. */
  readonly ownerOf: ((chain: readonly Buffer[]) => Promise<ConnectionOwner>) | null;
  readonly onOutcome: OnOutcome;
  /** Aborted when the bus no longer waits for what is under way. */
  readonly signal: AbortSignal;
};

const MEDIA_TYPE = {
  '1.1': 'text/xml; charset=utf-8',
  '1.2': 'application/soap+xml; charset=utf-8',
} as const;

/** What a body may be coded in (RFC 9110 §15.5.16). */
const CODINGS = { 'accept-encoding': 'identity' };

const NOTHING = Buffer.alloc(0);

/** Where messages come in: one endpoint a service and version, and one for all. The body is taken as it is. */
export function soapDoor(server: FastifyInstance, needs: Needs): void {
  const { travel, ownerOf, onOutcome, signal } = needs;
  // Whatever the media type, the journey decides: a refusal for it is in the audit like any other.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  async function admit(request: FastifyRequest, reply: FastifyReply, problem: Door['problem']) {
    const connection = ownerOf && (await ownerOf(shownBy(request)));
    const received = receive(request, connection, needs, problem);
    const { status, soap, bytes, refusal } = await travel(received, signal);
    // Of a body that is too large nothing is kept, but it was read as far as it may go.
    const size = problem === 'too-large' ? (server.initialConfig.bodyLimit ?? 0) : received.raw.length;
    onOutcome(request, { refused: isBlamed(refusal), bytes: size });
    return reply
      .code(status)
      .header('content-type', MEDIA_TYPE[soap])
      .headers({ 'x-kruispunt-exchange': received.id, ...(status === 415 ? CODINGS : {}) })
      .send(bytes);
  }

  const open = (request: FastifyRequest, reply: FastifyReply) => admit(request, reply, null);
  server.post('/soap/WebService', open);
  server.post('/:endpoint/soap/WebService', open);
  server.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return admit(request, reply, 'too-large');
    return reply
      .code(error.statusCode ?? 500)
      .type('text/plain')
      .send('the request could not be read\n');
  });
  server.setNotFoundHandler((request, reply) => {
    if (request.method === 'POST') return admit(request, reply, 'no-such-path');
    return reply.code(404).type('text/plain').send('nothing here\n');
  });
}

function receive(
  request: FastifyRequest,
  connection: ConnectionOwner | null,
  { clock, clientOf }: Pick<Needs, 'clock' | 'clientOf'>,
  problem: Door['problem'],
): Received {
  const { type, charset, action } = readMediaType(request.headers['content-type']);
  const header = request.headers.soapaction;
  const part = endpointOf(request.params);
  const endpoint = part === null ? null : readEndpoint(part);
  const at = clock.now();
  const coded = isCoded(request.headers['content-encoding']) ? 'coded' : null;
  return {
    id: exchangeId(at, randomUUID()),
    at,
    raw: Buffer.isBuffer(request.body) ? request.body : NOTHING,
    ending: [],
    door: {
      remoteAddress: clientOf(request).address,
      connection,
      mediaType: type,
      charset,
      soapAction: typeof header === 'string' ? unquote(header) : action,
      endpoint,
      problem: problem ?? (part !== null && endpoint === null ? 'no-such-path' : coded),
    },
  };
}

/** Whoever may ask is told what is wrong by a reply; a fault is for the rest, but for those that are ours. */
const isBlamed = (refusal: Refusal | null) => refusal?.row.level === 1 && refusal.row.fault !== 'Server';

/** Nothing is ever inflated: a kilobyte of it may stand for a gigabyte. */
const isCoded = (header = '') =>
  header.split(',').some((coding) => !['', 'identity'].includes(coding.trim().toLowerCase()));

const endpointOf = (params: unknown): string | null =>
  typeof params === 'object' && params !== null && 'endpoint' in params && typeof params.endpoint === 'string'
    ? params.endpoint
    : null;
