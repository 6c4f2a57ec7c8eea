import type { Element } from '../exchange/element.ts';
import type { Envelope } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Census } from './limits.ts';
import { namespaces } from './names.ts';

const VERSIONS = new Map<string, '1.1' | '1.2'>([
  [namespaces.soap11, '1.1'],
  [namespaces.soap12, '1.2'],
]);

const malformed = (detail: string) =>
  new Refusal('10001', detail, `De SOAP-envelop is niet correct: ${detail}.`);

/**
 * The parts of a SOAP envelope, by position: at most one Header, then exactly one Body, nothing after it
 * (SOAP 1.1 §4, SOAP 1.2 part 1 §5). Position is what signatures are bound to, so nothing is ever searched for.
 *
 * @throws Refusal VersionMismatch when the root is no known Envelope, 10001 when the parts are not in place
 */
export function readEnvelope(root: Element, census: Census | null = null): Envelope {
  const soap = root.name === 'Envelope' ? VERSIONS.get(root.namespace) : undefined;
  if (!soap) throw new Refusal('VersionMismatch', `root element {${root.namespace}}${root.name}`);
  const parts = root.children;
  const header = parts[0]?.name === 'Header' && parts[0].namespace === root.namespace ? parts[0] : null;
  const body = parts[header ? 1 : 0];
  if (body?.name !== 'Body' || body.namespace !== root.namespace) throw malformed('no Body where it belongs');
  if (parts.length > (header ? 2 : 1)) throw malformed('elements after the Body');
  return { soap, root, header, body, census };
}

/** The Body's only child. */
export function readPayload({ body }: Envelope): Element {
  const [payload, ...rest] = body.children;
  if (!payload) throw malformed('the Body is empty');
  if (rest.length > 0) throw malformed('the Body holds more than one element');
  return payload;
}

/**
 * Header blocks that whoever answers the message must understand (SOAP 1.1 §4.2.2 and §4.2.3, SOAP 1.2 part 1 §5.2.2
 * and §5.2.3). Blocks for a node on the way are none of ours; one for the next node is, since the bus is that.
 */
export function mandatoryBlocks({ header, root }: Envelope): readonly Element[] {
  const demands = (block: Element) => {
    const value = block.attribute('mustUnderstand', root.namespace)?.trim();
    return (value === '1' || value === 'true') && isForUs(block, root.namespace);
  };
  return header ? header.children.filter(demands) : [];
}

function isForUs(block: Element, soap: string): boolean {
  const role = (block.attribute('actor', soap) ?? block.attribute('role', soap) ?? '').trim();
  return ['', NEXT_11, `${soap}/role/next`, `${soap}/role/ultimateReceiver`].includes(role);
}

const NEXT_11 = 'http://schemas.xmlsoap.org/soap/actor/next';
