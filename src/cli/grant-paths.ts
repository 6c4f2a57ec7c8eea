import { compileVisibility } from '../contract/visibility.ts';
import { dialectOf } from '../dialect/dialect.ts';
import type { ElementModel } from '../exchange/contract.ts';
import type { Service } from '../exchange/service.ts';

const MOST_NAMES = 40;

/** What is wrong with the paths of a grant for a service, and what its schema has instead. */
export function pathMistakes(service: Service, paths: readonly string[]): readonly string[] {
  const model = answerModel(service);
  if (model === null) {
    const narrower = paths.filter((path) => path !== '**');
    return narrower.map(
      (path) => `${path}: the answer of this service holds nothing to choose from; grant **`,
    );
  }
  const unknown = paths.map((path) => unknownStep(model, path)).filter((each) => each !== null);
  return unknown.length > 0 ? unknown : compileVisibility(model, paths).problems;
}

/** The element that grants filter, in the model of the answer. */
export function answerModel({ rules, contract }: Service): ElementModel | null {
  const response = contract.operations[0]?.response;
  const around = response && contract.model(response);
  if (!around) return null;
  const within = dialectOf(rules).answerModel(around);
  return within.children.find(({ name }) => name === rules.filtered) ?? null;
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
