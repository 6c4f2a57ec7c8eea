import { KeyMissing, type KeyRing } from './key-ring.ts';
import { SealBroken, sealer } from './sealer.ts';

/** Why a file is no archive that can be believed. */
export class ArchiveFault extends Error {}

export const FORMAT = 'kruispunt-archive-1';

/** What the first line of a file says; the one thing in it that is not sealed. */
export type ArchiveHead = {
  readonly format: typeof FORMAT;
  /** Of this file alone. */
  readonly id: string;
};

export const headLine = (head: ArchiveHead): string => `${JSON.stringify(head)}\n`;

/** The parts of one file, each by its number, so that none stands for another, or for one of another file. */
export type Sealed = {
  readonly seal: (part: number, plain: Uint8Array) => Buffer;
  /** @throws ArchiveFault when it is not what was sealed under this number in this file */
  readonly open: (part: number, sealed: Uint8Array) => Buffer;
};

/** Seals with the keys of the audit (AES-256-GCM, under a key derived for archives alone). */
export function sealing({ id }: ArchiveHead, keys: KeyRing): Sealed {
  const { seal, open } = sealer(keys, 'archive');
  const context = (part: number) => `${FORMAT}/${id}/${part}`;
  return {
    seal: (part, plain) => seal(plain, context(part)),
    open: (part, sealed) => {
      try {
        return open(sealed, context(part));
      } catch (cause) {
        if (cause instanceof KeyMissing) throw new ArchiveFault(cause.message, { cause });
        if (cause instanceof SealBroken) throw new ArchiveFault('it was damaged or changed', { cause });
        throw cause;
      }
    },
  };
}
