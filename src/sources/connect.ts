import { Agent, type Dispatcher } from 'undici';
import { Refusal } from '../exchange/refusal.ts';
import type { Source } from '../exchange/source.ts';

export type Call = {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
};

export type Reply = { readonly status: number; readonly body: Buffer };

export type Connect = (source: Source, call: Call, signal: AbortSignal) => Promise<Reply>;

/**
 * Calls to sources over kept-alive connections. One deadline covers the whole call, and no more is read than the
 * source may send. Redirects are not followed: a source that has moved is for an operator to configure.
 *
 * Every failure is a Refusal: 99997 not reachable, 99996 not in time, 60006 nothing came, 60007 more than allowed.
 */
export function connector(): { readonly connect: Connect; readonly close: () => Promise<void> } {
  const agent = new Agent({ connections: 64, pipelining: 1, keepAliveTimeout: 10_000 });
  return {
    connect: (source, call, signal) => connect(agent, source, call, signal),
    close: () => agent.close(),
  };
}

async function connect(agent: Dispatcher, source: Source, call: Call, signal: AbortSignal): Promise<Reply> {
  // One controller and timer a call: cheaper than AbortSignal.any over AbortSignal.timeout, which outlive the call.
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Late()), source.deadline);
  const onAbort = () => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { statusCode, body } = await agent.request({
      origin: call.url.origin,
      path: `${call.url.pathname}${call.url.search}`,
      method: call.method,
      headers: call.headers,
      body: call.body,
      signal: stop.signal,
    });
    return { status: statusCode, body: await readAtMost(body, source) };
  } catch (cause) {
    throw cause instanceof Refusal ? cause : translate(source, cause);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

class Late extends Error {}

async function readAtMost(body: Dispatcher.ResponseData['body'], source: Source): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > source.maxBytes) {
      body.destroy();
      throw new Refusal('60007', `${source.name} sent more than ${source.maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const CUT = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function translate(source: Source, cause: unknown): Error {
  if (cause instanceof Late) {
    return new Refusal('99996', `${source.name} did not answer within ${source.deadline} ms`, null, {
      cause,
    });
  }
  const code = codeOf(cause);
  if (UNREACHABLE.has(code))
    return new Refusal('99997', `${source.name} cannot be reached: ${code}`, null, { cause });
  if (CUT.has(code))
    return new Refusal('60006', `${source.name} closed the connection: ${code}`, null, { cause });
  return new Refusal('60009', `call to ${source.name} failed: ${String(cause)}`, null, { cause });
}

/** Refused while connecting: not a byte had left. Other failures to reach a host may strike an open connection too. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Whether it is certain that nothing of a question left, so that even one that writes may be put again. */
export const nothingWasSent = ({ code, cause }: Refusal): boolean =>
  code === '99997' && NOT_CONNECTED.has(codeOf(cause));

/** Node's errors name their kind in `code`; one that stands for several (dual-stack connects) lists them. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : '';
}
