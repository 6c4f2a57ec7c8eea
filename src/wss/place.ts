import type { Element } from '../exchange/element.ts';
import type { Envelope } from '../exchange/message.ts';
import { namespaces } from '../xml/names.ts';
import { failed, unsigned } from './failed.ts';

/** Where a message keeps its signature: in its one wsse:Security, or (`security` null) bare under Header. */
export type Place = { readonly security: Element | null; readonly signature: Element };

const ULTIMATE_RECEIVER = `${namespaces.soap12}/role/ultimateReceiver`;

/**
 * Finds the signature by position alone.
 *
 * @throws Refusal ERR_025 when there is none, or more than one place or signature to choose from
 */
export function findSignature({ header, root }: Envelope): Place {
  const securities = blocks(header, 'Security', namespaces.wsse);
  const bare = blocks(header, 'Signature', namespaces.ds);
  const [security] = securities;
  if (!security) {
    const [signature] = bare;
    if (!signature) throw unsigned('no wsse:Security and no ds:Signature in Header');
    if (bare.length > 1) throw failed(`${bare.length} bare signatures in Header`);
    return { security: null, signature };
  }
  if (securities.length > 1) throw failed(`${securities.length} Security headers`);
  if (bare.length > 0) throw failed('a bare signature beside a Security header');
  const actor =
    security.attribute('actor', root.namespace) ?? security.attribute('role', root.namespace) ?? '';
  if (actor !== '' && actor !== ULTIMATE_RECEIVER) throw failed(`Security is addressed to ${actor}`);
  const signatures = blocks(security, 'Signature', namespaces.ds);
  const [signature] = signatures;
  if (!signature) throw unsigned('no ds:Signature in wsse:Security');
  if (signatures.length > 1) throw failed(`${signatures.length} signatures in Security`);
  return { security, signature };
}

export const blocks = (parent: Element | null, name: string, namespace: string): readonly Element[] =>
  parent ? parent.children.filter((child) => child.name === name && child.namespace === namespace) : [];
