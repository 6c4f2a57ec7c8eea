import type { TrustConfig } from './trust-settings.ts';

type Pairs = Readonly<
  Record<
    | 'tlsKey'
    | 'tlsCertificate'
    | 'tlsClientAuthorities'
    | 'signingKey'
    | 'signingCertificate'
    | 'timestampUrl',
    string | null
  >
> &
  Pick<TrustConfig, 'revocationLists' | 'revocationGrace' | 'ocspResponders' | 'ocspDemandsNonce'> & {
    readonly timestampAuthorities: readonly string[];
    readonly auditOnlineDays: number | null;
    readonly auditKeepDays: number;
  };

/** Settings that say something together only. */
export function pairMistakes(config: Pairs): readonly string[] {
  const both = (name: string, value: string | null, otherName: string, other: string | null) =>
    value !== null && other === null ? [`${otherName}: must be set as well, since ${name} is`] : [];
  return [
    ...both('KRUISPUNT_TLS_KEY', config.tlsKey, 'KRUISPUNT_TLS_CERT', config.tlsCertificate),
    ...both('KRUISPUNT_TLS_CERT', config.tlsCertificate, 'KRUISPUNT_TLS_KEY', config.tlsKey),
    ...both(
      'KRUISPUNT_TLS_CLIENT_CA',
      config.tlsClientAuthorities,
      'KRUISPUNT_TLS_CERT',
      config.tlsCertificate,
    ),
    ...both('KRUISPUNT_SIGNING_KEY', config.signingKey, 'KRUISPUNT_SIGNING_CERT', config.signingCertificate),
    ...both('KRUISPUNT_SIGNING_CERT', config.signingCertificate, 'KRUISPUNT_SIGNING_KEY', config.signingKey),
    ...both(
      'KRUISPUNT_REVOCATION',
      config.revocationGrace > 0 ? 'grace' : null,
      'KRUISPUNT_REVOCATION_LISTS or KRUISPUNT_OCSP_RESPONDERS',
      config.revocationLists[0] ?? config.ocspResponders[0]?.url ?? null,
    ),
    ...both(
      'KRUISPUNT_OCSP_NONCE',
      config.ocspDemandsNonce ? null : 'optional',
      'KRUISPUNT_OCSP_RESPONDERS',
      config.ocspResponders[0]?.url ?? null,
    ),
    ...both(
      'KRUISPUNT_TIMESTAMP_URL',
      config.timestampUrl,
      'KRUISPUNT_TIMESTAMP_AUTHORITIES',
      config.timestampAuthorities[0] ?? null,
    ),
    ...((config.auditOnlineDays ?? 0) < config.auditKeepDays
      ? []
      : ['KRUISPUNT_AUDIT_KEEP_DAYS: must be more than KRUISPUNT_AUDIT_ONLINE_DAYS: what is kept in all']),
  ];
}
