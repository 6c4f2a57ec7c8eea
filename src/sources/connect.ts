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

/**
 * One call, by undici's handler: its promises put a stream between the socket and us, which costs a tenth of a question.
 */
function connect(agent: Dispatcher, source: Source, call: Call, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let running: Dispatcher.DispatchController | null = null;
    let stopped: Error | null = null;
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    // Settles at once, whether or not the call has got as far as a connection that could be cut.
    const stop = (cause: Error) => {
      if (stopped) return;
      stopped = cause;
      over();
      reject(cause instanceof Refusal ? cause : translate(source, cause));
      running?.abort(cause);
    };
    const timer = setTimeout(() => stop(new Late()), source.deadline);
    const onAbort = () => stop(new Error('told to give up', { cause: signal.reason }));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    agent.dispatch(
      {
        origin: call.url.origin,
        path: `${call.url.pathname}${call.url.search}`,
        method: call.method,
        headers: call.headers,
        body: call.body,
      },
      {
        onRequestStart(controller) {
          running = controller;
          if (stopped) controller.abort(stopped);
        },
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > source.maxBytes)
            stop(new Refusal('60007', `${source.name} sent more than ${source.maxBytes} bytes`));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          over();
          resolve({ status, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
        },
        onResponseError: (_controller, cause) => stop(cause),
      },
    );
  });
}

class Late extends Error {}

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
