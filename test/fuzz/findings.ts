import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Insider, Mutant } from './mutants.ts';

/** What the fuzzer found, with all that is needed to see it again; no key that signs is among it. */
const finding = z.object({
  what: z.array(z.string()),
  seed: z.number(),
  number: z.number(),
  base: z.string(),
  steps: z.array(z.string()),
  charset: z.string().nullable(),
  /** base64 */
  bytes: z.string(),
  /** PEM: who is believed beside the corpus's own, and who is said to have signed; null: as `base` has it. */
  insider: z.object({ authority: z.string(), certificate: z.string() }).nullable(),
  /** PEM: to whom it is encrypted; null: to nobody. */
  recipient: z.object({ certificate: z.string(), privateKey: z.string() }).nullable().default(null),
});

export type Finding = z.infer<typeof finding>;

export function keepFinding(
  folder: string,
  what: readonly string[],
  seed: number,
  mutant: Mutant,
  { signer, authority, recipient }: Insider,
): string {
  const { number, base, steps, charset, bytes, isSigned, closedAt } = mutant;
  const kept: Finding = {
    ...{ what: [...what], seed, number, base, steps: [...steps], charset },
    bytes: bytes.toString('base64'),
    insider: isSigned ? { authority, certificate: signer.certificate } : null,
    recipient: closedAt === null ? null : recipient,
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${seed}-${number}.json`);
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return file;
}

export const readFinding = (file: string): Finding => finding.parse(JSON.parse(readFileSync(file, 'utf8')));
