/** Parse and verify alone, in a process of its own: from the bytes of a signed message to its proven Body. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { z } from 'zod';
import { createTrust } from '../src/wss/trust.ts';
import { verifySignature } from '../src/wss/verify.ts';
import { toUtf8 } from '../src/xml/encoding.ts';
import { readEnvelope } from '../src/xml/envelope.ts';
import { checkLimits, messageLimits } from '../src/xml/limits.ts';
import { parseTree } from '../src/xml/tree.ts';
import { serveParent } from './child.ts';
import { cpuMicros } from './cpu.ts';
import { quantile } from './numbers.ts';

const job = z.object({
  /** Signed envelopes, base64. */
  messages: z.record(z.string(), z.string()),
  authority: z.string(),
  privateKey: z.string(),
  /** How long each message is measured, in milliseconds. */
  milliseconds: z.number(),
});

const party = {
  id: 1,
  name: 'afnemer',
  cbeNumber: '0999990420',
  profile: 'strict',
  profileUntil: null,
  identities: [],
} as const;

/**
 * Microseconds that each call took. It never waits for anything, so that its time is its CPU, but for what the machine
 * gave to others meanwhile: the median leaves that out, the mean of what the scheduler counted has it right over all.
 */
function timesOf(call: () => void, milliseconds: number) {
  const times: number[] = [];
  const cpuBefore = cpuMicros(process.pid);
  const end = performance.now() + milliseconds;
  for (let before = performance.now(); before < end; ) {
    call();
    const after = performance.now();
    times.push((after - before) * 1000);
    before = after;
  }
  const cpu = (cpuMicros(process.pid) - cpuBefore) / times.length;
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99), cpu };
}

function measure({ messages, authority, privateKey, milliseconds }: z.infer<typeof job>) {
  const trust = createTrust({ authorities: [authority] });
  const read = (bytes: Buffer, at: Date) => {
    const utf8 = toUtf8(bytes, null);
    const census = checkLimits(utf8, messageLimits);
    const tree = parseTree(utf8);
    try {
      verifySignature(readEnvelope(tree.root, census), { trust, partyOf: () => party }, at);
    } finally {
      tree.dispose();
    }
  };
  const key = createPrivateKey(privateKey);
  const data = randomBytes(1200);
  const calls = new Map(
    Object.entries(messages).map(([name, base64]) => {
      const bytes = Buffer.from(base64, 'base64');
      return [name, () => read(bytes, new Date())];
    }),
  );
  calls.set('rsa', () => void sign('sha256', data, key));
  for (const call of calls.values()) timesOf(call, milliseconds / 2);
  return Object.fromEntries(
    [...calls].map(([name, call]) => {
      return [name, timesOf(call, milliseconds)];
    }),
  );
}

serveParent(async (message) => measure(job.parse(message)));
