import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KeySources } from './cli/key.ts';
import type { Config } from './config.ts';
import { demoFolder } from './foundation.ts';
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
    judging: () => openTrust(config, there('ca.crt.pem')),
  };
}
