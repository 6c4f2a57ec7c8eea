import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TrustSettings } from '../../src/wss/trust.ts';

/** What the fuzzer starts from: messages that were signed once, and the certificates by which they are judged. */

export const CORPUS = join(import.meta.dirname, 'corpus');

export type Base = { readonly name: string; readonly text: string };

export type Corpus = {
  readonly accepted: readonly Base[];
  /** Those that a run of the fuzzer found accepted once among them. */
  readonly refused: readonly Base[];
  /** Open: digests, signature and token are filled in after the mutation. */
  readonly drafts: readonly Base[];
  readonly trust: TrustSettings;
};

const read = (folder: string) =>
  readdirSync(join(CORPUS, folder))
    .sort()
    .map((file) => ({
      name: `${folder}/${basename(file, '.xml')}`,
      text: readFileSync(join(CORPUS, folder, file), 'utf8'),
    }));

export function readCorpus(): Corpus {
  const trust = read('trust');
  const of = (kind: string) => trust.filter(({ name }) => name.includes(kind)).map(({ text }) => text);
  return {
    accepted: read('accepted'),
    refused: [...read('refused'), ...read('found')],
    drafts: read('drafts'),
    trust: { authorities: of('authority'), revoked: of('revoked') },
  };
}
