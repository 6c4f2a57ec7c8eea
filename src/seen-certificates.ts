import { randomUUID, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { SeenCertificate } from './cli/key-forecast.ts';
import type { Config } from './config.ts';
import { replaceDurably } from './files/durable.ts';
import { describe, type Explanation } from './wss/chain-link.ts';
import { pemCertificates } from './wss/pem.ts';
import { recipientOf } from './wss/recipient.ts';

/** Parties are registered by their certificates' subjects. When a certificate ends only itself says: here it is kept. */
export const seenFolder = (config: Pick<Config, 'var'>) => join(config.var, 'certificates');

/** Keeps a certificate with what came along, under its fingerprint; the file's time says when it was last seen. */
export async function keepCertificate(folder: string, chain: readonly X509Certificate[]): Promise<void> {
  const [first] = chain;
  if (!first) return;
  const file = join(folder, `${describe(first).fingerprint}.pem`);
  const now = new Date();
  if (existsSync(file)) return utimes(file, now, now);
  await mkdir(folder, { recursive: true });
  const pem = chain.map((each) => each.toString()).join('');
  await replaceDurably(file, [Buffer.from(pem)], randomUUID());
}

/**
 * Hears of each chain that is relied on, and keeps those of parties. Of the chain it keeps what was needed.
 *
 * @param isParty whether a subject is registered
 */
export function watchCertificates(
  folder: string,
  isParty: (subject: string) => boolean,
  log: Pick<Logger, 'warn'>,
): (chain: readonly Buffer[], explanation: Explanation) => void {
  return (chain, { links }) => {
    const [subject] = links.map(({ certificate }) => certificate.subject);
    if (subject === undefined || !isParty(subject)) return;
    const needed = new Set(links.map(({ certificate }) => certificate.fingerprint));
    const certificates = chain
      .map((der) => new X509Certificate(der))
      .filter((certificate) => needed.has(describe(certificate).fingerprint));
    void keepCertificate(folder, certificates).catch((err: unknown) =>
      log.warn({ subject, err }, 'a certificate could not be kept; key forecast will not know when it ends'),
    );
  };
}

/** Those that were kept; what is there and is no certificate counts for nothing. */
export function seenCertificates(folder: string): readonly SeenCertificate[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pem'))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { chain: pemCertificates(text).map((pem) => new X509Certificate(pem).raw) };
    })
    .filter(({ chain }) => chain.length > 0);
}

/**
 * Whether something can be encrypted to a certificate with this subject that was kept; null where none was.
 *
 * @returns a function that looks into the folder when it is first asked
 */
export function knowsRecipients(folder: string): (subject: string) => boolean | null {
  let known: Map<string, boolean> | null = null;
  return (subject) => {
    if (known === null) {
      known = new Map();
      for (const { chain } of seenCertificates(folder)) {
        const [own] = chain.map((der) => new X509Certificate(der));
        if (!own) continue;
        const name = describe(own).subject;
        known.set(name, known.get(name) === true || recipientOf(own) !== null);
      }
    }
    return known.get(subject) ?? null;
  };
}
