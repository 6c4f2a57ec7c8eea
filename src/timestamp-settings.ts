import { z } from 'zod';
import { list } from './setting-shapes.ts';

/** Who stamps the audit's anchors with the time, and whose word that is. */
export const timestampSettings = {
  KRUISPUNT_TIMESTAMP_URL: {
    meaning: "http(s) address of the authority that stamps the audit's anchors with the time (RFC 3161)",
    fallback: 'none',
    schema: z.string().regex(/^https?:\/\/[^/\s]+(\/\S*)?$/, 'must be an http(s) address'),
  },
  KRUISPUNT_TIMESTAMP_AUTHORITIES: {
    meaning: 'PEM files of who certified it, separated by `:`; also those of before, for `audit verify`',
    fallback: 'none',
    schema: list,
  },
  KRUISPUNT_TIMESTAMP_POLICY: {
    meaning: 'object identifier of the policy by which it must stamp',
    fallback: "the authority's own",
    schema: z.string().regex(/^[0-2](\.(0|[1-9]\d{0,8}))+$/, 'must be an object identifier such as 1.2.3.4'),
  },
} as const;

type Name = keyof typeof timestampSettings;

/** The same as values. */
export type TimestampConfig = {
  /** null: nobody is asked. */
  readonly timestampUrl: string | null;
  readonly timestampAuthorities: readonly string[];
  readonly timestampPolicy: string | null;
};

/** @param read has the value of a setting, or null where it is not set; it keeps the mistakes */
export const readTimestamping = (
  read: <T>(name: Name, schema: z.ZodType<T>) => T | null,
): TimestampConfig => ({
  timestampUrl: read('KRUISPUNT_TIMESTAMP_URL', timestampSettings.KRUISPUNT_TIMESTAMP_URL.schema),
  timestampAuthorities: read('KRUISPUNT_TIMESTAMP_AUTHORITIES', list) ?? [],
  timestampPolicy: read('KRUISPUNT_TIMESTAMP_POLICY', timestampSettings.KRUISPUNT_TIMESTAMP_POLICY.schema),
});
