import {
  digitalSignature,
  issue,
  keyEncipherment,
  makeAuthority,
  type TestCertificate,
} from '../support/certificates.ts';
import { derOf, seal } from '../support/signed-message.ts';
import type { Base, Corpus } from './corpus.ts';
import { nameMutators } from './mutate-names.ts';
import { securityMutators } from './mutate-security.ts';
import { textMutators } from './mutate-text.ts';
import { treeMutators } from './mutate-tree.ts';
import type { Mutators } from './mutator.ts';
import { type Random, randomOf } from './random.ts';
import { secret } from './secret.ts';

/** Bytes, and what the HTTP header says of them. */
export type Message = { readonly bytes: Buffer; readonly charset: string | null };

export type Mutant = Message & {
  readonly number: number;
  /** Of the corpus. */
  readonly base: string;
  /** Names of the mutators, and of how it was encoded. */
  readonly steps: readonly string[];
  /** Which of its steps were taken. */
  readonly taken: readonly number[];
  /** The mutation was signed: it may say anything, but all must read the same in it. */
  readonly isSigned: boolean;
  /** The step before which it was encrypted, if it was: those before it are inside, the others for all to see. */
  readonly closedAt: number | null;
};

/** Who signs mutations in a run, by whom they are believed, and to whom they are encrypted. */
export type Insider = {
  readonly signer: TestCertificate;
  readonly authority: string;
  readonly recipient: TestCertificate;
};

export async function makeInsider(): Promise<Insider> {
  const authority = await makeAuthority('Fuzz CA', undefined, { kind: 'p-256' });
  const signer = await issue(authority, 'afnemer', { organisation: 'CBE 0999990420', kind: 'p-256' });
  const recipient = await issue(authority, 'bus', { usage: digitalSignature | keyEncipherment });
  return { signer, authority: authority.certificate, recipient };
}

// Those that leave what is signed as it is, or nearly, are few; the rest would drown them.
const KINDS: readonly Mutators[] = [textMutators, treeMutators, nameMutators, nameMutators, securityMutators];

/** Numbers are drawn for themselves: 7 is the same in a run of ten and in one of a million. */
export function mutantOf(corpus: Corpus, insider: Insider, seed: number, number: number): Mutant {
  const random = randomOf(seed, number);
  const isSigned = random.chance(0.2);
  const base = random.pick(isSigned ? corpus.drafts : random.chance(0.75) ? corpus.accepted : corpus.refused);
  const count = random.chance(0.55) ? 1 : random.chance(0.6) ? 2 : 3 + random.int(4);
  const closedAt = random.chance(0.15) ? random.int(count + 1) : null;
  return grown(corpus, insider, {
    seed,
    number,
    isSigned,
    base,
    closedAt,
    steps: Array.from({ length: count }, (_, i) => i),
  });
}

type Growth = {
  readonly seed: number;
  readonly number: number;
  readonly isSigned: boolean;
  readonly base: Base;
  /** The step before which it is encrypted; null: it is not. */
  readonly closedAt: number | null;
  /** Which of its steps are taken: fewer of them make a smaller finding. */
  readonly steps: readonly number[];
};

function grown(corpus: Corpus, insider: Insider, growth: Growth): Mutant {
  const { seed, number, isSigned, base, closedAt, steps } = growth;
  const others = [...corpus.accepted, ...corpus.refused].map(({ text }) => text);
  const names: string[] = [];
  const close = (open: string) => {
    const signed = isSigned ? sealed(open, insider) : open;
    return closedAt === null ? signed : secret(signed, insider.recipient, randomOf(seed, number, -2));
  };
  const inside = closedAt === null ? steps.length : steps.filter((step) => step < closedAt).length;
  let { text } = base;
  for (const [index, step] of steps.entries()) {
    if (index === inside) text = close(text);
    const random = randomOf(seed, number, step);
    const kind = random.pick(KINDS);
    const name = random.pick(Object.keys(kind));
    names.push(name);
    text = kind[name]?.(text, random, others) ?? text;
  }
  if (inside === steps.length) text = close(text);
  const written = encoded(text, randomOf(seed, number, -1));
  return {
    ...{ ...written, number, base: base.name, steps: [...names, ...written.steps], taken: steps },
    ...{ isSigned, closedAt },
  };
}

/** As a signer does it who digests what stands there, whatever it is. What cannot be signed is sent as it is. */
function sealed(draft: string, { signer }: Insider): string {
  const text = draft.replaceAll('@TOKEN@', derOf(signer.certificate));
  try {
    return seal(text, signer);
  } catch {
    return text;
  }
}

const utf16 = (text: string, big: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

/** Mostly UTF-8; sometimes another encoding, named or not, or a byte that no text is made of. */
function encoded(text: string, random: Random): Message & { readonly steps: readonly string[] } {
  const kind = random.int(100);
  const bare = text.replace(/^<\?xml[^>]*\?>/, '');
  if (kind === 0) return { bytes: utf16(bare, false), charset: null, steps: ['UTF-16'] };
  if (kind === 1) return { bytes: utf16(bare, true), charset: 'utf-16', steps: ['big-endian UTF-16'] };
  if (kind === 2)
    return {
      bytes: utf16(text, random.chance(0.5)).subarray(random.int(4)),
      charset: null,
      steps: ['broken UTF-16'],
    };
  if (kind === 3)
    return { bytes: Buffer.from(`\ufeff${text}`), charset: 'utf-8', steps: ['byte order mark'] };
  if (kind === 4)
    return {
      bytes: Buffer.from(text, 'latin1'),
      charset: random.pick([null, 'iso-8859-1']),
      steps: ['Latin 1'],
    };
  if (kind === 5)
    return {
      bytes: Buffer.from(text),
      charset: random.pick(['utf-16', 'UTF-8', 'us-ascii', 'utf-7', '']),
      steps: ['another charset'],
    };
  const bytes = Buffer.from(text);
  if (kind > 8 || bytes.length === 0) return { bytes, charset: null, steps: [] };
  const at = random.int(bytes.length);
  bytes[at] = random.pick([
    0x00,
    0x80,
    0xbf,
    0xc0,
    0xe0,
    0xed,
    0xf0,
    0xf5,
    0xff,
    bytes[at] ?? 0,
    (bytes[at] ?? 0) ^ (1 << random.int(8)),
  ]);
  return { bytes, charset: null, steps: ['another byte'] };
}

/** The shortest way to a mutant of which `holds` is true, by leaving steps out one after the other. */
export function minimised(
  corpus: Corpus,
  insider: Insider,
  seed: number,
  mutant: Mutant,
  holds: (mutant: Mutant) => boolean,
): Mutant {
  const base = [...corpus.accepted, ...corpus.refused, ...corpus.drafts].find(
    ({ name }) => name === mutant.base,
  );
  if (!base) return mutant;
  const { number, isSigned, closedAt } = mutant;
  let least = mutant;
  let steps = mutant.taken;
  for (const step of steps) {
    const fewer = steps.filter((each) => each !== step);
    const candidate = grown(corpus, insider, { seed, number, isSigned, base, closedAt, steps: fewer });
    if (!holds(candidate)) continue;
    steps = fewer;
    least = candidate;
  }
  return least;
}
