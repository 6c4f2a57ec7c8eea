import { fromJson } from '../contract/json-markup.ts';
import { dialectOf, filteredModel } from '../dialect/dialect.ts';
import type { Subject, SubjectKind } from '../exchange/party.ts';
import type { Publication, SnapshotQuestion } from '../exchange/publication.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { parseTree } from '../xml/tree.ts';
import { type Markup, writeBytes } from '../xml/write.ts';

/**
 * The content (Vraag/Inhoud) of the question that a snapshot asks about somebody.
 *
 * @throws Refusal 60007 when `asks` names what the service's contract does not have
 */
export function snapshotQuestion(
  { rules, contract }: Service,
  asks: SnapshotQuestion,
  { number }: Subject,
): Markup {
  const [operation] = contract.operations;
  const request = operation && contract.model(operation.request);
  if (!request || !rules.subject)
    throw new Error(`nobody can be asked about at ${rules.name} ${rules.version}`);
  const image = rules.subject.path
    .split('/')
    .reduceRight<unknown>((inner, name) => ({ [name]: inner }), number);
  return fromJson(dialectOf(rules).questionModel(request), merged(asks.question, image));
}

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
    return answerProblem(publication, service) ?? questionProblem(service, asks, kind);
  };

function answerProblem({ payload }: Publication, { rules, contract }: Service): string | null {
  const [operation] = contract.operations;
  const response = operation?.response && contract.model(operation.response);
  const given = response && filteredModel(rules, response);
  const found = given?.children.some(
    ({ name, namespace }) => name === payload.name && namespace === payload.namespace,
  );
  return found ? null : `${rules.name} ${rules.version} answers no ${payload.name} below ${rules.filtered}`;
}

function questionProblem(service: Service, asks: SnapshotQuestion, kind: SubjectKind): string | null {
  const { rules, contract } = service;
  const [operation] = contract.operations;
  const { by = null, options = [] } = rules.sources ?? {};
  const chosen = by === null ? null : valueAt(asks.question, by.split('/'));
  if (by !== null && !options.some(({ value }) => value === chosen))
    return `${by} is ${String(chosen)}, expected ${options.map(({ value }) => value).join(' or ')}`;
  try {
    const content = snapshotQuestion(service, asks, { kind, number: NOBODY[kind] });
    const sender = { uri: 'x.example', hoedanigheid: null, reference: 'x', endUser: null };
    const question = dialectOf(rules).writeQuestion({
      ...{ request: { ...(operation?.request ?? { name: '', namespace: '' }), prefix: 'q' } },
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

/** Both images in one; where they meet, what is in both. */
function merged(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(
    keys.map((key) => [
      key,
      key in one && key in other ? merged(one[key], other[key]) : (one[key] ?? other[key]),
    ]),
  );
}
