import { fromJson } from '../contract/json-markup.ts';
import { dialectOf } from '../dialect/dialect.ts';
import type { Proven } from '../exchange/element.ts';
import type { Authorised, Filtered, Registered } from '../exchange/message.ts';
import type { Step } from '../exchange/orchestration.ts';
import type { Grant } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { Journey } from '../exchange/stage.ts';
import { writtenTree } from '../xml/written-tree.ts';
import { answer } from './answer.ts';
import type { authorise } from './authorise.ts';
import { checkPeriod } from './check-period.ts';
import { checkPopulation } from './check-population.ts';
import { checkRegistration } from './check-registration.ts';
import { checkWritten } from './check-written.ts';
import { filter } from './filter.ts';
import { hurried } from './hurried.ts';
import { throttle } from './throttle.ts';
import { translate } from './translate.ts';

export type StepNeeds = Omit<Parameters<typeof answer>[0], 'compute'> &
  Pick<Parameters<typeof authorise>[0], 'grantFor'> &
  Parameters<typeof throttle>[0] &
  Parameters<typeof checkRegistration>[0] &
  Parameters<typeof checkPopulation>[0] &
  Parameters<typeof checkPeriod>[0] &
  Parameters<typeof translate>[0] & {
    readonly serviceOf: (name: string, version: string) => Service | null;
  };

/** Which of the steps of its message it is, from 1, and how many milliseconds its source may take at the most. */
export type StepPlace = { readonly index: number; readonly within: number };

/**
 * Takes one step of an orchestration: a question in another service's contract, held to everything to which the
 * sender's own question would be held from its authorisation on. What it gives is filtered to the sender's grant for
 * that service, so that combined answers never show more than single ones.
 *
 * @throws Refusal 40006 when the sender holds no grant for that service, 60011 when it is not served; nobody is asked
 *   then
 */
export async function takeStep(
  needs: StepNeeds,
  message: Registered,
  step: Step,
  { index, within }: StepPlace,
  signal: AbortSignal,
): Promise<Filtered> {
  const service = needs.serviceOf(step.service, step.version);
  // Its contract may have been taken away since the bus started.
  if (!service?.rules.sources)
    throw new Refusal('60011', `${step.service} ${step.version} is not served from a source`);
  const path = Journey.from<Authorised>()
    .to(throttle(needs))
    .to(checkRegistration(needs))
    .to(checkPopulation(needs))
    .to(checkPeriod(needs))
    .to(checkWritten)
    .to(answer({ ...needs, sourceOf: hurried(needs.sourceOf, within), compute: new Map() }))
    .to(translate(needs))
    .to(filter);
  return path.run(questionOf(needs, message, service, step, index), signal, () => {});
}

/** @throws Refusal 40006 when there is none */
export function stepGrant(
  { grantFor }: Pick<StepNeeds, 'grantFor'>,
  { signer, sender, at, answerTo }: Registered,
  { service, version }: Pick<Step, 'service' | 'version'>,
): Grant {
  const { uri, hoedanigheid } = sender;
  const grant = grantFor({ partyId: signer.party.id, uri, hoedanigheid, service, version, at });
  // What one grant has encrypted does not leave in the clear under another.
  if (grant?.encrypted && answerTo === null)
    throw new Refusal(
      '40006',
      `grant ${grant.id} for ${service} ${version} has answers encrypted, this one has not`,
    );
  if (grant) return grant;
  throw new Refusal('40006', `${signer.party.name} holds no grant for ${service} ${version} as ${uri} today`);
}

function questionOf(
  needs: StepNeeds,
  message: Registered,
  service: Service,
  step: Step,
  index: number,
): Authorised {
  const { sender, at, ending } = message;
  const { name, version } = service.rules;
  const grant = stepGrant(needs, message, step);
  const [operation] = service.contract.operations;
  const request = operation && service.contract.model(operation.request);
  if (!operation || !request) throw new Error(`the contract of ${name} has no operation`);
  const dialect = dialectOf(service.rules);
  // The exchange's own, with the step's number at its end: a source's answer to one step is no answer to another.
  const id = `${message.id.slice(0, -2)}${index.toString(16).padStart(2, '0')}`;
  const content = fromJson(dialect.questionModel(request), step.content);
  const from = { ...sender, reference: id };
  const written = { request: { ...operation.request, prefix: 'ns' }, name, version, at, sender: from };
  const payload = writtenTree(dialect.writeQuestion({ ...written, reference: id, content }), ending);
  const [violation] = service.contract.violations(payload);
  if (violation) throw new Error(`our question to ${name}: ${violation.path}: ${violation.message}`);
  // Not what the sender signed, but written here of it and of nothing else.
  const question = payload as Proven;
  return { ...message, id, service, operation, grant, question };
}
