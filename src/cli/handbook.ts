import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Service } from '../exchange/service.ts';
import { article, handbookPage, MARK, pageName } from './handbook-page.ts';
import type { CodesOf } from './handbook-refusals.ts';
import { type Markdown, tableOf } from './markdown.ts';
import { type Terminal, UsageError } from './output.ts';

export const handbookHelp = `kruispunt handbook [--dir FOLDER] [--service NAME]

Writes a page for each service from its contract and its service.yaml: what may be asked and how, what the answer holds
and a grant may name, which controls are in force, which refusals there are, and a question to begin with.

  --dir FOLDER     into a file each, with an index (README.md); pages of services that are gone are removed
  --service NAME   of this service only, all its versions
`;

type Needs = {
  readonly terminal: Terminal;
  readonly services: readonly Service[];
  readonly codesOf: CodesOf;
};

/** `kruispunt handbook`: Markdown on the terminal, or in a folder. */
export async function handbook(argv: readonly string[], needs: Needs): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { dir: { type: 'string' }, service: { type: 'string' } },
  });
  const wanted = values.service?.toLowerCase();
  const chosen = needs.services.filter(
    ({ rules }) => wanted === undefined || rules.name.toLowerCase() === wanted,
  );
  if (chosen.length === 0) {
    const offered = [...new Set(needs.services.map(({ rules }) => rules.name))].join(', ');
    throw new UsageError(`no service ${values.service ?? ''}; there are ${offered}`);
  }
  const pages = handbookPages(chosen, needs.codesOf);
  if (values.dir === undefined) {
    const texts = [...pages]
      .filter(([name]) => wanted === undefined || name !== INDEX)
      .map(([, text]) => text);
    needs.terminal.print(texts.join('\n').trimEnd());
    return 0;
  }
  const folder = resolve(values.dir);
  mkdirSync(folder, { recursive: true });
  if (wanted === undefined) removeOthers(folder, pages);
  else pages.delete(INDEX);
  for (const [name, text] of pages) writeFileSync(resolve(folder, name), text);
  needs.terminal.print(`${pages.size} files in ${folder}`);
  return 0;
}

const INDEX = 'README.md';

/** Every page by the name of its file, the index among them. */
export function handbookPages(services: readonly Service[], codesOf: CodesOf): Map<string, string> {
  const sorted = services.toSorted((one, other) => (pageName(one.rules) < pageName(other.rules) ? -1 : 1));
  const pages = sorted.map((service) => [pageName(service.rules), handbookPage(service, codesOf)] as const);
  return new Map([[INDEX, `${index(sorted).join('\n')}\n`], ...pages]);
}

const index = (services: readonly Service[]): Markdown => [
  MARK,
  '',
  '# The services',
  '',
  'Each page is written from the contract (`?wsdl`) and `service.yaml`, by `npx kruispunt handbook --dir docs/services`.',
  '',
  ...tableOf(
    ['Service', 'Kind', 'Dialect', 'About', 'Answered by'],
    services.map(({ rules }) => [
      `[${rules.name} ${rules.version}](${pageName(rules)})`,
      rules.kind === 'read' ? 'reads' : 'writes',
      rules.dialect,
      rules.subject ? article(rules.subject.kind) : '',
      rules.together
        ? 'an orchestration'
        : (rules.sources?.options.map(({ source }) => source).join(', ') ?? 'the bus'),
    ]),
  ),
];

/** Pages of this verb's own making, of services that are no longer there. */
function removeOthers(folder: string, pages: ReadonlyMap<string, string>): void {
  for (const name of readdirSync(folder)) {
    const file = resolve(folder, name);
    if (pages.has(name) || !name.endsWith('.md') || !existsSync(file)) continue;
    if (readFileSync(file, 'utf8').startsWith(MARK)) rmSync(file);
  }
}
