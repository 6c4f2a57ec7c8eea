import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { createTrust, type Trust } from './wss/trust.ts';

/** Whom a client on this machine believes: the configured authorities, and the demo world's when there is one. */
export function demoTrust(config: Config): Trust {
  const demo = resolve(config.var, 'demo', 'ca.crt.pem');
  const files = [...config.authorities, ...(existsSync(demo) ? [demo] : [])];
  return createTrust({ authorities: files.map((file) => readFileSync(file, 'utf8')) });
}
