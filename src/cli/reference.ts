import { LineCounter, parseDocument } from 'yaml';
import type { Subject } from '../exchange/party.ts';
import type { Reference } from '../exchange/reference.ts';
import { issueText, referenceShape } from './configuration-fields.ts';
import { type Options, onlyName, readOptions, shaped } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';
import { textOf } from './text-file.ts';

export const referenceHelp = `kruispunt reference list [--type T] [--person INSZ | --enterprise NUMBER] [--source NAME] [--limit N] [--json]
kruispunt reference add --type T --person INSZ | --enterprise NUMBER --source NAME [--held-as NUMBER] --begin DAY
                    [--end DAY]
kruispunt reference remove [--type T] [--person INSZ | --enterprise NUMBER] [--source NAME]
kruispunt reference import FILE

Which source holds which kind of data about whom, from when until when (days, both inclusive); --held-as where the
source keeps it under another number. Lines on the same data at the same source that overlap become one. A file is a
YAML list of lines with these options as keys; it is taken whole or not at all. Removing takes whatever fits.
`;

type Filter = {
  readonly dataType: string | null;
  readonly subject: Subject | null;
  readonly source: string | null;
};

export type ReferenceDesk = {
  readonly terminal: Terminal;
  readonly who: string;
  readonly sources: () => Promise<readonly { readonly name: string }[]>;
  /** Written down before anything is shown. */
  readonly noteLook: (subject: Subject, who: string) => Promise<void>;
  readonly references: (filter: Filter, limit: number) => Promise<readonly Reference[]>;
  readonly addReferences: (lines: readonly Reference[], who: string) => Promise<void>;
  readonly removeReferences: (filter: Filter, who: string) => Promise<readonly Reference[]>;
};

const FIELDS = ['type', 'person', 'enterprise', 'source', 'held-as', 'begin', 'end'];

/** `kruispunt reference`. */
export async function reference(argv: readonly string[], desk: ReferenceDesk): Promise<number> {
  const [verb, ...rest] = argv;
  const options = readOptions(rest, { one: [...FIELDS, 'limit'] });
  if (verb === 'import') return importFrom(onlyName(options, referenceHelp), desk);
  if (options.positionals.length > 0) throw new UsageError(referenceHelp);
  if (verb === 'list') return list(options, desk);
  if (verb === 'add') return add(options, desk);
  if (verb === 'remove') return remove(options, desk);
  throw new UsageError(referenceHelp);
}

/** The line that fits, its other fields filled in, holds each option to what it must look like. */
function filterOf(options: Options): Filter {
  const named = options.one('person') !== null || options.one('enterprise') !== null;
  const any = {
    type: 'any',
    source: 'any',
    begin: '2000-01-01',
    ...(named ? {} : { enterprise: '0999990123' }),
  };
  const given = options.given('type', 'person', 'enterprise', 'source');
  const { dataType, subject, source } = shaped(referenceShape, { ...any, ...given }, referenceHelp);
  return {
    dataType: options.one('type') === null ? null : dataType,
    subject: named ? subject : null,
    source: options.one('source') === null ? null : source,
  };
}

async function list(
  options: Options,
  { terminal, who, references, noteLook }: ReferenceDesk,
): Promise<number> {
  const limit = options.one('limit') ?? '100';
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new UsageError(referenceHelp);
  const filter = filterOf(options);
  if (filter.subject) await noteLook(filter.subject, who);
  const found = await references(filter, Number(limit));
  if (options.json) terminal.print(JSON.stringify(found, null, 2));
  else
    terminal.print(
      table(
        ['data', 'about', 'source', 'held as', 'days'],
        found.map(({ dataType, subject, source, heldAs, begin, end }) => [
          ...[dataType, `${subject.kind} ${subject.number}`, source, heldAs ?? 'the same'],
          `${begin} to ${end ?? 'open'}`,
        ]),
      ),
    );
  return 0;
}

async function add(options: Options, desk: ReferenceDesk): Promise<number> {
  const line = shaped(referenceShape, options.given(...FIELDS), referenceHelp);
  await assertSources([line], desk);
  await desk.addReferences([line], desk.who);
  desk.terminal.print(
    `added: ${line.source} holds ${line.dataType} of ${line.subject.kind} ${line.subject.number}`,
  );
  return 0;
}

async function remove(options: Options, desk: ReferenceDesk): Promise<number> {
  const filter = filterOf(options);
  if (Object.values(filter).every((each) => each === null))
    throw new UsageError(`say which lines are to be removed\n\n${referenceHelp}`);
  const removed = await desk.removeReferences(filter, desk.who);
  if (removed.length === 0) throw new FailedError('no such line is there');
  desk.terminal.print(`removed ${removed.length} ${removed.length === 1 ? 'line' : 'lines'}`);
  return 0;
}

async function importFrom(file: string, desk: ReferenceDesk): Promise<number> {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines });
  const mistakes = document.errors.map(
    ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line}: is not YAML: ${message.split('\n')[0]}`,
  );
  const data: unknown = mistakes.length > 0 ? [] : document.toJS();
  if (!Array.isArray(data)) throw new FailedError(`${file}:1: expected a list of lines`);
  const lineOf = (position: number) => {
    const node = document.getIn([position], true);
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
    return Array.isArray(range) ? lines.linePos(Number(range[0])).line : 1;
  };
  const read = data.flatMap((each: unknown, position) => {
    const one = referenceShape.safeParse(each);
    if (one.success) return [one.data];
    for (const { path, message } of one.error.issues)
      mistakes.push(`${file}:${lineOf(position)}: ${path.join('.') || 'line'}: ${issueText(message)}`);
    return [];
  });
  if (mistakes.length > 0) throw new FailedError(mistakes.join('\n'));
  await assertSources(read, desk);
  await desk.addReferences(read, desk.who);
  desk.terminal.print(`imported ${read.length} ${read.length === 1 ? 'line' : 'lines'}`);
  return 0;
}

/** @throws FailedError with every source that nobody configured, before anything is changed */
async function assertSources(lines: readonly Reference[], { sources }: ReferenceDesk): Promise<void> {
  const known = new Set((await sources()).map(({ name }) => name));
  const strange = [...new Set(lines.map(({ source }) => source))].filter((name) => !known.has(name));
  if (strange.length > 0)
    throw new FailedError(
      `there is no source ${strange.join(', ')}; there are ${[...known].join(', ') || 'none'}`,
    );
}
