import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { StartError } from './start-error.ts';
import { createTrust, type TrustSettings, type TrustStore } from './wss/trust.ts';

/** The files that say whom the bus believes, and whom no more. */
export type TrustFiles = {
  readonly authorities: readonly string[];
  readonly lists: readonly ListPlace[];
  readonly responders: Config['ocspResponders'];
  /** For how long (ms) a list or an answer that has ended is still gone by. */
  readonly grace: number;
};

/** Where a revocation list is configured to be, and the file in which it is here. */
export type ListPlace = { readonly name: string; readonly file: string; readonly isFetched: boolean };

const HOUR = 3_600_000;

/** @param demoAuthority the demo world's own; null where there is none */
export const trustFiles = (config: Config, demoAuthority: string | null): TrustFiles => ({
  authorities: [...config.authorities, ...(demoAuthority === null ? [] : [demoAuthority])],
  lists: config.revocationLists.map((name) =>
    isAddress(name)
      ? {
          name,
          file: join(config.var, 'revocation', `${hash('sha256', name).slice(0, 32)}.crl`),
          isFetched: true,
        }
      : { name, file: name, isFetched: false },
  ),
  responders: config.ocspResponders,
  grace: config.revocationGrace * HOUR,
});

const isAddress = (name: string) => /^https?:\/\//.test(name);

/** @throws StartError that names the setting and the file */
export const readTrust = ({ authorities, lists, responders, grace }: TrustFiles): TrustSettings => ({
  authorities: authorities.map((name) => ({ name, text: readSetting('KRUISPUNT_AUTHORITIES', name) })),
  revoked: lists.map(({ name, file, isFetched }) => ({
    name,
    content: isFetched && !existsSync(file) ? null : readBytes('KRUISPUNT_REVOCATION_LISTS', file),
    isFetched,
  })),
  responders: responders.map(({ file: name, url }) => ({
    name,
    text: readSetting('KRUISPUNT_OCSP_RESPONDERS', name),
    url,
  })),
  grace,
});

/** As a bus would have it that starts now. @throws StartError */
export function openTrust(
  config: Config,
  demoAuthority: string | null,
  onTrusted?: Parameters<typeof createTrust>[1],
): TrustStore {
  const files = trustFiles(config, demoAuthority);
  if (files.authorities.length === 0)
    throw new StartError('nobody is believed: KRUISPUNT_AUTHORITIES is not set');
  const settings = readTrust(files);
  try {
    return createTrust(settings, onTrusted);
  } catch (cause) {
    throw new StartError(
      `authorities and revocation lists: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}

export function readBytes(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new StartError(`${setting}: ${file} cannot be read: ${String(cause)}`, { cause });
  }
}

export const readSetting = (setting: string, file: string) => readBytes(setting, file).toString('utf8');
