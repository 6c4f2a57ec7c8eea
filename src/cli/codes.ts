import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { CodeTable } from '../exchange/code-table.ts';
import { readCsv } from './codes-csv.ts';
import { type FileMistake, readFile } from './configuration-file.ts';
import { apply, codesLabel, type Desk, type Edit, type Present, withEdits } from './configuration-image.ts';
import { newMistakes } from './configuration-mistakes.ts';
import { change, type Options, onlyName, readOptions, subVerbs } from './configuration-options.ts';
import { rawCodes } from './configuration-raw.ts';
import { FailedError, table, UsageError } from './output.ts';

export const codesHelp = `kruispunt codes list [--json]
kruispunt codes show TABLE --source SOURCE [--json]
kruispunt codes import FILE [--plan] [--json]
kruispunt codes remove TABLE --source SOURCE

What the codes of a source are called in MAGDA; service.yaml says which table is for which part of question and answer.
FILE is CSV with the columns table, source, code, magda and description, or YAML with the codes of a configuration
file. A table that the file names becomes what the file says, all or nothing; other tables stay.

  --plan     only show what would change
`;

/** `kruispunt codes`. */
export const codes = subVerbs(codesHelp, { list, show, import: importFrom, remove });

const usersOf = ({ services }: Desk, { name, source }: CodeTable) =>
  services
    .filter(({ rules }) => rules.codes.some((rule) => rule.table === name && rule.source === source))
    .map(({ rules }) => `${rules.name} ${rules.version}`);

function named(present: Present, options: Options): CodeTable {
  const name = onlyName(options, codesHelp);
  const source = options.one('source');
  const same = present.codes.filter((each) => each.name === name);
  const found = same.filter((each) => source === null || each.source === source);
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  if (first)
    throw new UsageError(`--source: ${name} is there for ${same.map((each) => each.source).join(', ')}`);
  const there = present.codes.map((each) => `${each.name} of ${each.source}`).join(', ') || 'none';
  throw new FailedError(`there is no table ${name}${source ? ` of ${source}` : ''}; there is ${there}`);
}

async function list(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const present = await desk.image('none');
  if (options.json) desk.terminal.print(JSON.stringify(present.codes.map(rawCodes), null, 2));
  else
    desk.terminal.print(
      table(
        ['table', 'source', 'codes', 'used by'],
        present.codes.map((each) => [
          ...[each.name, each.source, String(each.codes.length)],
          usersOf(desk, each).join(', ') || 'nothing',
        ]),
      ),
    );
  return 0;
}

async function show(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { one: ['source'] });
  const found = named(await desk.image('none'), options);
  if (options.json) desk.terminal.print(JSON.stringify(rawCodes(found), null, 2));
  else
    desk.terminal.print(
      table(
        [found.source, 'MAGDA', 'description'],
        found.codes.map(({ sourceCode, magdaCode, description }) => [
          ...[sourceCode, magdaCode, description ?? ''],
        ]),
      ),
    );
  return 0;
}

async function importFrom(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { yes: ['plan'] });
  const file = onlyName(options, codesHelp);
  const { tables, lineOf } = readTables(file);
  const present = await desk.image('none');
  const old = new Map(present.codes.map((each) => [codesLabel(each), each]));
  const edits = tables.flatMap((after): Extract<Edit, { kind: 'codes' }>[] => {
    const before = old.get(codesLabel(after)) ?? null;
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ kind: 'codes', before, after }];
  });
  // The file's tables first and in its order, twice the same included, so that a mistake leads to a line.
  const inFile = new Set(tables.map(codesLabel));
  const after = withEdits(present, edits).codes.filter((each) => !inFile.has(codesLabel(each)));
  const wrong = newMistakes(present, { ...present, codes: [...tables, ...after] }, desk);
  fail(
    file,
    wrong.map(({ at, name, message }) => ({
      line: at[0] === 'codes' ? lineOf(at) : 1,
      message: `${name}: ${message}`,
    })),
  );
  if (options.json)
    desk.terminal.print(
      JSON.stringify(
        edits.map(({ before, after }) => ({
          before: before && rawCodes(before),
          after: after && rawCodes(after),
        })),
        null,
        2,
      ),
    );
  else desk.terminal.print(edits.length === 0 ? 'nothing to change' : edits.flatMap(planLines).join('\n'));
  if (options.yes('plan')) return 0;
  await apply(desk, edits);
  if (!options.json && edits.length > 0) desk.terminal.print('imported');
  return 0;
}

