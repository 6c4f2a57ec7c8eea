/**
 * `node bench/verify.ts`: what it costs to establish who signed a message of 5.5 KB, with everything on: parse, signature, a chain
 * of three certificates with a revocation list for each issuer, and that it did not come before, in the embedded database.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/exchange/clock.ts';
import type { Party } from '../src/exchange/party.ts';
import { openStore } from '../src/store/connection.ts';
import { createTrust } from '../src/wss/trust.ts';
import { verifySignature } from '../src/wss/verify.ts';
import { toUtf8 } from '../src/xml/encoding.ts';
import { readEnvelope } from '../src/xml/envelope.ts';
import { checkLimits, messageLimits } from '../src/xml/limits.ts';
import { parseTree } from '../src/xml/tree.ts';
import { question } from '../test/attacks/craft.ts';
import { issue, keyCertSign, makeAuthority, revoke } from '../test/support/certificates.ts';
import * as m from '../test/support/signed-message.ts';
import { cpuMicros, loadNow, machine } from './cpu.ts';
import { median } from './numbers.ts';
import { asText } from './report.ts';

const MESSAGES = 4_000;
const WARM_UP = 1_000;
const WINDOW = 500;
const TOGETHER = 16;
const DAY = 86_400_000;
const BYTES = 5_500;

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-verify-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const from = (milliseconds: number) => new Date(Date.now() + milliseconds);

const CRL_SIGN = 0x40;
const root = await makeAuthority('Wortel CA');
const intermediate = await makeAuthority('Tussen CA', root, { usage: keyCertSign | CRL_SIGN });
const signer = await issue(intermediate, 'afnemer');
const trust = createTrust({
  authorities: [root.certificate, intermediate.certificate],
  revoked: [
    await revoke(root, ['0a'], from(DAY), from(-DAY)),
    await revoke(
      intermediate,
      Array.from({ length: 1_000 }, (_, index) => `1${1_000 + index}`),
      from(DAY),
      from(-DAY),
    ),
  ],
});
if (trust.lists(new Date()).some(({ state }) => state !== 'current'))
  throw new Error('the lists are not gone by');
const party: Party = {
  ...{ id: 1, name: 'afnemer', cbeNumber: '0999990420', identities: [] },
  ...{ profile: 'strict', profileUntil: null },
};

/** Header blocks that are not signed, as long as they must be. */
const addressed = (length: number) =>
  `<wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">${'a'.repeat(Math.max(0, length))}</wsa:To>`;
function message(filler: number): Buffer {
  const changes: Partial<m.Draft> = {
    timestamp: m.timestamp(from(0).toISOString(), from(300_000).toISOString()),
    body: question(),
    header: (parts) =>
      `${addressed(filler)}<wsse:Security ${parts.securityAttributes}>${parts.security(parts)}</wsse:Security>`,
  };
  return Buffer.from(m.signed(signer, changes));
}

const store = await openStore(`sqlite:${join(folder, 'kruispunt.db')}`, { clock: systemClock });

async function establish(bytes: Buffer): Promise<void> {
  const at = new Date();
  const utf8 = toUtf8(bytes, null);
  const census = checkLimits(utf8, messageLimits);
  const tree = parseTree(utf8);
  try {
    const { imprint } = verifySignature(readEnvelope(tree.root, census), { trust, partyOf: () => party }, at);
    const before = await store.remember(imprint.key, randomUUID(), imprint.until ?? from(DAY));
    if (before !== null) throw new Error('it came before');
  } finally {
    tree.dispose();
  }
}

async function costOf(messages: readonly Buffer[]): Promise<number> {
  const before = cpuMicros(process.pid);
  for (let at = 0; at < messages.length; at += TOGETHER)
    await Promise.all(messages.slice(at, at + TOGETHER).map(establish));
  return (cpuMicros(process.pid) - before) / messages.length;
}

const loadBefore = loadNow();
const filler = BYTES - message(0).length;
const messages = Array.from({ length: WARM_UP + MESSAGES }, () => message(filler));
await costOf(messages.slice(0, WARM_UP));
const windows: number[] = [];
for (let at = WARM_UP; at < messages.length; at += WINDOW)
  windows.push(await costOf(messages.slice(at, at + WINDOW)));
await store.close();
console.log(
  asText({
    at: new Date().toISOString().slice(0, 16),
    machine: machine(),
    load: [loadBefore, loadNow()],
    figures: [
      {
        name: 'who signed it, chain, revocation and replay included',
        value: median(windows) / 1000,
        unit: 'ms CPU',
        target: { most: 0.45 },
        note: `${messages[0]?.length} B, all threads, ${Math.min(...windows).toFixed(0)}–${Math.max(...windows).toFixed(0)} µs in windows of ${WINDOW}; ${TOGETHER} at a time`,
      },
    ],
  }),
);
