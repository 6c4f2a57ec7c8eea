import { FailedError } from './output.ts';

/** What came back over HTTP. */
export type Posted = {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly exchange: string | null;
};

/**
 * Posts bytes and waits for the answer.
 *
 * @throws FailedError that says where nothing answered
 */
export async function post(
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Posted> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, bytes, exchange: response.headers.get('x-kruispunt-exchange') };
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new FailedError(
      `no bus answers at ${url} (${reason}); start it with \`npm start\` or name it with --url`,
      { cause },
    );
  }
}
