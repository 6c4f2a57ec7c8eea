import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { licencesPage, lockedPackages } from './support/licences.ts';

/** What comes with the program, and what is sent on. */

const ROOT = resolve(import.meta.dirname, '..');
const npm = (...args: string[]) =>
  execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** Licences under which what the EUPL covers may be passed on together with the rest. */
const LICENCES = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-3-Clause', 'Apache-2.0', 'MIT OR Apache-2.0', 'BlueOak-1.0.0', 'Unlicense'],
]);

/** They bring a script of their own, which npm does not run here: what it would build is not needed. */
const SCRIPTS_NOT_RUN = ['cpu-features', 'msgpackr-extract', 'ssh2'];

test('takes in no package under a licence that is not known, and none without a digest', () => {
  for (const { name, licence, integrity } of lockedPackages()) {
    assert.ok(LICENCES.has(licence), `${name}: ${licence}`);
    assert.match(integrity ?? '', /^sha512-/, name);
  }
});

test('runs the install scripts of two packages, neither of which is shipped with the program', () => {
  const { allowScripts } = z
    .object({ allowScripts: z.record(z.string(), z.boolean()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const allowed = Object.entries(allowScripts).flatMap(([name, may]) => (may ? [name] : []));
  const bring = lockedPackages().filter(({ hasInstallScript }) => hasInstallScript);
  assert.deepEqual(bring.map(({ name }) => name).sort(), [...allowed, ...SCRIPTS_NOT_RUN].sort());
  assert.match(readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8'), /npm ci --omit=dev .*--ignore-scripts/);
});

test('lists what is shipped, with licences, as the lock file has it', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/licences.md'), 'utf8'), licencesPage());
});

test('writes a bill of materials (CycloneDX) that names all that is shipped, by digest', () => {
  const said = npm('run', '--silent', 'sbom');
  assert.equal(npm('run', '--silent', 'sbom'), said);
  const digest = z.object({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) });
  const component = z.object({ purl: z.string(), licenses: z.array(z.object({})).length(1) });
  const bom = z
    .object({
      bomFormat: z.literal('CycloneDX'),
      metadata: z.object({ component }),
      components: z.array(component.extend({ hashes: z.array(digest).length(1) })),
    })
    .parse(JSON.parse(said));
  assert.deepEqual(
    bom.components.map(({ purl }) => decodeURIComponent(purl)),
    lockedPackages()
      .filter(({ dev }) => !dev)
      .map(({ name, version }) => `pkg:npm/${name}@${version}`),
  );
});

test('packs the same bytes twice, and nothing but what is needed to run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-pack-'));
  const pack = () => {
    const [packed] = z
      .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
      .parse(JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder)));
    assert.ok(packed);
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, packed.filename)))
      .digest('hex');
    return { digest, top: new Set(packed.files.map(({ path }) => path.split('/')[0])) };
  };
  try {
    const [one, other] = [pack(), pack()];
    assert.equal(one.digest, other.digest);
    const top = ['CHANGELOG.md', 'LICENSE', 'README.md', 'docs', 'package.json', 'src', 'wsdl', 'xsd'];
    assert.deepEqual(
      [...one.top].filter((name) => !top.includes(name ?? '')),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
