import { Agent, type Dispatcher, request } from 'undici';

export type FetchLimits = {
  readonly maxBytes: number;
  /** Milliseconds for all of it. */
  readonly deadline: number;
};

/**
 * What is at an address now, as it is sent. Redirects are not followed: where it has moved is for an operator to configure.
 *
 * @throws Error that says what stood in the way
 */
export const fetchBytes = (url: string, limits: FetchLimits, signal: AbortSignal): Promise<Buffer> =>
  exchangeBytes(url, {}, limits, signal);

/** What an address answers to these bytes, in the same way. */
export const postBytes = (
  url: string,
  { body, type }: { readonly body: Buffer; readonly type: string },
  limits: FetchLimits,
  signal: AbortSignal,
): Promise<Buffer> =>
  exchangeBytes(url, { method: 'POST', body, headers: { 'content-type': type } }, limits, signal);

async function exchangeBytes(
  url: string,
  sent: Pick<Dispatcher.RequestOptions, 'body' | 'headers'> & { readonly method?: 'POST' },
  { maxBytes, deadline }: FetchLimits,
  signal: AbortSignal,
): Promise<Buffer> {
  const agent = new Agent({ connections: 1, pipelining: 0 });
  const late = AbortSignal.timeout(deadline);
  try {
    const { statusCode, body } = await request(url, {
      ...sent,
      dispatcher: agent,
      signal: AbortSignal.any([signal, late]),
    });
    if (statusCode !== 200) throw new Error(`it answers with HTTP status ${statusCode}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > maxBytes) throw new Error(`it sends more than ${maxBytes} bytes`);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    if (late.aborted) throw new Error(`it did not answer whole within ${deadline} ms`, { cause });
    throw cause;
  } finally {
    await agent.destroy();
  }
}
