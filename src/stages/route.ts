import type { Operation } from '../exchange/contract.ts';
import type { Opened, Parsed, Received } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import type { Stage } from '../exchange/stage.ts';
import { readPayload } from '../xml/envelope.ts';

/** What a Body's child asks for, by its name; null when no service here has such a question. */
export type Route = (
  namespace: string,
  name: string,
) => { readonly service: Service; readonly operation: Operation } | null;

type Needs = {
  readonly route: Route;
  /** The operations that declare this soapAction. */
  readonly actionOf: (soapAction: string) => readonly Operation[];
};

/** Finds the service by the Body's child. */
export function route({ route: find, actionOf }: Needs): Stage<Opened, Parsed> {
  return function route(message) {
    const unproven = readPayload(message.envelope);
    const target = find(unproven.namespace, unproven.name);
    if (!target) throw unknown(`no service has the question {${unproven.namespace}}${unproven.name}`);
    message.ending.push(target.service.contract.hold());
    agree(message, target, actionOf);
    return { ...message, unproven, ...target };
  };
}

const unknown = (detail: string) =>
  new Refusal('10001', detail, 'De gevraagde dienst, versie of bewerking wordt hier niet aangeboden.');

/** The Body decides; what the path and the SOAPAction say beside it must not point elsewhere. */
function agree(
  { door }: Received,
  { service, operation }: NonNullable<ReturnType<Route>>,
  actionOf: Needs['actionOf'],
) {
  const { endpoint, soapAction } = door;
  const { name, version } = service.rules;
  if (endpoint && (endpoint.service !== name || endpoint.version !== version)) {
    throw unknown(`the path is of ${endpoint.service} ${endpoint.version}, the Body of ${name} ${version}`);
  }
  if (!soapAction) return;
  const declared = actionOf(soapAction);
  if (declared.length > 0 && !declared.includes(operation)) {
    throw unknown(
      `SOAPAction ${JSON.stringify(soapAction)} is declared for another operation than the Body's`,
    );
  }
}
