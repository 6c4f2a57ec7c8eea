import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './program.ts';

const run = promisify(execFile);

export type Image = {
  /** Where the image's /app came to stand. */
  readonly app: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly volume: string;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
};

/** The instructions of a Dockerfile, each on one line, without remarks. */
const instructions = (text: string) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [word = '', ...rest] = line.split(' ');
      return { word, rest: rest.join(' ').trim() };
    });

const list = (text: string): readonly string[] => JSON.parse(text.slice(text.indexOf('[')));

/**
 * Does what docker/Dockerfile says, instruction by instruction, in a folder in place of a container's root: its files
 * are copied and its commands run. What needs a container (the base image, the owner of a folder) is left out, and
 * an instruction that is not understood is an Error.
 */
export async function buildInFolder(root: string): Promise<Image> {
  const text = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8');
  const said = instructions(text);
  let stage = '';
  for (const { word, rest } of said) {
    if (word === 'FROM') stage = stageOf(rest);
    else if (word === 'WORKDIR') mkdirSync(join(root, stage, rest), { recursive: true });
    else if (word === 'COPY') copy(root, join(root, stage, 'app'), rest.split(' '));
    else if (word === 'RUN') await doRun(join(root, stage, 'app'), rest);
    else if (!DECLARED.has(word)) throw new Error(`not understood: ${word} ${rest}`);
  }
  const last = (word: string) => said.findLast((each) => each.word === word)?.rest ?? '';
  const pairs = last('ENV')
    .split(' ')
    .map((pair) => pair.split('='));
  return {
    app: join(root, stage, 'app'),
    user: last('USER'),
    environment: Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value])),
    volume: last('VOLUME'),
    command: list(last('CMD')),
    healthCheck: list(last('HEALTHCHECK').replace(/^.*? CMD /, '')),
  };
}

const DECLARED = new Set(['ENV', 'USER', 'VOLUME', 'CMD', 'HEALTHCHECK', 'EXPOSE']);

function stageOf(from: string): string {
  if (!/^node:24-bookworm-slim( |$)/.test(from)) throw new Error(`another base: ${from}`);
  return / AS (\w+)$/.exec(from)?.[1] ?? 'last';
}

async function doRun(app: string, command: string): Promise<void> {
  if (/^mkdir -p (\S+) && chown node:node \1$/.test(command)) return;
  if (!command.startsWith('npm ci ')) throw new Error(`not understood: RUN ${command}`);
  await run('sh', ['-c', command], { cwd: app });
}

function copy(root: string, app: string, words: readonly string[]): void {
  const [from] = words.flatMap((word) => /^--from=(\w+)$/.exec(word)?.[1] ?? []);
  const paths = words.filter((word) => !word.startsWith('--'));
  const target = paths.at(-1) ?? '';
  for (const path of paths.slice(0, -1)) {
    const source = from === undefined ? join(ROOT, path) : join(root, from, path);
    cpSync(source, join(app, target.endsWith('/') ? `${target}${path}` : target), { recursive: true });
  }
}
