import { writeFileSync } from 'node:fs';
import { type ConfigurationFile, readFile, writeFile } from './configuration-file.ts';
import {
  apply,
  type ConfigurationImage,
  codesLabel,
  type Desk,
  type Present,
  withEdits,
} from './configuration-image.ts';
import { mistakeKey, mistakesIn, rightMistakes } from './configuration-mistakes.ts';
import { onlyName, readOptions, subVerbs } from './configuration-options.ts';
import { editLabel, editLines, type Plan, planOf } from './configuration-plan.ts';
import { waitsText } from './grant-approval.ts';
import { FailedError, UsageError } from './output.ts';
import { textOf } from './text-file.ts';

export const configurationHelp = `kruispunt configuration export [--file FILE] [--registrations]
kruispunt configuration import FILE [--plan] [--remove] [--json]

All parties with their identities and certificates, all grants, sources, code tables and subscriptions, and with
--registrations all registrations, as one YAML file. Importing compares the file with what there is, shows the plan and carries it out, all or nothing; a
section that the file lacks is left alone.

  --plan     only show the plan
  --remove   take away what the file's sections do not name; without it that is kept
  --json     the plan as data
`;

/** `kruispunt configuration`. */
export const configuration = subVerbs(configurationHelp, { export: exportTo, import: importFrom });

async function exportTo(argv: readonly string[], { terminal, image }: Desk): Promise<number> {
  const options = readOptions(argv, { one: ['file'], yes: ['registrations'] });
  if (options.positionals.length > 0) throw new UsageError(configurationHelp);
  const withRegistrations = options.yes('registrations');
  const text = writeFile(await image(withRegistrations ? 'all' : 'none'), withRegistrations);
  const file = options.one('file');
  if (file === null) terminal.print(text.trimEnd());
  else writeFileSync(file, text);
  return 0;
}

async function importFrom(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { yes: ['plan', 'remove'] });
  const name = onlyName(options, configurationHelp);
  const file = readFile(textOf(name));
  const present = await desk.image(file.sections.has('registrations') ? 'all' : 'none');
  const plan = planOf(present, file, options.yes('remove'));
  refuseMistakes(name, file, present, plan, desk);
  const applied = !options.yes('plan');
  if (!options.json) print(desk, plan);
  const waiting = applied ? await apply(desk, plan.edits) : [];
  if (options.json) desk.terminal.print(JSON.stringify({ ...plan, applied, waiting }, null, 2));
  else if (applied && plan.edits.length > 0) {
    if (waiting.length > 0) desk.terminal.print(`${grantsText(waiting.length)} ${waitsText(waiting)}`);
    desk.terminal.print('done');
  }
  return 0;
}

const grantsText = (count: number) => (count === 1 ? '1 grant' : `${count} grants`);

/** @throws FailedError with every mistake, by its line, before anything is changed */
function refuseMistakes(
  name: string,
  file: ConfigurationFile,
  present: Present,
  { edits }: Plan,
  contracts: Desk,
): void {
  const before = new Set(mistakesIn(present, contracts).map(mistakeKey));
  const whole = throughTheFile(present, file, edits);
  const said = new Set<string>();
  const wrong = mistakesIn(whole, contracts, file.excused)
    .filter((each) => !before.has(mistakeKey(each)))
    .concat(rightMistakes(whole, edits, contracts.clock.now()))
    .map(({ at, name: what, message }) => {
      const [section, position] = at;
      const inFile = section !== 'services' && Number(position) < file.image[section].length;
      return { line: inFile ? file.lineOf(at) : null, message: `${what}: ${message}` };
    });
  // With mistakes in the file itself, what seems to be missing elsewhere may only be what could not be read.
  const about = file.mistakes.length > 0 ? wrong.filter(({ line }) => line !== null) : wrong;
  const all = [...file.mistakes, ...about].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const lines = all
    .map(({ line, message }) => `${name}${line === null ? '' : `:${line}`}: ${message}`)
    .filter((line) => !said.has(line) && said.add(line));
  if (lines.length > 0) throw new FailedError(`nothing was imported:\n${lines.join('\n')}`);
}

/** What there would be: what is in the file first, in its order, so that a mistake leads to a line. */
function throughTheFile(present: Present, { image, sections }: ConfigurationFile, edits: Plan['edits']) {
  const after = withEdits(present, edits);
  const kept = <T>(all: readonly T[], mine: readonly T[], about: (each: T) => string): readonly T[] => {
    const counts = new Map<string, number>();
    for (const each of mine) counts.set(about(each), (counts.get(about(each)) ?? 0) + 1);
    return all.filter((each) => {
      const left = counts.get(about(each)) ?? 0;
      counts.set(about(each), left - 1);
      return left <= 0;
    });
  };
  const whole: ConfigurationImage = {
    parties: [...image.parties, ...kept(after.parties, image.parties, ({ name }) => name)],
    sources: [...image.sources, ...kept(after.sources, image.sources, ({ name }) => name)],
    codes: [...image.codes, ...kept(after.codes, image.codes, codesLabel)],
    grants: [
      ...image.grants,
      ...kept(after.grants, image.grants, ({ id: _, ...each }) => JSON.stringify(each)),
    ],
    subscriptions: [
      ...image.subscriptions,
      ...kept(after.subscriptions, image.subscriptions, ({ id: _, ...each }) => JSON.stringify(each)),
    ],
    registrations: sections.has('registrations')
      ? [
          ...image.registrations,
          ...kept(after.registrations, image.registrations, ({ id: _, ...each }) => JSON.stringify(each)),
        ]
      : [],
  };
  return whole;
}

function print({ terminal }: Desk, { edits, kept }: Plan): void {
  for (const edit of edits) for (const line of editLines(edit)) terminal.print(line);
  for (const edit of kept) terminal.print(`= ${editLabel(edit)} is not in the file; --remove takes it away`);
  const count = (wanted: (edit: Plan['edits'][number]) => boolean) => edits.filter(wanted).length;
  const added = count(({ before }) => before === null);
  const removed = count(({ after }) => after === null);
  const changed = edits.length - added - removed;
  terminal.print(
    edits.length === 0 ? 'nothing to change' : `${added} to add, ${changed} to change, ${removed} to remove`,
  );
}
