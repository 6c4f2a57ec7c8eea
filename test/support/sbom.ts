/**
 * `node test/support/sbom.ts`: the bill of materials of what is shipped (CycloneDX 1.5), from the lock file alone, the same
 * bytes for the same lock file. npm's own leaves out what development needs as well as the program (seen with 11.19).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { lockedPackages } from './licences.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const own = z.object({ name: z.string(), version: z.string(), license: z.string(), description: z.string() });

const purl = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** An SPDX expression stands where one identifier does not say it all. */
const licence = (said: string) => (said.includes(' ') ? { expression: said } : { license: { id: said } });

const hexOf = (integrity: string) => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');

export function billOfMaterials(): object {
  const { name, version, license, description } = own.parse(
    JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')),
  );
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        ...{ type: 'application', 'bom-ref': purl(name, version), name, version, description },
        ...{ purl: purl(name, version), licenses: [licence(license)] },
      },
    },
    components: lockedPackages()
      .filter(({ dev }) => !dev)
      .map((each) => ({
        ...{
          type: 'library',
          'bom-ref': purl(each.name, each.version),
          name: each.name,
          version: each.version,
        },
        ...{ purl: purl(each.name, each.version), licenses: [licence(each.licence)] },
        hashes: each.integrity === null ? [] : [{ alg: 'SHA-512', content: hexOf(each.integrity) }],
      })),
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(billOfMaterials(), null, 2)}\n`);
