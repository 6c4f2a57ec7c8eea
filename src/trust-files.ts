import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { StartError } from './start-error.ts';
import { createTrust, type TrustSettings, type TrustStore } from './wss/trust.ts';

/** The files that say whom the bus believes, and whom no more. */
export type TrustFiles = { readonly authorities: readonly string[]; readonly lists: readonly string[] };

/** @param demoAuthority the demo world's own; null where there is none */
export const trustFiles = (config: Config, demoAuthority: string | null): TrustFiles => ({
  authorities: [...config.authorities, ...(demoAuthority === null ? [] : [demoAuthority])],
  lists: config.revocationLists,
});

/** @throws StartError that names the setting and the file */
export const readTrust = ({ authorities, lists }: TrustFiles): TrustSettings => ({
  authorities: authorities.map((name) => ({ name, text: readSetting('KRUISPUNT_AUTHORITIES', name) })),
  revoked: lists.map((name) => ({ name, content: readBytes('KRUISPUNT_REVOCATION_LISTS', name) })),
});

/** As a bus would have it that starts now. @throws StartError */
export function openTrust(config: Config, demoAuthority: string | null): TrustStore {
  const files = trustFiles(config, demoAuthority);
  if (files.authorities.length === 0)
    throw new StartError('nobody is believed: KRUISPUNT_AUTHORITIES is not set');
  const settings = readTrust(files);
  try {
    return createTrust(settings);
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
