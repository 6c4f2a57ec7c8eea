import type { z } from 'zod';
import { answeredIssuers, filesOrAddresses, list, nonceDemand, revocationGrace } from './setting-shapes.ts';

/** Whom the bus believes, and how it hears that somebody is to be believed no more. */
export const trustSettings = {
  KRUISPUNT_AUTHORITIES: {
    meaning: 'PEM files of trusted authorities, separated by `:`',
    fallback: 'demo only',
    schema: list,
  },
  KRUISPUNT_REVOCATION_LISTS: {
    meaning: 'CRL files (PEM or DER) and http(s) addresses of them, separated by `:`',
    fallback: 'none',
    schema: filesOrAddresses,
  },
  KRUISPUNT_OCSP_RESPONDERS: {
    meaning:
      'who is asked about single certificates: `<PEM file of their issuer>=<http(s) address>`, separated by `:`',
    fallback: 'none',
    schema: answeredIssuers,
  },
  KRUISPUNT_OCSP_NONCE: {
    meaning:
      'whether responders must repeat the nonce: `required`, or `optional` where they answer beforehand',
    fallback: 'required',
    schema: nonceDemand,
  },
  KRUISPUNT_REVOCATION: {
    meaning:
      'when a list or an answer has ended: `fail-closed`, or `grace:<hours>` for which it is still gone by',
    fallback: 'fail-closed',
    schema: revocationGrace,
  },
} as const;

type Name = keyof typeof trustSettings;

/** The same as values. */
export type TrustConfig = {
  readonly authorities: readonly string[];
  /** Paths, and http(s) addresses. */
  readonly revocationLists: readonly string[];
  readonly ocspResponders: readonly { readonly file: string; readonly url: string }[];
  readonly ocspDemandsNonce: boolean;
  /** Hours for which a list or an answer that has ended is still gone by. */
  readonly revocationGrace: number;
};

/** @param read has the value of a setting, or null where it is not set; it keeps the mistakes */
export const readTrustSettings = (read: <T>(name: Name, schema: z.ZodType<T>) => T | null): TrustConfig => ({
  authorities: read('KRUISPUNT_AUTHORITIES', list) ?? [],
  revocationLists: read('KRUISPUNT_REVOCATION_LISTS', filesOrAddresses) ?? [],
  ocspResponders: read('KRUISPUNT_OCSP_RESPONDERS', answeredIssuers) ?? [],
  ocspDemandsNonce: read('KRUISPUNT_OCSP_NONCE', nonceDemand) ?? true,
  revocationGrace: read('KRUISPUNT_REVOCATION', revocationGrace) ?? 0,
});
