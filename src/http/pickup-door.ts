import type { FileHandle } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Ledger } from '../exchange/pickup.ts';
import type { PublicationFile } from '../exchange/subscription.ts';
import { readRange } from './byte-range.ts';
import { type CallerNeeds, callerOf } from './pickup-caller.ts';
import { listJson, listPage } from './pickup-list.ts';

type Opened = { readonly handle: FileHandle; readonly size: number; readonly modified: Date };

type Needs = CallerNeeds & {
  /** What lies ready for the party, latest first. */
  readonly filesOf: (partyId: number) => Promise<readonly PublicationFile[]>;
  /** The publication whose data file or voucher has this name, and which of the two it is; only what lies ready. */
  readonly fileNamed: (partyId: number, name: string) => Promise<PublicationFile | null>;
  readonly voucherName: (name: string) => string;
  readonly open: (partyId: number, name: string) => Promise<Opened | null>;
  readonly ledger: Ledger;
  /** Resolves when it is durable; the same again changes nothing. */
  readonly acknowledge: (caller: Caller, file: PublicationFile) => Promise<void>;
  /** Whether this party was refused so often lately that it is no longer looked at what it asks. */
  readonly patience: {
    readonly lasts: (partyId: number) => boolean;
    readonly tried: (partyId: number) => void;
  };
  readonly onFault: (error: unknown) => void;
};

type Named = { Params: { name: string } };
type Work<T> = (caller: Caller, request: T, reply: FastifyReply) => Promise<FastifyReply>;

/** Downloads that one party has under way in this process. */
const MAX_DOWNLOADS = 10;

const SAFE = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
  'content-security-policy': "default-src 'none'",
  vary: 'accept, authorization',
} as const;

