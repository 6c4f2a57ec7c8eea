import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';

/** Files by path from the repository's root, as they are or as a test makes them up. */
type Files = ReadonlyMap<string, string>;

/** A part imports only from earlier rows. Parts in one row are strangers: src/*.ts introduces them. */
const rows = [
  ['exchange'],
  ['xml'],
  ['contract', 'wss', 'dialect'],
  [
    'http',
    'stages',
    'services',
    'sources',
    'publication',
    'intake',
    'registers',
    'audit',
    'store',
    'queue',
    'files',
    'console',
    'cli',
    'demo',
  ],
];

/** The only places where each of these may be named, in any of its entry points. */
const homes: Readonly<Record<string, readonly string[]>> = {
  typeorm: ['store'],
  mysql2: ['store'],
  'node:sqlite': ['store'],
  'libxml2-wasm': ['xml'],
  fastify: ['http'],
  'prom-client': ['http'],
  undici: ['sources'],
  '@peculiar/x509': ['demo', 'wss'],
  bullmq: ['queue'],
  ssh2: ['files'],
  ioredis: ['queue'],
};

const VAGUE = /^(utils?|helpers?|common|lib|shared|misc|base|manager)$/;
const MAX_LINES = 300;
/** `put` and `vouch` stand in for parsing and verifying where no envelope brought the question. */
const BEFORE_VERIFY = new Set(
  ['parse', 'decrypt', 'route', 'validate', 'put', 'vouch'].map((name) => `src/stages/${name}.ts`),
);

const folder = (file: string) => (file.split('/').length > 2 ? (file.split('/')[1] ?? '') : '');
const row = (file: string) => rows.findIndex((names) => names.includes(folder(file)));
/** A service folder is a part of its own, so that services stay strangers too. */
const part = (file: string) =>
  file
    .split('/')
    .slice(1, folder(file) === 'services' ? 3 : 2)
    .join('/');
const isCode = (file: string) => file.endsWith('.ts');
const all = (files: Files, broken: (file: string, text: string) => readonly string[]) =>
  [...files].flatMap(([file, text]) => broken(file, text));

