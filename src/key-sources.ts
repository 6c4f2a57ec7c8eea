import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KeySources } from './cli/key.ts';
import type { Config } from './config.ts';
import { demoFolder } from './foundation.ts';
import { openAsking } from './open-asking.ts';
import { keepCertificate, seenCertificates, seenFolder } from './seen-certificates.ts';
import { openTrust } from './trust-files.ts';

/** The certificates that the settings name, or those of the demo world, each read when a verb asks for it. */
export function keySources(config: Config): KeySources {
  const read = (file: string) => readFileSync(file, 'utf8');
  const there = (name: string) => {
    const file = resolve(demoFolder(config), name);
    return existsSync(file) ? file : null;
  };
  return {
    keys: () => {
      const bus = config.signingCertificate ?? there('bus.crt.pem');
      const demo = there('ca.crt.pem');
      return {
        bus: bus === null ? null : read(bus),
        authorities: [...config.authorities, ...(demo === null ? [] : [demo])].map(read),
      };
    },
    judging: () => {
      const trust = openTrust(config, there('ca.crt.pem'));
      return { ...trust, learn: openAsking(config, trust).ask };
    },
    seen: () => seenCertificates(seenFolder(config)),
    keep: (chain) =>
      keepCertificate(
        seenFolder(config),
        chain.map((der) => new X509Certificate(der)),
      ),
    own: () =>
      [
        [
          'signing certificate',
          'KRUISPUNT_SIGNING_CERT',
          config.signingCertificate ?? there('bus.crt.pem'),
        ] as const,
        ...config.decryptionKeys.map(
          (file) => ['decryption certificate', 'KRUISPUNT_DECRYPTION_KEYS', file] as const,
        ),
        ['TLS certificate', 'KRUISPUNT_TLS_CERT', config.tlsCertificate] as const,
        ['authority of TLS clients', 'KRUISPUNT_TLS_CLIENT_CA', config.tlsClientAuthorities] as const,
      ].flatMap(([what, setting, file]) => (file === null ? [] : [{ what, setting, pem: read(file) }])),
  };
}
