import type { Operation } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Parsed, Received } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import type { Stage } from '../exchange/stage.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { mandatoryBlocks, readEnvelope, readPayload } from '../xml/envelope.ts';
import { checkLimits, messageLimits } from '../xml/limits.ts';
import { namespaces } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';

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

const MEDIA_TYPES = new Set(['text/xml', 'application/soap+xml']);

/** Makes a tree of the bytes, finds the envelope's parts by position and the service by the Body's child. */
export function parse({ route, actionOf }: Needs): Stage<Received, Parsed> {
  return function parse(message) {
    const { door, raw } = message;
    if (door.problem === 'no-such-path') throw new Refusal('404', 'no endpoint at this path');
    if (door.problem === 'too-large') throw new Refusal('413', 'more bytes than the bus reads');
    if (door.problem === 'coded')
      throw new Refusal(
        '415',
        'a Content-Encoding, which is not read',
        'De boodschap mag niet gecomprimeerd zijn.',
      );
    if (!MEDIA_TYPES.has(door.mediaType ?? ''))
      throw new Refusal('415', `media type ${door.mediaType ?? 'absent'}`);
    const bytes = toUtf8(raw, door.charset);
    const census = checkLimits(bytes, messageLimits);
    const tree = parseTree(bytes);
    message.ending.push(tree);

    const envelope = readEnvelope(tree.root, census);
    const unproven = readPayload(envelope);
    for (const block of mandatoryBlocks(envelope)) {
      if (!isSecurity(block)) {
        throw new Refusal('MustUnderstand', `header block {${block.namespace}}${block.name}`);
      }
    }
    const target = route(unproven.namespace, unproven.name);
    if (!target) throw unknown(`no service has the question {${unproven.namespace}}${unproven.name}`);
    message.ending.push(target.service.contract.hold());
    agree(message, target, actionOf);
    return { ...message, envelope, unproven, ...target };
  };
}

const isSecurity = (block: Element) => block.name === 'Security' && block.namespace === namespaces.wsse;

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
