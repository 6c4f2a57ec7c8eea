import { isDay } from '../exchange/days.ts';
import type { Grant, Subject } from '../exchange/party.ts';
import { isStructured } from '../exchange/subject-number.ts';
import { type Options, readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';
import { textOf } from './text-file.ts';

export const populationHelp = `kruispunt population list [--json]
kruispunt population show NAME --person INSZ|--enterprise NUMBER [--json]
kruispunt population add NAME --person INSZ|--enterprise NUMBER [--begin DAY] [--end DAY]
kruispunt population remove NAME [--person INSZ|--enterprise NUMBER]
kruispunt population import NAME FILE [--replace]

Target populations, to which a grant may be limited (kruispunt grant, --population). Days are inclusive; without --begin
somebody belongs to it since 1900-01-01. A file has a line for each: a number, and if need be the first and the last day,
separated by spaces, commas or semicolons; # begins a remark. It is imported whole or not at all; --replace takes away
whoever is not in it. Removing without a number takes away everybody, unless a grant is limited to that population. That you looked at somebody
is written down (kruispunt audit lookups).
`;

type Member = { readonly subject: Subject; readonly begin: string; readonly end: string | null };

export type PopulationNeeds = {
  readonly terminal: Terminal;
  readonly who: string;
  readonly grants: () => Promise<readonly Grant[]>;
  readonly populations: () => Promise<readonly { readonly name: string; readonly members: number }[]>;
  /** Written down before anything is shown. */
  readonly noteLook: (subject: Subject, who: string) => Promise<void>;
  readonly membershipsOf: (population: string, subject: Subject) => Promise<readonly Member[]>;
  readonly putMembers: (
    population: string,
    members: readonly Member[],
    how: { readonly replace: boolean; readonly who: string; readonly progress: (written: number) => void },
  ) => Promise<void>;
  readonly removeMembers: (population: string, subject: Subject | null, who: string) => Promise<number>;
};

const SINCE = '1900-01-01';
const MOST_MISTAKES = 20;
/** Lines after which an import says how far it is. */
const STEP = 50_000;

/** `kruispunt population`. */
export async function population(argv: readonly string[], needs: PopulationNeeds): Promise<number> {
  const [verb = '', ...rest] = argv;
  const options = readOptions(rest, { one: ['person', 'enterprise', 'begin', 'end'], yes: ['replace'] });
  const [name = '', file = '', ...more] = options.positionals;
  if (verb === 'list' && name === '') return list(options, needs);
  const fits = verb === 'import' ? file !== '' && more.length === 0 : file === '';
  if (name === '' || name.length > 255 || !fits) throw new UsageError(populationHelp);
  if (verb === 'show') return show(name, options, needs);
  if (verb === 'add') return add(name, options, needs);
  if (verb === 'remove') return remove(name, options, needs);
  if (verb === 'import') return importFrom(name, file, options.yes('replace'), needs);
  throw new UsageError(populationHelp);
}

async function list(options: Options, { terminal, populations }: PopulationNeeds): Promise<number> {
  const found = await populations();
  const rows = found.map(({ name, members }) => [name, String(members)]);
  terminal.print(options.json ? JSON.stringify(found, null, 2) : table(['population', 'lines'], rows));
  return 0;
}

async function show(name: string, options: Options, needs: PopulationNeeds): Promise<number> {
  const subject = subjectGiven(options);
  if (!subject) throw new UsageError(`expected --person or --enterprise\n\n${populationHelp}`);
  await needs.noteLook(subject, needs.who);
  const found = (await needs.membershipsOf(name, subject)).map(({ begin, end }) => ({ begin, end }));
  if (options.json) needs.terminal.print(JSON.stringify(found, null, 2));
  else needs.terminal.print(found.map(daysText).join('\n') || `not in population ${name}`);
  return 0;
}

const daysText = ({ begin, end }: Pick<Member, 'begin' | 'end'>) => `from ${begin} until ${end ?? 'open'}`;

async function add(name: string, options: Options, needs: PopulationNeeds): Promise<number> {
  const subject = subjectGiven(options);
  if (!subject) throw new UsageError(`expected --person or --enterprise\n\n${populationHelp}`);
  const days = daysOf(options.one('begin') ?? undefined, options.one('end') ?? undefined);
  if (typeof days === 'string') throw new UsageError(`${days}\n\n${populationHelp}`);
  await needs.putMembers(name, [{ subject, ...days }], {
    replace: false,
    who: needs.who,
    progress: () => {},
  });
  needs.terminal.print(`added to population ${name} ${daysText(days)}`);
  return 0;
}

async function remove(name: string, options: Options, needs: PopulationNeeds): Promise<number> {
  const subject = subjectGiven(options);
  const limited = (await needs.grants()).filter((grant) => grant.population === name).map(({ id }) => id);
  if (!subject && limited.length > 0)
    throw new FailedError(`grant ${limited.join(', ')} is limited to population ${name}: change that first`);
  const gone = await needs.removeMembers(name, subject, needs.who);
  if (gone === 0) throw new FailedError(`nobody is to be removed from population ${name}`);
  needs.terminal.print(`removed ${gone} line${gone > 1 ? 's' : ''} from population ${name}`);
  return 0;
}

async function importFrom(
  name: string,
  file: string,
  replace: boolean,
  needs: PopulationNeeds,
): Promise<number> {
  const { members, mistakes } = read(file);
  if (mistakes.length > 0) {
    const left = mistakes.length - MOST_MISTAKES;
    const lines = mistakes.slice(0, MOST_MISTAKES).map((text) => `${file}:${text}`);
    throw new FailedError(
      ['nothing was imported:', ...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n'),
    );
  }
  if (members.length === 0) throw new FailedError(`nothing was imported: ${file} has no number in it`);
  const progress = (written: number) => {
    if (written % STEP === 0 && written < members.length)
      needs.terminal.warn(`${written} of ${members.length}`);
  };
  await needs.putMembers(name, members, { replace, who: needs.who, progress });
  needs.terminal.print(`imported ${members.length} into population ${name}`);
  return 0;
}

function read(file: string) {
  const members: Member[] = [];
  const mistakes: string[] = [];
  for (const [index, line] of textOf(file).split(/\r?\n/).entries()) {
    const [number = '', begin, end, ...more] = line
      .replace(/#.*$/, '')
      .trim()
      .split(/[\s,;]+/);
    if (number === '') continue;
    const subject = subjectOf(number);
    const days = more.length > 0 ? 'expected a number and at most two days' : daysOf(begin, end);
    if (!subject)
      mistakes.push(`${index + 1}: expected an INSZ or an enterprise number whose check digits fit`);
    else if (typeof days === 'string') mistakes.push(`${index + 1}: ${days}`);
    else members.push({ subject, ...days });
  }
  return { members, mistakes };
}

function subjectOf(number: string): Subject | null {
  const subject: Subject = { kind: number.length === 11 ? 'person' : 'enterprise', number };
  return isStructured(subject) ? subject : null;
}

function subjectGiven(options: Options): Subject | null {
  const [person, enterprise] = [options.one('person'), options.one('enterprise')];
  const number = person ?? enterprise;
  if (number === null) return null;
  const subject: Subject = { kind: person === null ? 'enterprise' : 'person', number };
  if ((person !== null && enterprise !== null) || !isStructured(subject))
    throw new UsageError(`expected one number, whose check digits fit\n\n${populationHelp}`);
  return subject;
}

/** What is wrong with them, in words, or the days. */
function daysOf(begin: string = SINCE, end?: string): { begin: string; end: string | null } | string {
  if (!isDay(begin) || (end !== undefined && !isDay(end))) return 'expected days that exist, yyyy-mm-dd';
  return end !== undefined && end < begin ? 'it ends before it begins' : { begin, end: end ?? null };
}
