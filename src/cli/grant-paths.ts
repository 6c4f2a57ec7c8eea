import { compileVisibility } from '../contract/visibility.ts';
import { dialectOf, filteredModel } from '../dialect/dialect.ts';
import type { ElementModel } from '../exchange/contract.ts';
import { WRITES_ALL } from '../exchange/party.ts';
import type { Publication } from '../exchange/publication.ts';
import type { Service } from '../exchange/service.ts';

const MOST_NAMES = 40;

/** What is wrong with what a grant shows of a service, and what its schema has instead. */
export const pathMistakes = (service: Service, paths: readonly string[]): readonly string[] =>
  mistakesWithin(answerModels(service), paths, 'answer');

/** The same for what a grant shows of a publication: its paths begin below the payload. */
export const payloadMistakes = ({ payload }: Publication, paths: readonly string[]): readonly string[] =>
  mistakesWithin([payload], paths, 'payload');

/** What is wrong with what a grant lets a party write to a service. Everything of nothing (`**`) is nothing. */
export function writableMistakes({ rules, contract }: Service, paths: readonly string[]): readonly string[] {
  if (rules.kind === 'read') {
    const narrower = paths.filter((path) => path !== WRITES_ALL);
    return narrower.map((path) => `${path}: this service only reads, nothing is written to it`);
  }
  if (paths.length === 0)
    return [`it lets nothing be written: grant paths of the question, or ${WRITES_ALL}`];
  const models = questionModels({ rules, contract });
  const unknown = unknownWithin(models, paths, 'question');
  // Who writes everything lacks nothing. What a KSZ request cannot do without is in its head, too, which is not judged.
  if (unknown.length > 0 || paths.includes(WRITES_ALL) || rules.dialect === 'ksz') return unknown;
  return lackingWithin(models, paths).map((text) => text.replace(NOT_SHOWN, NOT_WRITTEN));
}

// As the compiler of paths puts it, and what that comes to in a question.
const NOT_SHOWN = ' is not shown: ';
const NOT_WRITTEN = ' cannot be written: ';

/** Whether a mistake is none of one path: all of them together lack something that cannot be missed. */
export const isLack = (mistake: string): boolean =>
  mistake.includes(NOT_SHOWN) || mistake.includes(NOT_WRITTEN);

function mistakesWithin(
  models: readonly ElementModel[],
  paths: readonly string[],
  side: string,
): readonly string[] {
  const unknown = unknownWithin(models, paths, side);
  return unknown.length > 0 ? unknown : lackingWithin(models, paths);
}

function unknownWithin(
  models: readonly ElementModel[],
  paths: readonly string[],
  side: string,
): readonly string[] {
  if (models.length > 0) return paths.flatMap((path) => unknownIn(models, path) ?? []);
  const narrower = paths.filter((path) => path !== '**');
  return narrower.map(
    (path) => `${path}: the ${side} of this service holds nothing to choose from; grant **`,
  );
}

function lackingWithin(models: readonly ElementModel[], paths: readonly string[]): readonly string[] {
  const [only, ...others] = models;
  if (only && others.length === 0) return compileVisibility(only, paths).problems;
  const read = models.map((model) => {
    const own = paths.filter((path) => unknownStep(model, path) === null);
    return { own, problems: own.length > 0 ? compileVisibility(model, own).problems : [] };
  });
  // Answers of several operations may have a path in common: it is enough that one of them can show it.
  const shown = new Set(read.flatMap(({ own, problems }) => (problems.length === 0 ? own : [])));
  return read.flatMap(({ own, problems }) => (own.every((path) => shown.has(path)) ? [] : problems));
}

/** The element that grants filter, in the model of every operation's answer: a grant is for all of them. */
function answerModels({ rules, contract }: Service): readonly ElementModel[] {
  return contract.operations.flatMap(({ response }) => {
    const around = response && contract.model(response);
    return (around && filteredModel(rules, around)) ?? [];
  });
}

/** The element below which a question's paths begin, in the model of every operation's question. */
function questionModels({ rules, contract }: Service): readonly ElementModel[] {
  return contract.operations.flatMap(({ request }) => {
    const around = contract.model(request);
    return around ? dialectOf(rules).questionModel(around) : [];
  });
}

/** What is wrong with a path that no answer has, as the first of them puts it. */
function unknownIn(models: readonly ElementModel[], path: string): string | null {
  const said = models.map((model) => unknownStep(model, path));
  return said.includes(null) ? null : (said[0] ?? null);
}

function unknownStep(model: ElementModel, path: string): string | null {
  let here = model;
  const walked: string[] = [];
  for (const step of path.split('/')) {
    const where = walked.join('/') || here.name;
    if (step === '**') return walked.length + 1 === path.split('/').length ? null : `${path}: ** comes last`;
    if (step.startsWith('@')) {
      const names = here.attributes.map(({ name }) => `@${name}`);
      return names.includes(`@${local(step)}`) ? null : `${path}: ${where} has no ${step}; ${list(names)}`;
    }
    const next = here.children.find(({ name }) => name === local(step));
    const names = here.children.map(({ name }) => name);
    if (!next) return `${path}: ${where} has no element ${step || '(empty step)'}; ${list(names)}`;
    here = next;
    walked.push(step);
  }
  return null;
}

const local = (step: string) => step.replace('@', '').replace(/^[^:]*:/, '');

const list = (names: readonly string[]) => {
  if (names.length === 0) return 'there is nothing there';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `there is ${names.slice(0, MOST_NAMES).join(', ')}${more}`;
};
