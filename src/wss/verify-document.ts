import type { Element } from '../exchange/element.ts';
import type { Certificate } from '../exchange/party.ts';
import { hasComment, hasMark } from '../xml/hazards.ts';
import { namespaces } from '../xml/names.ts';
import { failed, unsigned } from './failed.ts';
import { blocks } from './place.ts';
import { assertDigest, assertSigned } from './proof.ts';
import { readEnvelopedSignature } from './signature.ts';
import { assertSameKey, readBareToken } from './token.ts';
import type { Trust } from './trust.ts';

/**
 * Verifies the signature that a document carries as its root's last child, and takes it out: what is left in the tree
 * is what was signed, all of it and nothing else.
 *
 * @returns the certificate of whoever signed; to whom it belongs is for the caller
 * @throws Refusal ERR_025; its detail names the check that failed
 */
export function verifyDocument(
  root: Element,
  { trust, at }: { readonly trust: Trust; readonly at: Date },
): Certificate {
  if (hasComment(root)) throw failed('comment in a signed document');
  if (hasMark(root)) throw failed('byte order mark in a signed document');
  const [element, ...others] = blocks(root, 'Signature', namespaces.ds);
  if (!element) throw unsigned('no ds:Signature in the root element');
  if (others.length > 0 || !root.children.at(-1)?.is(element))
    throw failed('the signature is not the one last child of the root element');
  const signature = readEnvelopedSignature(element);
  const [reference] = signature.references;
  if (!reference || signature.references.length > 1)
    throw failed(`${signature.references.length} references where the document is one`);
  if (signature.method.weak || reference.method.weak) throw failed('SHA-1 in the signature of a document');
  if (signature.canonical.inclusive || reference.canonical.inclusive)
    throw failed('inclusive C14N in the signature of a document');
  const { token, keyValue } = readBareToken(signature.keyInfo);
  const { certificate, key } = trust.check(token.chain, at);
  if (keyValue) assertSameKey(keyValue, key);
  assertSigned(signature, key);
  element.remove();
  assertDigest({ reference, element: root });
  return certificate;
}
