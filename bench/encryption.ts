/**
 * What encryption adds to a question of some kilobytes: `node bench/encryption.ts`. Reading one that came encrypted and
 * sealing an answer of the same size, each beside the same in the clear, in turn, in this process alone.
 */
import { randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createOpener } from '../src/wss/decrypt.ts';
import { recipientOf } from '../src/wss/recipient.ts';
import { createSealer } from '../src/wss/sign-and-encrypt.ts';
import { toUtf8 } from '../src/xml/encoding.ts';
import { readEnvelope, readPayload } from '../src/xml/envelope.ts';
import { checkLimits, messageLimits } from '../src/xml/limits.ts';
import { parseTree } from '../src/xml/tree.ts';
import { digitalSignature, issue, keyEncipherment, makeAuthority } from '../test/support/certificates.ts';
import { loadNow, machine } from './cpu.ts';
import { quantile } from './numbers.ts';

const ROUNDS = 2_000;

const authority = await makeAuthority('Voorbeeld CA');
const usage = digitalSignature | keyEncipherment;
const bus = await issue(authority, 'bus', { usage });
const party = await issue(authority, 'afnemer', { usage });
const clock = { now: () => new Date() };
const sealer = createSealer({ ...bus, clock, randomId: randomUUID });
const to = recipientOf(new X509Certificate(party.certificate));
const opener = createOpener([party]);

const sample = parseTree(readFileSync('test/envelopes/answered.xml'));
const payload = readPayload(readEnvelope(sample.root)).canonical();
sample.dispose();
const clear = Buffer.from(await sealer.seal(payload, '1.1', null));
const closed = Buffer.from(await sealer.seal(payload, '1.1', to));

function read(bytes: Buffer) {
  const utf8 = toUtf8(bytes, null);
  const census = checkLimits(utf8, messageLimits);
  const tree = parseTree(utf8);
  return { tree, utf8, envelope: readEnvelope(tree.root, census) };
}

const work: Readonly<Record<string, () => unknown>> = {
  'reading in the clear': () => read(clear).tree.dispose(),
  'reading encrypted': () => {
    const { tree, utf8, envelope } = read(closed);
    const opened = opener.open(envelope, utf8);
    tree.dispose();
    read(opened).tree.dispose();
  },
  'signing an answer': () => sealer.seal(payload, '1.1', null),
  'signing and encrypting': () => sealer.seal(payload, '1.1', to),
};

const times = new Map(Object.keys(work).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++)
  for (const [name, call] of Object.entries(work)) {
    const before = performance.now();
    await call();
    times.get(name)?.push((performance.now() - before) * 1000);
  }

const { cpu, cores, node } = machine();
process.stdout.write(`${cpu}, ${cores} cores, node ${node}, load ${loadNow().toFixed(2)}\n`);
process.stdout.write(`${clear.length} bytes in the clear, ${closed.length} encrypted\n`);
for (const [name, each] of times)
  process.stdout.write(`${name.padEnd(24)}${quantile(each, 0.5).toFixed(0).padStart(6)} µs (median)\n`);