async function remove(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { one: ['source'] });
  const present = await desk.image('none');
  const before = named(present, options);
  await change(desk, present, [{ kind: 'codes', before, after: null }]);
  desk.terminal.print(
    options.json
      ? JSON.stringify({ removed: { table: before.name, source: before.source } })
      : `removed ${codesLabel(before)}`,
  );
  return 0;
}

type Read = {
  readonly tables: readonly CodeTable[];
  readonly lineOf: (path: readonly (string | number)[]) => number;
};

/** @throws FailedError with every mistake in the file, each by its line */
function readTables(file: string): Read {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${String(cause)}`, { cause });
  }
  if (!/\.csv$/i.test(file)) return inYaml(file, text);
  const { tables, lines, mistakes } = readCsv(text);
  fail(file, mistakes);
  // CSV has no structure of its own: what is said of a place in the YAML is said of the line that it was made of.
  const read = readFile(stringify({ codes: tables }));
  const lineOf = (path: readonly (string | number)[]) => {
    for (let length = path.length; length > 1; length--) {
      const line = lines.get(path.slice(1, length).join('.'));
      if (line !== undefined) return line;
    }
    return 1;
  };
  fail(
    file,
    read.mistakes.map(({ message }) => {
      const [, place = '', text = message] = /^([\w.]+): ([\s\S]*)$/.exec(message) ?? [];
      return { line: lineOf(place.split('.')), message: text };
    }),
  );
  return { tables: read.image.codes, lineOf };
}

function inYaml(file: string, text: string): Read {
  const { image, sections, mistakes, lineOf } = readFile(text);
  const foreign = [...sections].filter((section) => section !== 'codes');
  const others = foreign.map((section) => ({
    line: lineOf([section]),
    message: `${section}: only codes are read here (kruispunt configuration import)`,
  }));
  const empty = sections.has('codes') ? [] : [{ line: 1, message: 'expected codes' }];
  fail(file, [...mistakes, ...others, ...empty]);
  return { tables: image.codes, lineOf };
}

function fail(file: string, mistakes: readonly FileMistake[]): void {
  if (mistakes.length === 0) return;
  const lines = mistakes.map(({ line, message }) => `${file}:${line}: ${message}`);
  throw new FailedError(`nothing was imported:\n${[...new Set(lines)].join('\n')}`);
}

/** A table for people: what comes (+), goes (-) or becomes another (~), code by code. */
function planLines({ before, after }: Extract<Edit, { kind: 'codes' }>): readonly string[] {
  const image = after ?? before;
  if (!image) return [];
  const old = new Map(before?.codes.map((code) => [code.sourceCode, code]));
  const now = new Map(after?.codes.map((code) => [code.sourceCode, code]));
  const told = (code: CodeTable['codes'][number]) =>
    `${code.sourceCode} = ${code.magdaCode}${code.description === null ? '' : ` ${code.description}`}`;
  const gone = [...old.values()].filter(({ sourceCode }) => !now.has(sourceCode));
  return [
    `${before === null ? '+' : '~'} ${codesLabel(image)}`,
    ...[...now.values()].flatMap((code) => {
      const was = old.get(code.sourceCode);
      if (!was) return [`    + ${told(code)}`];
      return told(was) === told(code) ? [] : [`    ~ ${told(was)} → ${told(code)}`];
    }),
    ...gone.map((code) => `    - ${told(code)}`),
  ];
}
