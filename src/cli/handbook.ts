import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { kindOf, type Publication } from '../exchange/publication.ts';
import type { Service } from '../exchange/service.ts';
import { article, handbookPage, MARK, pageName } from './handbook-page.ts';
import { contentsOf, publicationPage, publicationPageName } from './handbook-publication.ts';
import type { CodesOf } from './handbook-refusals.ts';
import { type Markdown, tableOf } from './markdown.ts';
import { type Terminal, UsageError } from './output.ts';

export const handbookHelp = `kruispunt handbook [--dir FOLDER] [--service NAME]

Writes a page for each service from its contract and its service.yaml: what may be asked and how, what the answer holds
and a grant may name, which controls are in force, which refusals there are, and a question to begin with. And one for
each publication: what its files hold, and how to subscribe.

  --dir FOLDER     into a file each, with an index (README.md); pages of services that are gone are removed
  --service NAME   of this service or publication only, all its versions
`;

type Needs = {
  readonly terminal: Terminal;
  readonly services: readonly Service[];
  readonly publications: readonly Publication[];
  readonly codesOf: CodesOf;
};

/** `kruispunt handbook`: Markdown on the terminal, or in a folder. */
export async function handbook(argv: readonly string[], needs: Needs): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { dir: { type: 'string' }, service: { type: 'string' } },
  });
  const wanted = values.service?.toLowerCase();
  const isWanted = (name: string) => wanted === undefined || name.toLowerCase() === wanted;
  const chosen = needs.services.filter(({ rules }) => isWanted(rules.name));
  const published = needs.publications.filter(({ name }) => isWanted(name));
  if (chosen.length + published.length === 0) {
    const names = [
      ...needs.services.map(({ rules }) => rules.name),
      ...needs.publications.map(({ name }) => name),
    ];
    const offered = [...new Set(names)].join(', ');
    throw new UsageError(`no service ${values.service ?? ''}; there are ${offered}`);
  }
  const pages = handbookPages(chosen, published, needs.codesOf);
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
export function handbookPages(
  services: readonly Service[],
  publications: readonly Publication[],
  codesOf: CodesOf,
): Map<string, string> {
  const sorted = services.toSorted((one, other) => (pageName(one.rules) < pageName(other.rules) ? -1 : 1));
  const pages = sorted.map((service) => [pageName(service.rules), handbookPage(service, codesOf)] as const);
  const named = publications.toSorted((one, other) =>
    publicationPageName(one) < publicationPageName(other) ? -1 : 1,
  );
  const published = named.map((each) => [publicationPageName(each), publicationPage(each)] as const);
  return new Map([[INDEX, `${index(sorted, named).join('\n')}\n`], ...pages, ...published]);
}

const index = (services: readonly Service[], publications: readonly Publication[]): Markdown => [
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
  '',
  '## The publications',
  '',
  'Each page is written from `publication.yaml` and the schema that it names.',
  '',
  ...tableOf(
    ['Publication', 'Kind', 'About', 'Holds'],
    publications.map((each) => [
      `[${each.name} ${each.version}](${publicationPageName(each)})`,
      kindOf(each),
      article(each.subject.kind),
      contentsOf(each),
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
