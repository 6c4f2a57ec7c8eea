import type { Contract, ElementModel, Operation } from '../exchange/contract.ts';
import type { Rules } from '../exchange/service.ts';
import { holdsCode } from './code-rules.ts';
import { modelAt } from './model-path.ts';
import { ContractError, type Problem, problemList } from './problem.ts';
import { mergeMistake } from './reference-rules.ts';
import { readRulesFile } from './rules-file.ts';

/** Where a dialect keeps what the paths of `service.yaml` are relative to, below the Body's child. */
const BASES = {
  magda: {
    question: ['Verzoek', 'Vragen', 'Vraag', 'Inhoud'],
    answer: ['Repliek', 'Antwoorden', 'Antwoord'],
  },
  ksz: { question: [], answer: [] },
  plain: { question: [], answer: [] },
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
  const operations = operationsOf(rules, contract);
  if (operations.length === 0)
    found.report(file, lineOf(['service']), `service: the WSDL has no operation ${rules.name}`);
  const say: Say = (key, message) => found.report(file, lineOf(key), `${key.join('.')}: ${message}`);
  for (const operation of operations) checkPaths(rules, contract, operation, say);
  return { rules: found.problems.length > 0 ? null : rules, problems: found.problems };
}

/** A plain contract is served whole; of another, the operation that the service is named after, or its only one. */
function operationsOf(rules: Rules, { operations }: Contract): readonly Operation[] {
  if (rules.dialect === 'plain') return operations;
  const named = operations.find(({ name }) => name === rules.name);
  return named ? [named] : operations.length === 1 ? operations : [];
}

type Say = (key: readonly string[], message: string) => void;

/** Holds every path of `service.yaml` against what one operation asks and answers. */
function checkPaths(
  rules: Rules,
  contract: Contract,
  { name, request, response }: Operation,
  say: Say,
): void {
  const { question: inQuestion, answer: inAnswer } = BASES[rules.dialect];
  const question = modelAt(contract.model(request), inQuestion);
  const answer = response && modelAt(contract.model(response), inAnswer);
  if (response === null)
    say(['service'], `operation ${name} has no answer (one-way), which cannot be served`);
  const check = (
    key: readonly string[],
    base: ElementModel | null,
    path: string,
    where: readonly string[],
  ) => {
    if (base === null) say(key, `the contract has no ${where.join('/')} to look below`);
    else if (modelAt(base, path.split('/')) === null)
      say(key, `the schema has no ${path} below ${where.join('/') || base.name}`);
  };
  if (rules.subject) check(['subject', 'path'], question, rules.subject.path, inQuestion);
  if (rules.language) check(['language', 'path'], question, rules.language.path, inQuestion);
  const { paths = {}, whole = null } = rules.controls.period ?? {};
  const period = Object.entries({ ...paths, ...(whole === null ? {} : { whole }) });
  for (const [key, path] of period) {
    check(['controls', 'period', key], question, path, inQuestion);
    const several = repeated(question, path.split('/'));
    if (several)
      say(['controls', 'period', key], `${several} may be there several times, and one would be looked at`);
  }
  const by = rules.sources?.by ?? null;
  if (by !== null) check(['sources', 'by'], question, by, inQuestion);
  rules.sources?.options.forEach(({ resource }, index) => {
    for (const [, path = ''] of resource?.matchAll(/\{([^}]*)\}/g) ?? []) {
      check(['sources', 'options', String(index), 'resource'], question, path, inQuestion);
    }
  });
  if (response === null) return;
  if (rules.filtered !== null) check(['answer', 'filtered'], answer, rules.filtered, inAnswer);
  const steps = rules.filtered?.split('/') ?? [];
  const filtered = modelAt(answer, steps);
  const whereFiltered = [...inAnswer, ...steps];
  if (rules.answerSubject !== null && filtered !== null)
    check(['answer', 'subject'], filtered, rules.answerSubject, whereFiltered);
  const merge = rules.sources?.reference?.merge ?? null;
  const mistake = merge && filtered && mergeMistake(filtered, merge);
  if (mistake) say(['sources', 'merge'], mistake);
  const checkCode = (
    key: readonly string[],
    base: ElementModel | null,
    path: string,
    where: readonly string[],
  ) => {
    check(key, base, path, where);
    const model = modelAt(base, path.split('/'));
    if (model && !holdsCode(model)) say(key, `${path} holds no text that could be a code`);
  };
  rules.codes.forEach((rule, index) => {
    const key = (name: string) => ['codes', String(index), name];
    if (rule.in === 'question') checkCode(key('path'), question, rule.path, inQuestion);
    if (rule.in !== 'answer' || filtered === null) return;
    checkCode(key('path'), filtered, rule.path, whereFiltered);
    if (rule.description !== null) checkCode(key('description'), filtered, rule.description, whereFiltered);
  });
}

/** The first element on a path that may be there more than once. */
function repeated(model: ElementModel | null, steps: readonly string[]): string | null {
  const walked = steps.map((_, index) => modelAt(model, steps.slice(0, index + 1)));
  return walked.find((each) => each?.repeats)?.name ?? null;
}
