/**
 * `node test/support/licences.ts > docs/licences.md`: what is shipped with the program, and under which licence. A test
 * holds the page against the lock file.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

export type LockedPackage = {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly integrity: string | null;
  /** Only developers and the tests have it. */
  readonly dev: boolean;
  readonly hasInstallScript: boolean;
};

/** Packages that say it in a file and not in their description; both files were read. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  ssh2: 'MIT',
  'cpu-features': 'MIT',
  buildcheck: 'MIT',
};

/** Every package of the lock file, each name and version once, in the order of their names. */
export function lockedPackages(): readonly LockedPackage[] {
  const lock = lockFile.parse(JSON.parse(readFileSync(resolve(ROOT, 'package-lock.json'), 'utf8')));
  const found = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, each]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return {
        name,
        version: each.version ?? '',
        licence: each.license ?? SAID_ELSEWHERE[name] ?? 'unknown',
        integrity: each.integrity ?? null,
        dev: (each.dev ?? false) || (each.devOptional ?? false),
        hasInstallScript: each.hasInstallScript ?? false,
      };
    });
  const unique = new Map(found.map((each) => [`${each.name}@${each.version}${each.dev}`, each]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The page of licences. */
export function licencesPage(): string {
  const rows = lockedPackages()
    .filter(({ dev }) => !dev)
    .map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  return [
    '# Licences',
    '',
    'What `npm ci --omit=dev` installs beside Kruispunt itself (EUPL-1.2). Made by `npm run licences`; a test holds it against',
    '`package-lock.json`, and lets no licence in that is not listed there.',
    '',
    '| Package | Version | Licence |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const ROOT = resolve(import.meta.dirname, '../..');

if (import.meta.main) process.stdout.write(licencesPage());
