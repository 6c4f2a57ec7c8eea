import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ProfileName } from '../exchange/party.ts';
import { UsageError } from './output.ts';

/** Somebody to sign as: what `parties.json` of the demo world says, with the files it names read. */
export type SigningParty = {
  readonly name: string;
  readonly uri: string;
  readonly hoedanigheid: string | null;
  readonly cbeNumber: string;
  readonly legalContext: string | null;
  readonly profile: ProfileName;
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
};

const entry = z.object({
  name: z.string(),
  uri: z.string(),
  hoedanigheid: z.string().nullable(),
  cbeNumber: z.string(),
  legalContext: z.string().nullable().default(null),
  certificate: z.string(),
  key: z.string(),
  profile: z.enum(['strict', 'magda-2.0', 'header-signature']),
});

/** Reads the demo party of that name from a bus's `var/demo`. */
export function demoParty(folder: string, name: string): SigningParty {
  const file = resolve(folder, 'parties.json');
  if (!existsSync(file)) {
    throw new UsageError(`there is no demo world in ${folder}: start the bus once with \`npm start\``);
  }
  const parties = z.array(entry).parse(JSON.parse(readFileSync(file, 'utf8')));
  const found = parties.find((party) => party.name === name);
  if (!found) {
    throw new UsageError(
      `no demo party is called ${name}; there are ${parties.map((party) => party.name).join(', ')}`,
    );
  }
  return { ...found, ...readKeyPair(resolve(folder, found.key), resolve(folder, found.certificate)) };
}

export function readKeyPair(keyFile: string, certificateFile: string) {
  const keyPem = readFileSync(keyFile, 'utf8');
  const certificatePem = readFileSync(certificateFile, 'utf8');
  return {
    keyPem,
    certificatePem,
    key: createPrivateKey(keyPem),
    certificate: new X509Certificate(certificatePem),
  };
}

/** The first person of the demo world: every demo party with files has one on this person. */
export function firstDemoPerson(folder: string): string {
  const persons = z
    .array(z.object({ insz: z.string() }))
    .parse(JSON.parse(readFileSync(resolve(folder, 'persons.json'), 'utf8')));
  const [first] = persons;
  if (!first) throw new Error('the demo world has no persons');
  return first.insz;
}