/** Pick-up over HTTPS: what lies ready, each file and its voucher, and the word that it was received. */
export function pickupDoor(server: FastifyInstance, needs: Needs): void {
  const { ledger, patience } = needs;
  const downloads = new Map<number, number>();

  const say = (reply: FastifyReply, status: number, text: string) =>
    reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);

  const forCallers =
    <T extends FastifyRequest>(work: Work<T>) =>
    async (request: T, reply: FastifyReply) => {
      reply.headers(SAFE);
      const caller = await callerOf(request, needs);
      if ('status' in caller) {
        if (caller.status === 401)
          reply.header('www-authenticate', 'Basic realm="kruispunt", charset="UTF-8"');
        if (caller.status === 429) reply.header('retry-after', '300');
        if (caller.status === 503) reply.header('retry-after', '2');
        return say(reply, caller.status, caller.why);
      }
      if (!patience.lasts(caller.partyId))
        return say(reply.header('retry-after', '300'), 429, 'too often refused');
      return work(caller, request, reply);
    };

  /** The same whether it is another's, was never there, or is there no more. */
  async function nothing(caller: Caller, request: FastifyRequest, reply: FastifyReply) {
    patience.tried(caller.partyId);
    await ledger.refused(caller, `${request.method} ${request.url}: not there for this party`);
    return say(reply, 404, 'nothing here');
  }

  const list = forCallers(async (caller, request, reply) => {
    const files = await needs.filesOf(caller.partyId);
    const page = request.headers.accept?.includes('text/html') ?? false;
    return page ? reply.type('text/html; charset=utf-8').send(listPage(files)) : reply.send(listJson(files));
  });

  async function give(caller: Caller, name: string, request: FastifyRequest, reply: FastifyReply) {
    const file = await needs.fileNamed(caller.partyId, name);
    if (!file) return nothing(caller, request, reply);
    const underWay = downloads.get(caller.partyId) ?? 0;
    if (underWay >= MAX_DOWNLOADS) return say(reply.header('retry-after', '10'), 429, 'too many at once');
    const opened = await needs.open(caller.partyId, name);
    if (!opened) return nothing(caller, request, reply);
    let sending = false;
    try {
      headFor(file, name, opened, reply);
      const range = rangeOf(request, reply, opened.size);
      if (range === 'unsatisfiable')
        return say(reply.removeHeader('content-disposition'), 416, `bytes */${opened.size}`);
      if (isKnown(request, reply)) return reply.code(304).send();
      const { from, to } = range ?? { from: 0, to: opened.size - 1 };
      reply.header('content-length', String(to - from + 1));
      if (range) reply.code(206).header('content-range', `bytes ${from}-${to}/${opened.size}`);
      if (request.method === 'HEAD') return reply.send();
      await ledger.opened(caller, 'Publicaties', name);
      sending = true;
      downloads.set(caller.partyId, underWay + 1);
      return send(caller, name, opened, { from, to }, reply);
    } finally {
      if (!sending) await opened.handle.close();
    }
  }

  function send(
    caller: Caller,
    name: string,
    { handle, size }: Opened,
    { from, to }: { readonly from: number; readonly to: number },
    reply: FastifyReply,
  ) {
    const stream = to < from ? null : handle.createReadStream({ start: from, end: to });
    reply.raw.once('close', () => {
      const left = (downloads.get(caller.partyId) ?? 1) - 1;
      if (left > 0) downloads.set(caller.partyId, left);
      else downloads.delete(caller.partyId);
      // What still waits in this process when the client goes has not left it.
      const unsent = reply.raw.writableFinished ? 0 : reply.raw.writableLength;
      const last = from + (stream?.bytesRead ?? 0) - unsent - 1;
      const ranges = last < from ? [] : [{ from, to: last }];
      ledger.sent(caller, 'Publicaties', { name, size, ranges }).catch(needs.onFault);
      if (!stream) handle.close().catch(needs.onFault);
    });
    return reply.send(stream ?? Buffer.alloc(0));
  }

  const file = forCallers<FastifyRequest<Named>>((caller, request, reply) =>
    give(caller, request.params.name, request, reply),
  );
  const voucher = forCallers<FastifyRequest<Named>>((caller, request, reply) =>
    give(caller, needs.voucherName(request.params.name), request, reply),
  );
  const acknowledge = forCallers<FastifyRequest<Named>>(async (caller, request, reply) => {
    const found = await needs.fileNamed(caller.partyId, request.params.name);
    if (!found || found.name !== request.params.name) return nothing(caller, request, reply);
    await needs.acknowledge(caller, found);
    return reply.code(204).send();
  });

  const method = ['GET', 'HEAD'];
  const errorHandler = (error: Error & { statusCode?: number }, _: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) needs.onFault(error);
    return say(reply.headers(SAFE), status, status >= 500 ? 'this went wrong here' : 'not like this');
  };
  for (const url of ['/publicaties', '/publicaties/'])
    server.route({ method, url, errorHandler, handler: list });
  server.route<Named>({ method, url: '/publicaties/:name', errorHandler, handler: file });
  server.route<Named>({ method, url: '/publicaties/:name/voucher', errorHandler, handler: voucher });
  server.route<Named>({
    ...{ method: 'POST', url: '/publicaties/:name/ontvangst', errorHandler, handler: acknowledge },
    // Whatever is sent along is not looked at.
    bodyLimit: 16 * 1024,
  });
}

const TYPES = {
  xml: 'application/xml; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=absent',
} as const;

function headFor(file: PublicationFile, name: string, { size, modified }: Opened, reply: FastifyReply): void {
  const isData = file.name === name;
  // The bytes of a file are fixed by its row, those of a voucher by the same and the key it is signed with.
  const tag = isData && file.sha256 ? file.sha256 : `${size.toString(16)}-${modified.getTime().toString(16)}`;
  reply.headers({
    'content-type': TYPES[isData ? file.format : 'xml'],
    'content-disposition': `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`,
    'accept-ranges': 'bytes',
    etag: `"${tag}"`,
  });
}

/** A range asked of a file that has changed meanwhile is a question for all of it (RFC 9110 §13.1.5). */
function rangeOf({ headers }: FastifyRequest, reply: FastifyReply, size: number) {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== reply.getHeader('etag')) return null;
  return readRange(headers.range, size);
}

function isKnown({ headers }: FastifyRequest, reply: FastifyReply): boolean {
  const tags = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags?.includes(String(reply.getHeader('etag'))) ?? false;
}
