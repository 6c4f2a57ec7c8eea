import type { Contract, ElementModel, Operation } from '../exchange/contract.ts';
import type { Rules } from '../exchange/service.ts';
import { ContractError, type Problem, problemList } from './problem.ts';
import { readRulesFile } from './rules-file.ts';

/** Where a dialect keeps what the paths of `service.yaml` are relative to, below the Body's child. */
const BASES = {
  magda: {
    question: ['Verzoek', 'Vragen', 'Vraag', 'Inhoud'],
    answer: ['Repliek', 'Antwoorden', 'Antwoord'],
  },
} as const satisfies Record<Rules['dialect'], Record<string, readonly string[]>>;

/**
 * Reads a `service.yaml` and holds it against the contract that it belongs to.
 *
 * @throws ContractError with every problem, each with its line and key
 */
export function readRules(file: string, contract: Contract): Rules {
  const { rules, problems } = checkRules(file, contract);
  if (rules === null) throw new ContractError(problems);
  return rules;
}

/** The same without throwing. A contract of null was refused already: then only the file itself is looked at. */
export function checkRules(
  file: string,
  contract: Contract | null,
): { readonly rules: Rules | null; readonly problems: readonly Problem[] } {
  const { rules, problems, lineOf } = readRulesFile(file);
  if (rules === null || contract === null) return { rules, problems };
  const found = problemList();
  const operation = operationOf(rules, contract);
  if (operation === null) {
    found.report(file, lineOf(['service']), `service: the WSDL has no operation ${rules.name}`);
    return { rules: null, problems: found.problems };
  }
  const bases = BASES[rules.dialect];
  const question = below(contract.model(operation.request), bases.question);
  const answer = operation.response && below(contract.model(operation.response), bases.answer);
  const check = (
    key: readonly string[],
    base: ElementModel | null,
    path: string,
    where: readonly string[],
  ) => {
    if (base === null) {
      found.report(
        file,
        lineOf(key),
        `${key.join('.')}: the contract has no ${where.join('/')} to look below`,
      );
    } else if (below(base, path.split('/')) === null) {
      found.report(file, lineOf(key), `${key.join('.')}: the schema has no ${path} below ${where.join('/')}`);
    }
  };
  if (rules.subject) check(['subject', 'path'], question, rules.subject.path, bases.question);
  if (rules.language) check(['language', 'path'], question, rules.language.path, bases.question);
  const by = rules.sources?.by ?? null;
  if (by !== null) check(['sources', 'by'], question, by, bases.question);
  rules.sources?.options.forEach(({ resource }, index) => {
    for (const [, path = ''] of resource?.matchAll(/\{([^}]*)\}/g) ?? []) {
      check(['sources', 'options', String(index), 'resource'], question, path, bases.question);
    }
  });
  check(['answer', 'filtered'], answer, rules.filtered, bases.answer);
  const filtered = below(answer, rules.filtered.split('/'));
  if (rules.answerSubject !== null && filtered !== null) {
    check(['answer', 'subject'], filtered, rules.answerSubject, [...bases.answer, rules.filtered]);
  }
  return { rules: found.problems.length > 0 ? null : rules, problems: found.problems };
}

function operationOf(rules: Rules, { operations }: Contract): Operation | null {
  const [first, ...others] = operations;
  const named = operations.find(({ name }) => name === rules.name);
  return named ?? (first && others.length === 0 ? first : null);
}

function below(model: ElementModel | null, steps: readonly string[]): ElementModel | null {
  let at = model;
  for (const step of steps) at = at?.children.find(({ name }) => name === step) ?? null;
  return at;
}