/** What a file imports, types and dynamic imports included. */
const named = (text: string) =>
  [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'/gm),
    ...text.matchAll(/^\s*import\s*'([^']+)'/gm),
    ...text.matchAll(/\b(?:import|require)\(\s*['"`]([^'"`]+)['"`]/g),
  ].map((match) => match[1] ?? '');
const locals = (file: string, text: string) =>
  named(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(dirname(file), name));

const rules: Readonly<Record<string, (files: Files) => readonly string[]>> = {
  'every folder under src has a row': (files) =>
    all(files, (file) => (folder(file) !== '' && row(file) < 0 ? [file] : [])),

  'imports point to earlier rows only, and parts in one row are strangers': (files) =>
    all(files, (file, text) =>
      row(file) < 0 || !isCode(file)
        ? []
        : locals(file, text)
            .filter((target) => part(target) !== part(file) && (row(target) < 0 || row(target) >= row(file)))
            .map((target) => `${file} -> ${target}`),
    ),

  'no file reaches itself through its imports': (files) => {
    const next = new Map([...files].map(([file, text]) => [file, locals(file, text)]));
    const reach = (from: string, seen = new Set<string>()): Set<string> => {
      for (const target of next.get(from) ?? []) if (!seen.has(target)) reach(target, seen.add(target));
      return seen;
    };
    return [...files.keys()].filter((file) => reach(file).has(file));
  },

  'each heavy dependency is named in its home only': (files) =>
    all(files, (file, text) =>
      Object.entries(homes).flatMap(([name, home]) =>
        named(text).some((each) => each === name || each.startsWith(`${name}/`)) &&
        !home.includes(folder(file))
          ? [`${file} names ${name}`]
          : [],
      ),
    ),

  'the environment is read in src/config.ts only': (files) =>
    all(files, (file, text) =>
      file !== 'src/config.ts' &&
      /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[|\benv\b[^=]*from 'node:process'|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(
        text,
      )
        ? [file]
        : [],
    ),

  'no name stands for anything at all': (files) =>
    all(files, (file) =>
      file
        .replace(/\.\w+$/, '')
        .split('/')
        .slice(1)
        .some((step) => step.split('-').some((word) => VAGUE.test(word)))
        ? [file]
        : [],
    ),

  'after verify nothing reads what nobody has signed': (files) =>
    all(files, (file, text) =>
      folder(file) === 'stages' &&
      !BEFORE_VERIFY.has(file) &&
      /\bunproven\b|\benvelope\.(root|header|body)\b|\{[^}]*\b(root|header|body)\b[^}]*\}\s*=\s*[\w.]*envelope\b/.test(
        text,
      )
        ? [file]
        : [],
    ),

  'no file is longer than a reader holds in mind': (files) =>
    all(files, (file, text) => (isCode(file) && text.trimEnd().split('\n').length > MAX_LINES ? [file] : [])),

  'nothing is left to be done': (files) =>
    all(files, (file, text) => (isCode(file) && /\b(TODO|FIXME|XXX)\b/.test(text) ? [file] : [])),
};

const source: Files = new Map(
  globSync('src/**/*')
    .filter((file) => /\.\w+$/.test(file))
    .sort()
    .map((file) => [file, isCode(file) ? readFileSync(join(process.cwd(), file), 'utf8') : '']),
);

test('the rules see the source, and what it imports', () => {
  assert.ok(source.size > 60);
  assert.ok(locals('src/journey.ts', source.get('src/journey.ts') ?? '').includes('src/stages/parse.ts'));
  for (const name of ['typeorm', 'libxml2-wasm', 'fastify', 'undici', '@peculiar/x509']) {
    const homes = all(source, (file, text) =>
      named(text).some((each) => each.startsWith(name)) ? [file] : [],
    );
    assert.ok(homes.length > 0, `${name} is named nowhere`);
  }
});

for (const [name, broken] of Object.entries(rules)) {
  test(name, () => assert.deepEqual(broken(source), []));
}

const planted: readonly [string, keyof typeof rules, Readonly<Record<string, string>>][] = [
  ['a folder without a row', 'every folder under src has a row', { 'src/engine/a.ts': '' }],
  [
    'a sideways import',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/stages/a.ts': "import { b } from '../store/b.ts';" },
  ],
  [
    'a sideways import in the row of standards, over several lines',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/wss/a.ts': "import {\n  b,\n} from '../contract/b.ts';" },
  ],
  [
    'an upward import of a type',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/exchange/a.ts': "import type { B } from '../xml/b.ts';" },
  ],
  [
    'an import of what introduces the parts',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/cli/a.ts': "import { config } from '../config.ts';" },
  ],
  [
    'a dynamic import',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/http/a.ts': "const b = await import('../stages/b.ts');" },
  ],
  [
    'an export from elsewhere',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/http/a.ts': "export { b } from '../stages/b.ts';" },
  ],
  [
    'a service that knows another',
    'imports point to earlier rows only, and parts in one row are strangers',
    { 'src/services/one/a.ts': "import { b } from '../two/b.ts';" },
  ],
  [
    'a circle of types',
    'no file reaches itself through its imports',
    {
      'src/xml/a.ts': "import type { B } from './b.ts';",
      'src/xml/b.ts': "import type { A } from './a.ts';",
    },
  ],
  [
    'the database in a stage',
    'each heavy dependency is named in its home only',
    { 'src/stages/a.ts': "import { DataSource } from 'typeorm';" },
  ],
  [
    'the parser by a side entrance',
    'each heavy dependency is named in its home only',
    { 'src/wss/a.ts': "import * as raw from 'libxml2-wasm/lib/libxml2.mjs';" },
  ],
  [
    'a web server outside its folder',
    'each heavy dependency is named in its home only',
    { 'src/bus.ts': "import { fastify } from 'fastify';" },
  ],
  [
    'a look at the environment',
    'the environment is read in src/config.ts only',
    { 'src/main.ts': 'const port = process.env.PORT;' },
  ],
  [
    'a sly look at the environment',
    'the environment is read in src/config.ts only',
    { 'src/main.ts': 'const { env } = process;' },
  ],
  ['a bag of functions', 'no name stands for anything at all', { 'src/xml/xml-utils.ts': '' }],
  ['a bag of files', 'no name stands for anything at all', { 'src/shared/a.ts': '' }],
  [
    'a stage that reads the Body before it was verified',
    'after verify nothing reads what nobody has signed',
    { 'src/stages/a.ts': 'const { unproven } = message;' },
  ],
  [
    'a stage that looks for itself in the envelope',
    'after verify nothing reads what nobody has signed',
    { 'src/stages/a.ts': 'const { header } = message.envelope;' },
  ],
  ['a long file', 'no file is longer than a reader holds in mind', { 'src/xml/a.ts': 'a;\n'.repeat(301) }],
  ['something left for later', 'nothing is left to be done', { 'src/xml/a.ts': '// TODO: think' }],
];

for (const [name, rule, files] of planted) {
  test(`sees ${name}`, () => {
    const seen = rules[rule]?.(new Map(Object.entries(files))) ?? [];
    assert.notDeepEqual(seen, []);
  });
}

test('has nothing against imports of earlier rows and of neighbours in a part', () => {
  const files = new Map([
    ['src/exchange/a.ts', ''],
    [
      'src/store/b.ts',
      "import { a } from '../exchange/a.ts';\nimport { c } from './c.ts';\nimport 'typeorm';",
    ],
    ['src/store/c.ts', "import { a } from '../exchange/a.ts';"],
    ['src/bus.ts', "import { b } from './store/b.ts';"],
  ]);
  for (const [name, broken] of Object.entries(rules)) assert.deepEqual(broken(files), [], name);
});
