import { modelAt } from '../contract/model-path.ts';
import { questionFromTemplate } from '../contract/template-question.ts';
import { dialectOf } from '../dialect/dialect.ts';
import type { SubjectKind } from '../exchange/party.ts';
import type { Publication, SnapshotQuestion } from '../exchange/publication.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { parseTree } from '../xml/tree.ts';
import { writeBytes } from '../xml/write.ts';

/** Numbers that are nobody's: of a person with month 65, of an enterprise that does not exist. */
const NOBODY: Readonly<Record<SubjectKind, string>> = { person: '74651210490', enterprise: '0999990123' };

/**
 * Why a publication's question could not be asked of these services, or its answer could not be published; null when
 * it can.
 */
export const judgeQuestion =
  (services: readonly Service[]) =>
  (publication: Publication, asks: SnapshotQuestion): string | null => {
    const service = services.find(
      ({ rules }) => rules.name === asks.service && rules.version === asks.version,
    );
    if (!service) return `there is no service ${asks.service} ${asks.version}`;
    const { rules } = service;
    const { kind } = publication.subject;
    if (rules.kind !== 'read' || rules.dialect !== 'magda')
      return `${rules.name} ${rules.version} is no reading service of dialect magda`;
    if (rules.subject?.kind !== kind) return `${rules.name} ${rules.version} is not asked about one ${kind}`;
    return answerProblem(publication, service, asks) ?? questionProblem(service, asks, kind);
  };

function answerProblem(
  { payload }: Publication,
  { rules, contract }: Service,
  { take }: SnapshotQuestion,
): string | null {
  const [operation] = contract.operations;
  const response = operation?.response && contract.model(operation.response);
  const found = response && modelAt(dialectOf(rules).answerModel(response), take.split('/'));
  const where = `${rules.name} ${rules.version}`;
  if (found?.name !== payload.name || found.namespace !== payload.namespace)
    return `${where} answers no ${payload.name} at ${take}`;
  // What its grants do not filter is nobody's to be shown.
  return take.startsWith(`${rules.filtered}/`)
    ? null
    : `${take} is not below ${rules.filtered}, which grants filter`;
}

function questionProblem(service: Service, asks: SnapshotQuestion, kind: SubjectKind): string | null {
  const { rules, contract } = service;
  const [operation] = contract.operations;
  const { by = null, options = [] } = rules.sources ?? {};
  const chosen = by === null ? null : valueAt(asks.question, by.split('/'));
  if (by !== null && !options.some(({ value }) => value === chosen))
    return `${by} is ${String(chosen)}, expected ${options.map(({ value }) => value).join(' or ')}`;
  try {
    const request = operation && contract.model(operation.request);
    if (!request) return `${rules.name} ${rules.version} has no operation to ask`;
    const subject = { kind, number: NOBODY[kind] };
    const model = dialectOf(rules).questionModel(request);
    const content = questionFromTemplate(asks.question, subject, model, rules.subject);
    const sender = { uri: 'x.example', hoedanigheid: null, reference: 'x', endUser: null };
    const question = dialectOf(rules).writeQuestion({
      ...{ request: { ...operation.request, prefix: 'q' } },
      ...{ name: rules.name, version: rules.version, at: new Date(0), sender, reference: 'x', content },
    });
    const { root, dispose } = parseTree(writeBytes(question).bytes);
    try {
      const [first] = contract.violations(root);
      return first ? `its question would not fit ${rules.name}: ${first.path}: ${first.message}` : null;
    } finally {
      dispose();
    }
  } catch (error) {
    if (error instanceof Refusal) return `its question would not fit ${rules.name}: ${error.message}`;
    throw error;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueAt = (image: unknown, path: readonly string[]): unknown =>
  path.reduce((here, step) => (isObject(here) ? here[step] : undefined), image);
