import { expect, parts, readOne, tags } from '../wss/der.ts';
import { positive, type TimestampQuery } from './timestamp-query.ts';
import { readTimestamp, type Timestamp, TimestampFault, type TimestampTrust } from './timestamp-token.ts';

/** Milliseconds by which the authority's clock and ours may differ. */
const APART = 5 * 60_000;

/** PKIStatus: granted, and granted with modifications, which are held against what was asked. */
const GRANTED = [0, 1];

/**
 * The token in an authority's answer (TimeStampResp, RFC 3161 §2.4.2), once all of it holds: what was asked about, the
 * nonce, the policy, its signature and its signer, and that its moment is about now.
 *
 * @throws TimestampFault
 */
export function tokenIn(
  reply: Buffer,
  { digest, nonce, policy }: TimestampQuery,
  trust: TimestampTrust,
  now: Date,
): { readonly token: Buffer; readonly timestamp: Timestamp } {
  const token = grantedIn(reply);
  const timestamp = readTimestamp(token, digest, trust);
  if (!timestamp.nonce?.equals(positive(nonce)))
    throw new TimestampFault('it answers another question: the nonce is not the one that was sent');
  if (policy !== null && timestamp.policy !== policy)
    throw new TimestampFault(`it stamps by policy ${timestamp.policy}, not ${policy}`);
  if (Math.abs(timestamp.at.getTime() - now.getTime()) > APART)
    throw new TimestampFault(
      `it says that it is ${timestamp.at.toISOString()}, and it is ${now.toISOString()} here`,
    );
  return { token, timestamp };
}

function grantedIn(reply: Buffer): Buffer {
  try {
    const [info, token, ...more] = parts(readOne(reply));
    const [status, text] = parts(info);
    const code = expect(status, tags.integer).content;
    if (!GRANTED.includes(code.length === 1 ? (code[0] ?? 255) : 255))
      throw new Error(`the authority refuses: status ${code.toString('hex')}${words(text)}`);
    if (!token || more.length > 0) throw new Error('the authority grants nothing');
    return token.whole;
  } catch (cause) {
    throw new TimestampFault(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const LONGEST = 200;

/** What the authority says of it, if it says anything (PKIFreeText). */
function words(text: ReturnType<typeof readOne> | undefined): string {
  if (text?.tag !== tags.sequence) return '';
  const said = parts(text).map(({ content }) => content.toString('utf8').replace(/[^\P{C}]/gu, ' '));
  return said.length === 0 ? '' : `, ${said.join('; ').slice(0, LONGEST)}`;
}
